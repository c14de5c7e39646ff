import {
  amount,
  flag,
  hexBetween,
  hexOf,
  integer,
  maskedPan,
  oneOf,
  optional,
  scriptResults,
  text,
  time,
} from './fields.ts';
import { group, lineForm, type Shape } from './line-form.ts';
import type { Record, RecordCard, RecordChip, RecordConfirmation, RecordPurse } from './record.ts';

type SecondVersion = 'interface' | 'confirmation' | 'scriptResults' | 'purse';

/** What the first version can say: a purchase by qPBOC. */
interface FirstRecord
  extends Omit<Record, SecondVersion | 'kind' | 'cardholderVerification' | 'offlineAuthentication' | 'card' | 'chip'> {
  readonly kind: 'purchase';
  readonly cardholderVerification: 'none' | 'signature' | 'online-pin' | 'consumer-device';
  readonly offlineAuthentication: 'fdda-00' | 'fdda-01' | 'none';
  readonly card?: FirstCard;
  readonly chip?: FirstChip;
}
type FirstCard = Omit<RecordCard, 'atc'>;
type FirstChip = Omit<RecordChip, 'cvmResults' | 'tsi'>;

const FIRST_CARD: Shape<FirstCard> = {
  token: hexOf(32),
  maskedPan: maskedPan('pan'),
  panSequence: integer(0, 99),
  aid: hexBetween(5, 16),
  balanceBeforeMinor: optional(amount),
  balanceAfterMinor: optional(amount),
};

const FIRST_CHIP: Shape<FirstChip> = {
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

const CONFIRMATION: Shape<RecordConfirmation> = {
  cryptogramType: oneOf('tc', 'aac'),
  cryptogram: hexOf(8),
  authorisationResponseCode: hexOf(2),
  tvr: hexOf(5),
  unpredictableNumber: hexOf(4),
  atc: hexOf(2),
  issuerApplicationData: hexBetween(0, 32),
};

const PURSE: Shape<RecordPurse> = {
  transactionType: hexOf(1),
  sequence: integer(0, 0xffff),
  terminalId: hexOf(6),
  terminalSequence: optional(integer(0, 0xffff_ffff)),
  samSerial: optional(hexOf(10)),
  date: optional(hexOf(4)),
  time: optional(hexOf(3)),
  keyIndex: integer(0, 0xff),
  keyVersion: integer(0, 0xff),
  random: hexOf(4),
  mac1: hexOf(4),
  mac2: optional(hexOf(4)),
  mac2Verdict: optional(oneOf('genuine', 'wrong', 'not-asked')),
  transactionCode: optional(hexOf(4)),
  overdraftLimitMinor: optional(amount),
};

/** The lines of the first version in their order (docs/record.md). */
const FIRST: Shape<FirstRecord> = {
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
  card: group(FIRST_CARD),
  chip: group(FIRST_CHIP),
  hotlistVersion: integer(0),
  hotlistAgeS: optional(integer(0)),
  clock: oneOf('trusted', 'untrusted'),
  reader: optional(text),
  software: text,
};

const { hotlistVersion, hotlistAgeS, clock, reader, software, ...payment } = FIRST;

/** Those of the second, likewise. Adding or moving one makes a third. */
const SECOND: Shape<Record> = {
  ...payment,
  kind: oneOf('purchase', 'load'),
  cardholderVerification: oneOf(
    'none',
    'signature',
    'online-pin',
    'consumer-device',
    'offline-pin',
    'offline-pin-and-signature',
    'id-document',
  ),
  offlineAuthentication: oneOf('fdda-00', 'fdda-01', 'sda', 'dda', 'cda', 'none'),
  interface: optional(oneOf('contact', 'contactless')),
  card: group<RecordCard>({ ...FIRST_CARD, maskedPan: maskedPan('pan-or-serial'), atc: optional(integer(0, 0xffff)) }),
  chip: group<RecordChip>({ ...FIRST_CHIP, cvmResults: optional(hexOf(3)), tsi: optional(hexOf(2)) }),
  confirmation: group(CONFIRMATION),
  scriptResults: optional(scriptResults),
  purse: group(PURSE),
  hotlistVersion,
  hotlistAgeS,
  clock,
  reader,
  software,
};

export const FIRST_VERSION = lineForm<FirstRecord>('jdpos-record/1', FIRST);
export const SECOND_VERSION = lineForm<Record>('jdpos-record/2', SECOND);
