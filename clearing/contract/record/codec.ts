import { amount, flag, hexBetween, hexOf, integer, maskedPan, oneOf, optional, text, time } from './fields.ts';
import { group, lineForm, type Shape } from './line-form.ts';
import type { Record, RecordCard, RecordChip } from './record.ts';

const CARD: Shape<RecordCard> = {
  token: hexOf(32),
  maskedPan,
  panSequence: integer(0, 99),
  aid: hexBetween(5, 16),
  balanceBeforeMinor: optional(amount),
  balanceAfterMinor: optional(amount),
};

const CHIP: Shape<RecordChip> = {
  cryptogramType: oneOf('tc', 'arqc', 'aac'),
  cryptogram: hexOf(8),
  amountAuthorised: hexOf(6),
  amountOther: hexOf(6),
  terminalCountryCode: hexOf(2),
  tvr: hexOf(5),
  currencyCode: hexOf(2),
  transactionDate: hexOf(3),
  transactionType: hexOf(1),
  unpredictableNumber: hexOf(4),
  aip: hexOf(2),
  atc: hexOf(2),
  issuerApplicationData: hexBetween(0, 32),
};

/** The lines of a record in their order (docs/record.md). Adding or moving one makes a new version of the record. */
const RECORD: Shape<Record> = {
  terminal: text,
  epoch: integer(1),
  sequence: integer(1),
  paymentId: text,
  kind: oneOf('purchase'),
  outcome: oneOf('approved', 'declined', 'declined-after-debit', 'undecided'),
  reason: optional(text),
  fundedBy: oneOf('chip', 'account', 'none'),
  debited: oneOf('none', 'chip', 'account', 'unknown'),
  offline: flag,
  amountMinor: amount,
  currency: oneOf('CNY'),
  at: time,
  merchant: text,
  operator: optional(text),
  shift: optional(text),
  reference: text,
  cardholderVerification: oneOf('none', 'signature', 'online-pin', 'consumer-device'),
  offlineAuthentication: oneOf('fdda-00', 'fdda-01', 'none'),
  authorisationId: optional(text),
  resolvesSequence: optional(integer(1)),
  card: group(CARD),
  chip: group(CHIP),
  hotlistVersion: integer(0),
  hotlistAgeS: optional(integer(0)),
  clock: oneOf('trusted', 'untrusted'),
  reader: optional(text),
  software: text,
};

const FORM = lineForm<Record>('jdpos-record/1', RECORD);

export type ParsedRecord =
  | { readonly kind: 'record'; readonly record: Record }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The canonical bytes of a record: what the chain hashes. Throws RangeError when a value does not fit its field. */
export function encodeRecord(record: Record): Uint8Array {
  return FORM.encode(record);
}

/** Reads canonical bytes; everything that `encodeRecord` would not write in exactly these bytes is malformed. */
export function parseRecord(bytes: Uint8Array): ParsedRecord {
  const parsed = FORM.parse(bytes);
  return parsed.kind === 'parsed' ? { kind: 'record', record: parsed.value } : parsed;
}
