import { TAG } from '../dictionary/index.ts';
import { type CivilDate, compareDates, type Fen, parseDate } from '../values/index.ts';
import type { Application } from './fci.ts';
import { type GpoAnswer, panSequenceOf } from './gpo-answer.ts';
import type { CardSeen, ChipData } from './outcome.ts';
import { splitDol, type TagValues } from './terminal-data.ts';
import type { TransactionInput } from './transaction.ts';

/**
 * One payment from GPO on: what the card was told and what it answered. Recovery makes the same of an intent, so that
 * both judge the same facts: date, amount and unpredictable number are those of the payment, terminal and CA keys today's.
 */
export interface Tap {
  readonly input: TransactionInput;
  readonly application: Application;
  readonly amount: Fen;
  /** 9A as the card was told, or today. */
  readonly date: CivilDate;
  readonly pdolValues: Uint8Array;
  /** What the card was told, by tag; what its PDOL left out, as the terminal has it. */
  readonly told: TagValues;
  /** The whole answer to GPO. */
  readonly gpoAnswer: Uint8Array;
  readonly answer: GpoAnswer;
  readonly balanceBefore: Fen | undefined;
}

/** Joins what was sent and what came back. `terminal`: everything the terminal can tell, by tag. */
export function openTap(parts: Omit<Tap, 'told' | 'date'> & { readonly terminal: TagValues }): Tap | undefined {
  const { terminal, ...tap } = parts;
  const sent = splitDol(tap.application.pdol, tap.pdolValues);
  if (sent === undefined) return undefined;
  const told = new Map([...terminal, ...sent]);
  const date = parseDate(sent.get(TAG.transactionDate) ?? new Uint8Array()) ?? tap.input.date;
  return { ...tap, told, date };
}

export const toldValue = (values: TagValues, tag: number): Uint8Array => values.get(tag) ?? new Uint8Array();

/** The TTQ as the card was told. */
export function ttqOf(tap: Tap): Uint8Array {
  return toldValue(tap.told, TAG.ttq);
}

/** 5F24 where it is known, else the last day of track 2's month. */
export function expiryOf({ answer }: Tap): CivilDate {
  return parseDate(answer.data.get(TAG.expiryDate) ?? new Uint8Array()) ?? answer.trackExpiry;
}

export function hasExpired(tap: Tap): boolean {
  // JR/T 0025.12-2013 §7.7.20: expired → decline; the last day still counts.
  return compareDates(expiryOf(tap), tap.date) < 0;
}

export function panSequence({ answer }: Tap): number {
  return panSequenceOf(answer.data) ?? 0;
}

/** The card as far as it is known now. */
export function cardSeen(tap: Tap, balanceAfter?: Fen): CardSeen {
  const { answer, application, balanceBefore } = tap;
  return {
    pan: answer.pan,
    panSequence: panSequence(tap),
    expiry: expiryOf(tap),
    aid: application.aid,
    label: application.label,
    ...(balanceBefore !== undefined && { balanceBefore }),
    ...(balanceAfter !== undefined && { balanceAfter }),
  };
}

/** The cryptogram and everything it covers, as the card saw it. */
export function chipData({ told, answer }: Tap): ChipData {
  return {
    cryptogram: answer.cryptogram,
    cryptogramType: answer.decision,
    amountAuthorised: toldValue(told, TAG.amountAuthorised),
    amountOther: toldValue(told, TAG.amountOther),
    terminalCountryCode: toldValue(told, TAG.terminalCountry),
    tvr: toldValue(told, TAG.tvr),
    currencyCode: toldValue(told, TAG.currencyCode),
    transactionDate: toldValue(told, TAG.transactionDate),
    transactionType: toldValue(told, TAG.transactionType),
    unpredictableNumber: toldValue(told, TAG.unpredictableNumber),
    aip: answer.aip,
    atc: answer.atc,
    issuerApplicationData: answer.issuerApplicationData,
  };
}
