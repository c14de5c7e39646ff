import type { CardRecord, RecordPlace } from './card-record.ts';
import { directoryRecord } from './directory.ts';
import { LOAD_LOG_SFI, LOG_SFI } from './log.ts';
import { lastPlace, placesOf, samePlace } from './places.ts';
import type { ApplicationProfile } from './profile.ts';
import { type Handler, type Moment, type Reaction, SW } from './reaction.ts';
import { type StoredApplication, withApplication } from './state.ts';

const found = (records: readonly CardRecord[], place: RecordPlace): CardRecord | undefined =>
  records.find((record) => samePlace(record, place));

/** READ RECORD: of the directory, of a log, or of the selected application. */
export const readRecord: Handler = (command, moment) => {
  const { profile, card, session } = moment;
  if (session.selected === 'nothing' || session.selected === 'ppse') return { sw: SW.conditionsNotSatisfied };
  const place = { sfi: command.p2 >> 3, record: command.p1 };
  if ((command.p2 & 0x07) !== 0x04 || place.record === 0 || place.sfi === 0 || place.sfi === 31) {
    return { sw: SW.wrongParameters };
  }
  if (command.data.length > 0) return { sw: SW.wrongLength };
  if (session.selected === 'pse') return directoryRecord(profile, place.sfi, place.record);
  const application = profile.applications[session.index];
  const stored = card.applications[session.index];
  if (application === undefined || stored === undefined) return { sw: SW.conditionsNotSatisfied };
  if (place.sfi === LOG_SFI) return logEntry(stored.log[place.record - 1]);
  if (place.sfi === LOAD_LOG_SFI && stored.debitCredit) return logEntry(stored.debitCredit.loadLog[place.record - 1]);

  const records = recordsNow(moment, application, stored);
  if (profile.interface === 'contactless') {
    const ofPayment = paymentRecord(place, moment, application, stored, records);
    if (ofPayment !== undefined) return ofPayment;
  }
  const record = found(records, place);
  if (record !== undefined) return { sw: SW.ok, data: record.data };
  return { sw: records.some(({ sfi }) => sfi === place.sfi) ? SW.recordNotFound : SW.fileNotFound };
};

/** The static records that this interface shows, as issued or as UPDATE RECORD has left them. */
function recordsNow(
  { profile }: Moment,
  { records: ofQpboc, debitCredit }: ApplicationProfile,
  { debitCredit: memory }: StoredApplication,
): CardRecord[] {
  const issued = [
    ...(profile.interface === 'contactless' ? ofQpboc : []),
    ...(debitCredit?.files[profile.interface].records ?? []),
  ];
  return issued.map((record) => found(memory?.records ?? [], record) ?? record);
}

/**
 * Records of a qPBOC payment. Reading the last record of the AFL of an agreed payment makes the payment. Read again, also after
 * a power cycle and without GPO, it only shows itself: so a terminal that lost it can fetch it (JR/T 0025.12-2018 annex F).
 */
function paymentRecord(
  place: RecordPlace,
  { card, session }: Moment,
  application: ApplicationProfile,
  stored: StoredApplication,
  records: readonly CardRecord[],
): Reaction | undefined {
  if (session.selected !== 'application') return undefined;
  const { pending, ...rest } = session;
  const agreed = pending && found(pending.records, place);
  if (agreed && samePlace(place, lastPlace(application.afl))) {
    return { sw: SW.ok, data: agreed.data, card: withApplication(card, session.index, pending.paid), session: rest };
  }
  const record = agreed ?? found(stored.lastPayment, place);
  if (record !== undefined) return { sw: SW.ok, data: record.data };
  // A record that only a payment makes, without one.
  const onlyOfPayment =
    found(records, place) === undefined && placesOf(application.afl).some((named) => samePlace(named, place));
  return onlyOfPayment ? { sw: SW.conditionsNotSatisfied } : undefined;
}

function logEntry(data: Uint8Array | undefined): Reaction {
  return data === undefined ? { sw: SW.recordNotFound } : { sw: SW.ok, data };
}
