import { TAG, tagInfo } from '../../dictionary/index.ts';
import type { DataObjects, DolEntry } from '../../tlv/index.ts';
import type { ChipData } from '../outcome.ts';
import { splitDol } from '../terminal-data.ts';
import type { Cryptogram } from './generate-ac.ts';
import type { CardRead } from './read-card.ts';

/** Everything that the card was told: the PDOL's values, then each CDOL's, a later one counting more. */
export function toldValues(
  { application, pdolValues }: CardRead,
  ...cdols: readonly (readonly [entries: readonly DolEntry[], values: Uint8Array])[]
): DataObjects {
  const lists = [[application.pdol, pdolValues] as const, ...cdols].map(([entries, values]) =>
    splitDol(entries, values),
  );
  return { get: (tag) => lists.findLast((told) => told?.get(tag) !== undefined)?.get(tag) };
}

/** A cryptogram and what it covers, as the card saw it. What it was not told was zeros to it (EMV Book 3, §5.4). */
export function chipDataOf(card: CardRead, cryptogram: Cryptogram, told: DataObjects): ChipData {
  const value = (tag: number): Uint8Array => told.get(tag) ?? new Uint8Array(tagInfo(tag)?.minLength ?? 0);
  const { type, atc, issuerApplicationData } = cryptogram;
  return {
    cryptogram: cryptogram.cryptogram,
    cryptogramType: type === 'aar' ? 'aac' : type,
    amountAuthorised: value(TAG.amountAuthorised),
    amountOther: value(TAG.amountOther),
    terminalCountryCode: value(TAG.terminalCountry),
    tvr: value(TAG.tvr),
    currencyCode: value(TAG.currencyCode),
    transactionDate: value(TAG.transactionDate),
    transactionType: value(TAG.transactionType),
    unpredictableNumber: value(TAG.unpredictableNumber),
    aip: card.aip,
    atc,
    issuerApplicationData,
    tsi: card.tsi.bytes,
    cvmResults: card.terminal.get(TAG.cvmResults) ?? new Uint8Array(3),
  };
}
