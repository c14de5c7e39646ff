import { concat } from '../../values/index.ts';
import { type Cursor, field } from '../intent-fields.ts';
import type { ChipData } from '../outcome.ts';

/** An ARQC of full debit/credit and what it covers: the order of the fields, and the least and most bytes of each. */
const FIELDS = {
  cryptogram: [8, 8],
  amountAuthorised: [6, 6],
  amountOther: [6, 6],
  terminalCountryCode: [2, 2],
  tvr: [5, 5],
  currencyCode: [2, 2],
  transactionDate: [3, 3],
  transactionType: [1, 1],
  unpredictableNumber: [4, 4],
  aip: [2, 2],
  atc: [2, 2],
  issuerApplicationData: [0, 32],
  tsi: [2, 2],
  cvmResults: [3, 3],
} as const satisfies { readonly [name in Exclude<keyof ChipData, 'cryptogramType'>]-?: readonly [number, number] };

type Name = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Name[];

/** Each field behind its length; one that is missing has none. */
export const arqcFields = (chip: ChipData): Uint8Array =>
  concat(...NAMES.map((name) => field(chip[name] ?? new Uint8Array())));

/** Reads what `arqcFields` wrote; undefined when a field has another length. Reads on to the end in any case. */
export function readArqc(cursor: Cursor): ChipData | undefined {
  const read = NAMES.map((name) => [name, cursor.field()] as const);
  const sound = read.every(([name, bytes]) => {
    const [least, most] = FIELDS[name];
    return bytes !== undefined && bytes.length >= least && bytes.length <= most;
  });
  if (!sound) return undefined;
  return { ...(Object.fromEntries(read) as Record<Name, Uint8Array>), cryptogramType: 'arqc' };
}
