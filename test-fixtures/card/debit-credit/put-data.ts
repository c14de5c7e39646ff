import { bcd, concat, hex, parseBcd, uintBytes } from '../../../emv/values/index.ts';
import { limitsNow } from '../limits.ts';
import { LOAD_LOG_FORMAT, LOG_ENTRIES } from '../log.ts';
import { SW } from '../reaction.ts';
import { splitDol } from '../tlv.ts';
import { dataObject } from './data-objects.ts';
import type { Changes, Here } from './here.ts';
import { scriptCommand } from './script.ts';

const BALANCE = 0x9f79;
/** Limits of electronic cash, n12: balance, single payment, reset threshold. */
const CASH_LIMITS = new Set([0x9f77, 0x9f78, 0x9f6d]);
/** Of the others, those that are amounts. */
const AMOUNTS = new Set([0x9f54, 0x9f5c]);

/** PUT DATA: writes one data object; that of the balance is a load (圈存). */
export const putData = scriptCommand(({ p1, p2, data }, here) => {
  const tag = (p1 << 8) | p2;
  if (tag === BALANCE) return load(here, data);
  const isCashLimit = CASH_LIMITS.has(tag);
  const length = isCashLimit && here.profile.electronicCash ? 6 : dataObject(here.profile, here.memory, tag)?.length;
  if (length === undefined) return { sw: SW.dataNotFound };
  if (data.length !== length) return { sw: SW.wrongLength };
  if ((isCashLimit || AMOUNTS.has(tag)) && parseBcd(data) === undefined) return { sw: SW.wrongData };
  const others = here.memory.data.filter((object) => object.tag !== tag);
  return { changes: { memory: { data: [...others, { tag, value: data }] } } };
});

/** The new balance, whole. Only the issuer that proved itself in this transaction may write it, and not above the limit. */
function load(here: Here, data: Uint8Array): { sw: number } | { changes: Changes } {
  const { application, profile, stored, memory, transaction } = here;
  if (!profile.electronicCash) return { sw: SW.dataNotFound };
  if (data.length !== 6) return { sw: SW.wrongLength };
  const balance = parseBcd(data);
  if (balance === undefined) return { sw: SW.wrongData };
  const allowed = transaction.issuerAuthentication === 'good' && balance <= limitsNow(application, stored).balanceLimit;
  if (!allowed) return { sw: SW.conditionsNotSatisfied };
  const loadLog = [loadEntry(here, balance), ...memory.loadLog].slice(0, LOG_ENTRIES);
  return { changes: { stored: { balance }, memory: { loadLog } } };
}

/** 9F79 ‖ balance before ‖ balance after ‖ the values of DF4F: 44 bytes. */
function loadEntry({ stored, transaction }: Here, balance: number): Uint8Array {
  const values = splitDol(LOAD_LOG_FORMAT).map(({ tag, length }) =>
    tag === 0x9f36 ? uintBytes(stored.atc, 2) : transaction.sent(tag, length),
  );
  return concat(hex('9F79'), bcd(stored.balance, 6), bcd(balance, 6), ...values);
}
