import { TAG } from '../dictionary/index.ts';
import type { DolEntry } from '../tlv/index.ts';

/** Lengths of what signature or cryptogram cover. */
const COVERED: ReadonlyMap<number, number> = new Map([
  [TAG.ttq, 4],
  [TAG.amountAuthorised, 6],
  [TAG.amountOther, 6],
  [TAG.terminalCountry, 2],
  [TAG.tvr, 5],
  [TAG.currencyCode, 2],
  [TAG.transactionDate, 3],
  [TAG.transactionType, 1],
  [TAG.unpredictableNumber, 4],
]);

/**
 * Does a DOL ask for nothing covered in a length that is not its own? Covered values run into one another, so a card that is
 * told one of them in another length could have signed another payment, and the host could not check its cryptogram.
 */
export function keepsLengths(dol: readonly DolEntry[]): boolean {
  return dol.every(({ tag, length }) => (COVERED.get(tag) ?? length) === length);
}
