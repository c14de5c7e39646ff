import { bcd, uintBytes } from '../../emv/values/index.ts';
import { dataObject } from './debit-credit/data-objects.ts';
import { limitsNow } from './limits.ts';
import { LOAD_LOG_FORMAT, LOG_FORMAT } from './log.ts';
import type { ApplicationProfile } from './profile.ts';
import { type Handler, SW } from './reaction.ts';
import type { StoredApplication } from './state.ts';
import { tlv } from './tlv.ts';

const amount = (fen: number): Uint8Array => bcd(fen, 6);

const balance = (profile: ApplicationProfile, stored: StoredApplication): Uint8Array | undefined =>
  profile.showsBalance ? amount(stored.balance) : undefined;

/** What GET DATA gives, by tag; undefined where this card does not give it. */
const DATA: ReadonlyMap<number, (profile: ApplicationProfile, stored: StoredApplication) => Uint8Array | undefined> =
  new Map([
    [0x9f13, ({ issued }, { debitCredit }) => uintBytes(debitCredit?.lastOnlineAtc ?? issued.atc, 2)],
    [0x9f17, (_, { pinTries }) => Uint8Array.of(pinTries)],
    [0x9f36, (_, { atc }) => uintBytes(atc, 2)],
    [0x9f4f, () => LOG_FORMAT],
    [0x9f51, ({ risk }) => risk.currency],
    [0x9f5d, balance],
    [0x9f6b, ({ risk }) => amount(risk.cvmLimit)],
    [0x9f6d, (profile, stored) => amount(limitsNow(profile, stored).resetThreshold)],
    [0x9f77, (profile, stored) => amount(limitsNow(profile, stored).balanceLimit)],
    [0x9f78, (profile, stored) => amount(limitsNow(profile, stored).singleLimit)],
    [0x9f79, balance],
    [0xdf4f, () => LOAD_LOG_FORMAT],
  ]);

/** GET DATA: one data object of the selected application, as TLV. */
export const getData: Handler = (command, { profile, card, session }) => {
  if (session.selected !== 'application') return { sw: SW.conditionsNotSatisfied };
  const application = profile.applications[session.index];
  const stored = card.applications[session.index];
  if (command.data.length > 0) return { sw: SW.wrongLength };
  const tag = (command.p1 << 8) | command.p2;
  const value = application && stored && (DATA.get(tag)?.(application, stored) ?? written(application, stored, tag));
  return value === undefined ? { sw: SW.dataNotFound } : { sw: SW.ok, data: tlv(tag, value) };
};

/** A data object of card risk management that the issuer wrote. */
function written({ debitCredit }: ApplicationProfile, stored: StoredApplication, tag: number): Uint8Array | undefined {
  return debitCredit && stored.debitCredit && dataObject(debitCredit, stored.debitCredit, tag);
}
