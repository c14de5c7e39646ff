import { LOG_SFI } from './log.ts';
import { placesOf, samePlace } from './places.ts';
import type { CardRecord, RecordPlace } from './profile.ts';
import { type Handler, SW } from './reaction.ts';
import { withApplication } from './state.ts';

const found = (records: readonly CardRecord[], place: RecordPlace): CardRecord | undefined =>
  records.find((record) => samePlace(record, place));

/**
 * READ RECORD. Reading the last record of the AFL of an agreed payment makes the payment. Read again, also after a power
 * cycle and without GPO, it only shows itself: so a terminal that lost it can fetch it (JR/T 0025.12-2018 annex F).
 */
export const readRecord: Handler = (command, { profile, card, session }) => {
  if (session.selected !== 'application') return { sw: SW.conditionsNotSatisfied };
  const application = profile.applications[session.index];
  const stored = card.applications[session.index];
  if (application === undefined || stored === undefined) return { sw: SW.conditionsNotSatisfied };
  const place = { sfi: command.p2 >> 3, record: command.p1 };
  if ((command.p2 & 0x07) !== 0x04 || place.record === 0 || place.sfi === 0 || place.sfi === 31) {
    return { sw: SW.wrongParameters };
  }
  if (command.data.length > 0) return { sw: SW.wrongLength };
  if (place.sfi === LOG_SFI) return logEntry(stored.log[place.record - 1]);

  const { pending, ...rest } = session;
  const agreed = pending && found(pending.records, place);
  if (pending && agreed && samePlace(place, pending.last)) {
    return { sw: SW.ok, data: agreed.data, card: withApplication(card, session.index, pending.paid), session: rest };
  }
  const record = agreed ?? found(stored.lastPayment, place) ?? found(application.records, place);
  if (record !== undefined) return { sw: SW.ok, data: record.data };
  // A record that only a payment makes, without one.
  const { algorithms, smAlgorithms } = application;
  const named = [algorithms, smAlgorithms].flatMap((set) => (set === undefined ? [] : placesOf(set.afl)));
  if (named.some((one) => samePlace(one, place))) return { sw: SW.conditionsNotSatisfied };
  return { sw: application.records.some(({ sfi }) => sfi === place.sfi) ? SW.recordNotFound : SW.fileNotFound };
};

function logEntry(data: Uint8Array | undefined) {
  return data === undefined ? { sw: SW.recordNotFound } : { sw: SW.ok, data };
}
