import { equalSecrets, purseCardKey } from '../crypto/index.ts';
import type { CivilDate, CivilTime } from '../values/index.ts';
import { concat, type Fen, fullDateBytes, type PurseSerial, timeBytes, uintBytes } from '../values/index.ts';

/** What both sides of a purse transaction agree on; its MACs and its TAC cover it. */
export interface PurseTransaction {
  /** At most FFFFFFFF fen: the purse counts in four bytes. */
  readonly amount: Fen;
  /** 01 ED load, 02 EP load, 05 ED purchase, 06 EP purchase. */
  readonly type: number;
  /** 6 bytes, from the PSAM's file 16, or the loading terminal's own. */
  readonly terminalId: Uint8Array;
  readonly date: CivilDate;
  readonly time: CivilTime;
}

/** Whose key: the issuer's master key for the purpose at hand (16 bytes), and the card. */
export interface PurseKeyOwner {
  readonly masterKey: Uint8Array;
  readonly serial: PurseSerial;
}

export type PurseVerdict =
  | { readonly kind: 'genuine' }
  | {
      readonly kind: 'wrong';
      /** `malformed-input`: a value has a length that it cannot have. `code`: another card, key or other values. */
      readonly reason: 'malformed-input' | 'code';
    };

/** The numbers of a purse fit their bytes, its strings have their lengths. What does not cannot have been covered. */
export interface PurseLengths {
  readonly bytes?: readonly (readonly [value: Uint8Array, length: number])[];
  readonly numbers?: readonly (readonly [value: number, length: number])[];
}

const fits = (value: number, length: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value < 256 ** length;

export function hasPurseLengths({ bytes = [], numbers = [] }: PurseLengths): boolean {
  return (
    bytes.every(([value, length]) => value.length === length) && numbers.every(([value, length]) => fits(value, length))
  );
}

/** amount 4 ‖ type 1 ‖ terminal 6 */
export function purseHead({ amount, type, terminalId }: Omit<PurseTransaction, 'date' | 'time'>): Uint8Array {
  return concat(uintBytes(amount, 4), Uint8Array.of(type), terminalId);
}

/** date 4 ‖ time 3 */
export function purseMoment({ date, time }: Pick<PurseTransaction, 'date' | 'time'>): Uint8Array {
  return concat(fullDateBytes(date), timeBytes(time));
}

/** Lends the card's key for the length of one piece of work, and wipes it. */
export function withPurseKey<T>({ masterKey, serial }: PurseKeyOwner, work: (key: Uint8Array) => T): T {
  const key = purseCardKey(masterKey, serial.diversifier);
  try {
    return work(key);
  } finally {
    key.fill(0);
  }
}

/** The same for a session key made of the card's. */
export function withKey<T>(key: Uint8Array, work: (key: Uint8Array) => T): T {
  try {
    return work(key);
  } finally {
    key.fill(0);
  }
}

export function judgeCode(expected: Uint8Array, code: Uint8Array): PurseVerdict {
  return equalSecrets(expected, code) ? { kind: 'genuine' } : { kind: 'wrong', reason: 'code' };
}

export const MALFORMED_PURSE_INPUT: PurseVerdict = { kind: 'wrong', reason: 'malformed-input' };
