import { hex, parseDate } from '../../../emv/values/index.ts';
import type { AuthorisationRequest } from '../../contract/index.ts';
import { amountOf, CNY } from '../cards/chip-check.ts';

const DAY_MS = 86_400_000;

/**
 * What contradicts what in a request, in words; undefined when nothing does. The card has seen amount, currency and date
 * under its cryptogram, so the request must say the same.
 */
export function contradictionIn(request: AuthorisationRequest): string | undefined {
  const { purpose, amountMinor, at, chip, issuerData } = request;
  const wanted = purpose === 'verify-tc' ? 'tc' : 'arqc';
  if (chip.cryptogramType !== wanted) return `${purpose} needs the card's ${wanted.toUpperCase()}`;
  if (amountOf(chip) !== amountMinor) return 'amountMinor is not what the card saw in 9F02';
  if (chip.currencyCode !== CNY) return 'the currency that the card saw in 5F2A is not CNY';
  if (!isAbout(chip.transactionDate, at)) return 'the day of `at` is not the one that the card saw in 9A';
  if (purpose === 'load' && issuerData !== true) return 'a load needs a card that can take its issuer’s answer';
  return undefined;
}

/** The same day where the terminal stands; a day more or less around midnight. */
function isAbout(transactionDate: string, at: string): boolean {
  const date = parseDate(hex(transactionDate));
  if (date === undefined) return false;
  const seen = Date.UTC(date.year, date.month - 1, date.day);
  const said = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
  return Math.abs(seen - said) <= DAY_MS;
}
