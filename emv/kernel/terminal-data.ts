import { TAG } from '../dictionary/index.ts';
import type { DolEntry } from '../tlv/index.ts';
import { amountBytes, bcd, dateBytes, timeBytes } from '../values/index.ts';
import type { AllowedApplication } from './pre-processing.ts';
import type { TransactionInput } from './transaction.ts';

/** Values by tag, each made or cut out when it is asked for: a DOL wants few of those that there are. */
export interface TagValues {
  get(tag: number): Uint8Array | undefined;
}

/** Over the contacts there is no TTQ. */
type Offered = Pick<AllowedApplication, 'parameters'> & Partial<Pick<AllowedApplication, 'ttq'>>;
type Source = (input: TransactionInput, offered: Offered) => Uint8Array | undefined;

const NONE = new Uint8Array(6);
const NO_RESULTS = new Uint8Array(5);
const COUNTER_LENGTH = 4;
const RID_LENGTH = 5;

/**
 * DF69: may the card use SM2 certificates and SM4 cryptograms (JR/T 0025.17 §10)? Only when a CA key is there to verify
 * them by, since a card that knows both prefers SM.
 */
const smSupport: Source = ({ caKeys, date }, { parameters }) =>
  Uint8Array.of(caKeys.verifiesSm2(parameters.aid.subarray(0, RID_LENGTH), date) ? 1 : 0);

/** What an installation may tell otherwise, by the data of its parameters. */
const GENERAL: ReadonlyMap<number, Source> = new Map<number, Source>([
  [TAG.ecSupport, () => Uint8Array.of(1)],
  [TAG.cappTerminal, () => Uint8Array.of(0)],
  [TAG.smSupport, smSupport],
]);

/** What belongs to the transaction, and cannot be overridden. */
const OF_TRANSACTION: ReadonlyMap<number, Source> = new Map<number, Source>([
  [TAG.ttq, (_, { ttq }) => ttq],
  [TAG.amountAuthorised, ({ amount }) => amountBytes(amount)],
  [TAG.amountOther, () => NONE],
  [TAG.terminalCountry, ({ terminal }) => terminal.countryCode],
  [TAG.tvr, () => NO_RESULTS],
  [TAG.currencyCode, ({ currencyCode }) => currencyCode],
  [TAG.transactionDate, ({ date }) => dateBytes(date)],
  [TAG.transactionTime, ({ time }) => timeBytes(time)],
  [TAG.transactionType, ({ transactionType }) => Uint8Array.of(transactionType)],
  [TAG.transactionCounter, ({ transactionCounter }) => bcd(transactionCounter, COUNTER_LENGTH)],
  [TAG.unpredictableNumber, ({ unpredictableNumber }) => unpredictableNumber],
  [TAG.terminalAid, (_, { parameters }) => parameters.aid],
  [TAG.terminalVersion, (_, { parameters }) => parameters.version],
  [TAG.terminalType, ({ terminal }) => Uint8Array.of(terminal.terminalType)],
  [TAG.terminalCapabilities, ({ terminal }) => terminal.capabilities],
]);

/** Everything that the terminal can tell a card, by tag. */
export function terminalData(input: TransactionInput, offered: Offered): TagValues {
  return {
    get: (tag) =>
      OF_TRANSACTION.get(tag)?.(input, offered) ?? input.terminal.data.get(tag) ?? GENERAL.get(tag)?.(input, offered),
  };
}

/** The values that a PDOL's bytes were made of, by tag: what the card was told. Undefined when the lengths do not add up. */
export function splitDol(entries: readonly DolEntry[], values: Uint8Array): TagValues | undefined {
  const places = new Map<number, { readonly at: number; readonly end: number }>();
  let at = 0;
  for (const { tag, length } of entries) {
    places.set(tag, { at, end: at + length });
    at += length;
  }
  if (at !== values.length) return undefined;
  return {
    get: (tag) => {
      const place = places.get(tag);
      return place && values.subarray(place.at, place.end);
    },
  };
}
