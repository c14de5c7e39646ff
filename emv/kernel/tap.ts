import { TAG, tagInfo } from '../dictionary/index.ts';
import { type CivilDate, compareDates, type Fen, parseDate } from '../values/index.ts';
import { declined, type Ended } from './ending.ts';
import { SECTION } from './explain.ts';
import type { Application } from './fci.ts';
import { type GpoAnswer, panSequenceOf } from './gpo-answer.ts';
import type { CardSeen, ChipData, DeclineReason } from './outcome.ts';
import { splitDol, type TagValues } from './terminal-data.ts';
import type { TransactionInput } from './transaction.ts';

/** What a card was told in GPO and what it answered: all that a payment rests on, and all that an intent keeps of it. */
export interface Exchanged {
  readonly application: Application;
  readonly amount: Fen;
  readonly pdolValues: Uint8Array;
  /** The same by tag. */
  readonly told: TagValues;
  /** The whole answer to GPO. */
  readonly gpoAnswer: Uint8Array;
  readonly answer: GpoAnswer;
  readonly balanceBefore: Fen | undefined;
}

/**
 * One payment from GPO on. Recovery makes the same of an intent, so that both judge the same facts: date, amount and
 * unpredictable number are those of the payment; terminal and CA keys are today's.
 */
export interface Tap extends Exchanged {
  readonly input: TransactionInput;
  /** 9A as the card was told, or today. */
  readonly date: CivilDate;
}

/** Joins what was sent and what came back; undefined when the values are not what the PDOL asks for. */
export function exchanged(parts: Omit<Exchanged, 'told'>): Exchanged | undefined {
  const told = splitDol(parts.application.pdol, parts.pdolValues);
  return told && { ...parts, told };
}

export function tapOf(facts: Exchanged, input: TransactionInput): Tap {
  return { ...facts, input, date: parseDate(toldValue(facts, TAG.transactionDate)) ?? input.date };
}

/** A value as the card was told it; what its PDOL left out is zeros to it (as EMV Book 3, §5.4 fills a DOL). */
export function toldValue({ told }: Exchanged, tag: number): Uint8Array {
  return told.get(tag) ?? new Uint8Array(tagInfo(tag)?.minLength ?? 0);
}

/** The TTQ as the card was told. */
export function ttqOf(tap: Tap): Uint8Array {
  return toldValue(tap, TAG.ttq);
}

/** 5F24 where it is known, else the last day of track 2's month. */
function expiryOf({ answer }: Exchanged): CivilDate {
  return parseDate(answer.data.get(TAG.expiryDate) ?? new Uint8Array()) ?? answer.trackExpiry;
}

export function hasExpired(tap: Tap): boolean {
  // JR/T 0025.12-2013 §7.7.20: expired → decline; the last day still counts.
  const expired = compareDates(expiryOf(tap), tap.date) < 0;
  if (expired) tap.input.explain?.({ section: SECTION.expiry, text: 'The application has expired' });
  return expired;
}

export function panSequence({ answer }: Exchanged): number {
  return panSequenceOf(answer.data) ?? 0;
}

/** The card as far as it is known now. */
export function cardSeen(facts: Exchanged, balanceAfter?: Fen): CardSeen {
  const { answer, application, balanceBefore } = facts;
  return {
    pan: answer.pan,
    panSequence: panSequence(facts),
    expiry: expiryOf(facts),
    aid: application.aid,
    label: application.label,
    ...(balanceBefore !== undefined && { balanceBefore }),
    ...(balanceAfter !== undefined && { balanceAfter }),
  };
}

/** The cryptogram and everything it covers, as the card saw it. */
export function chipData(facts: Exchanged): ChipData {
  const { answer } = facts;
  return {
    cryptogram: answer.cryptogram,
    cryptogramType: answer.decision,
    amountAuthorised: toldValue(facts, TAG.amountAuthorised),
    amountOther: toldValue(facts, TAG.amountOther),
    terminalCountryCode: toldValue(facts, TAG.terminalCountry),
    tvr: toldValue(facts, TAG.tvr),
    currencyCode: toldValue(facts, TAG.currencyCode),
    transactionDate: toldValue(facts, TAG.transactionDate),
    transactionType: toldValue(facts, TAG.transactionType),
    unpredictableNumber: toldValue(facts, TAG.unpredictableNumber),
    aip: answer.aip,
    atc: answer.atc,
    issuerApplicationData: answer.issuerApplicationData,
  };
}

/** A refusal while not a fen has been taken. */
export function refuse(facts: Exchanged, reason: DeclineReason): Ended {
  return declined(reason, cardSeen(facts), chipData(facts));
}
