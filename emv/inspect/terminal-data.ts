import { TAG } from '../dictionary/index.ts';
import type { CaKeys } from '../oda/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { type CivilDate, dateBytes, hex } from '../values/index.ts';

/** What a card may be told of the terminal that looks at it. */
export interface TerminalFacts {
  /** Today: what has expired is said to have. */
  readonly date: CivilDate;
  readonly caKeys: CaKeys;
  /**
   * 9F37, 4 bytes, for this inspection alone: what the card signs for DDA. Without one INTERNAL AUTHENTICATE is not sent, and
   * a copy of the card's certificates passes.
   */
  readonly unpredictableNumber?: Uint8Array;
}

const YUAN = hex('0156');
/** Balance inquiry: a card that looks at the type has one more reason not to pay. */
const INQUIRY = hex('31');
const RID_LENGTH = 5;

/** What the application of this AID is told when it asks. No amount: it is zeros, as all that is not here. */
export function terminalData({ date, caKeys, unpredictableNumber }: TerminalFacts, aid: Uint8Array): DataObjects {
  const told = new Map<number, Uint8Array>([
    [TAG.terminalCountry, YUAN],
    [TAG.currencyCode, YUAN],
    [TAG.transactionDate, dateBytes(date)],
    [TAG.transactionType, INQUIRY],
    // JR/T 0025.17 §10: a card that knows SM shows its SM2 chain where that can be verified.
    [TAG.smSupport, Uint8Array.of(caKeys.verifiesSm2(aid.subarray(0, RID_LENGTH), date) ? 1 : 0)],
  ]);
  if (unpredictableNumber !== undefined) told.set(TAG.unpredictableNumber, unpredictableNumber);
  return told;
}
