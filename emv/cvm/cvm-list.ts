import { readUint } from '../values/index.ts';

/** One cardholder verification rule (EMV Book 3, annex C3). */
export interface CvmRule {
  /** Byte 1 as it stands: bit 7 and the method; byte 1 of 9F34 repeats it. */
  readonly code: number;
  /** Byte 2: when the rule applies. */
  readonly condition: number;
}

export type CvmList =
  | {
      readonly kind: 'list';
      /** X and Y, in the smallest unit of the application's currency. */
      readonly amountX: number;
      readonly amountY: number;
      /** At least one. */
      readonly rules: readonly CvmRule[];
    }
  /** Not there, or without rules, which is the same (EMV Book 3, §10.5). */
  | { readonly kind: 'absent' }
  /** No whole amounts and rules: the transaction ends (EMV Book 3, §7.5). */
  | { readonly kind: 'malformed' };

const AMOUNT_LENGTH = 4;
const HEADER_LENGTH = 2 * AMOUNT_LENGTH;
const RULE_LENGTH = 2;

/** Reads a CVM list (8E) as the card gave it: amounts X and Y, 4 bytes each, then rules of 2 bytes. Never throws. */
export function parseCvmList(value: Uint8Array | undefined): CvmList {
  if (value === undefined || value.length === 0 || value.length === HEADER_LENGTH) return { kind: 'absent' };
  if (value.length < HEADER_LENGTH || value.length % RULE_LENGTH !== 0) return { kind: 'malformed' };
  const rules: CvmRule[] = [];
  for (let at = HEADER_LENGTH; at < value.length; at += RULE_LENGTH) {
    rules.push({ code: value[at] ?? 0, condition: value[at + 1] ?? 0 });
  }
  return {
    kind: 'list',
    amountX: readUint(value.subarray(0, AMOUNT_LENGTH)),
    amountY: readUint(value.subarray(AMOUNT_LENGTH, HEADER_LENGTH)),
    rules,
  };
}
