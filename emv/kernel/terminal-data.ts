import { TAG } from '../dictionary/index.ts';
import type { DolEntry } from '../tlv/index.ts';
import { amountBytes, bcd, dateBytes, timeBytes } from '../values/index.ts';
import type { AllowedApplication } from './pre-processing.ts';
import type { TransactionInput } from './transaction.ts';

export type TagValues = ReadonlyMap<number, Uint8Array>;

const NONE = new Uint8Array(6);
const COUNTER_LENGTH = 4;

const RID_LENGTH = 5;

/**
 * DF69: may the card use SM2 certificates and SM4 cryptograms (JR/T 0025.17 §10)? Only when a CA key is there to verify
 * them by, since a card that knows both prefers SM.
 */
function smSupport({ caKeys, date }: TransactionInput, aid: Uint8Array): Uint8Array {
  return Uint8Array.of(caKeys.verifiesSm2(aid.subarray(0, RID_LENGTH), date) ? 1 : 0);
}

/**
 * Everything that the terminal can tell a card, by tag. What the parameters carry overrides what is general, so that an
 * installation may keep to the international algorithms (DF69); what belongs to the transaction cannot be overridden.
 */
export function terminalData(
  input: TransactionInput,
  { parameters, ttq }: Pick<AllowedApplication, 'parameters'> & Partial<AllowedApplication>,
): TagValues {
  const { terminal } = input;
  return new Map<number, Uint8Array>([
    [TAG.ecSupport, Uint8Array.of(1)],
    [TAG.cappTerminal, Uint8Array.of(0)],
    [TAG.smSupport, smSupport(input, parameters.aid)],
    ...terminal.data,
    ...(ttq === undefined ? [] : ([[TAG.ttq, ttq]] as const)),
    [TAG.amountAuthorised, amountBytes(input.amount)],
    [TAG.amountOther, NONE],
    [TAG.terminalCountry, terminal.countryCode],
    [TAG.tvr, new Uint8Array(5)],
    [TAG.currencyCode, input.currencyCode],
    [TAG.transactionDate, dateBytes(input.date)],
    [TAG.transactionTime, timeBytes(input.time)],
    [TAG.transactionType, Uint8Array.of(input.transactionType)],
    [TAG.transactionCounter, bcd(input.transactionCounter, COUNTER_LENGTH)],
    [TAG.unpredictableNumber, input.unpredictableNumber],
    [TAG.terminalAid, parameters.aid],
    [TAG.terminalVersion, parameters.version],
    [TAG.terminalType, Uint8Array.of(terminal.terminalType)],
    [TAG.terminalCapabilities, terminal.capabilities],
  ]);
}

/** The values that a PDOL's bytes were made of, by tag: what the card was told. Undefined when the lengths do not add up. */
export function splitDol(entries: readonly DolEntry[], values: Uint8Array): TagValues | undefined {
  const told = new Map<number, Uint8Array>();
  let at = 0;
  for (const { tag, length } of entries) {
    told.set(tag, values.subarray(at, at + length));
    at += length;
  }
  return at === values.length ? told : undefined;
}
