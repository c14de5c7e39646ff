import type { Algorithm } from '../crypto/index.ts';
import { type Fen, isFen, parseBcd } from '../values/index.ts';
import { type CardVerificationResults, parseCvr } from './card-verification-results.ts';

/** What the card says to its issuer in 9F10 (JR/T 0025.5; JR/T 0025.12-2018 annex D). */
export interface IssuerApplicationData {
  /** DKI: which of the issuer's master keys. */
  readonly keyIndex: number;
  /** CVN as it stands there: 01 or 17 where known. */
  readonly cryptogramVersion: number;
  readonly cvr: CardVerificationResults;
  /** Undefined when the card names an algorithm that is not known. */
  readonly algorithm: Algorithm | undefined;
  /** Absent when the card sends none. */
  readonly discretionaryData?: DiscretionaryData;
}

/** The issuer discretionary data. Nothing in it may be believed before its MAC is verified (`verifyDiscretionaryData`). */
export type DiscretionaryData =
  | {
      readonly kind: 'amounts';
      /** 1 balance, 2 CTTA, 3 balance and CTTA, 4 CTTA and its limit, 5 available offline amount. */
      readonly type: number;
      /** One or two amounts of 5 bytes, n10. */
      readonly values: readonly Uint8Array[];
      /** 4 bytes. */
      readonly mac: Uint8Array;
    }
  /** Of a type or length that is not known. */
  | { readonly kind: 'opaque'; readonly bytes: Uint8Array };

export type ParsedIssuerApplicationData =
  | { readonly kind: 'parsed'; readonly iad: IssuerApplicationData }
  | { readonly kind: 'malformed'; readonly reason: 'length' | 'cvr-length' | 'discretionary-length' };

/** DKI, CVN, CVR and algorithm: the length that the first byte gives. */
const FIXED_LENGTH = 7;
const CVR_LENGTH = 3;
const AMOUNT_LENGTH = 5;
const MAC_LENGTH = 4;
const AMOUNTS_BY_TYPE: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 1],
]);
/** The types whose first amount is the electronic-cash balance. */
const BALANCE_TYPES: readonly number[] = [1, 3];
const ALGORITHMS: ReadonlyMap<number, Algorithm> = new Map([
  [0x01, '3des'],
  [0x04, 'sm4'],
]);

function parseDiscretionary(bytes: Uint8Array): DiscretionaryData {
  const type = bytes[0] ?? 0;
  const count = AMOUNTS_BY_TYPE.get(type);
  if (count === undefined || bytes.length !== 1 + count * AMOUNT_LENGTH + MAC_LENGTH) return { kind: 'opaque', bytes };
  const values: Uint8Array[] = [];
  for (let at = 1; values.length < count; at += AMOUNT_LENGTH) values.push(bytes.subarray(at, at + AMOUNT_LENGTH));
  return { kind: 'amounts', type, values, mac: bytes.subarray(-MAC_LENGTH) };
}

/**
 * Reads 9F10 of a PBOC card: `07 ‖ DKI ‖ CVN ‖ CVR (03 and 3 bytes) ‖ algorithm`, then, if the card sends any, the
 * discretionary data with their length before them. Discretionary data that are not understood do not make it malformed:
 * the cryptogram can be verified without them. Never throws.
 */
export function parseIssuerApplicationData(bytes: Uint8Array): ParsedIssuerApplicationData {
  if (bytes[0] !== FIXED_LENGTH || bytes.length < 1 + FIXED_LENGTH) return { kind: 'malformed', reason: 'length' };
  if (bytes[3] !== CVR_LENGTH) return { kind: 'malformed', reason: 'cvr-length' };
  const rest = bytes.subarray(1 + FIXED_LENGTH);
  if (rest.length > 0 && rest[0] !== rest.length - 1) return { kind: 'malformed', reason: 'discretionary-length' };
  const iad: IssuerApplicationData = {
    keyIndex: bytes[1] ?? 0,
    cryptogramVersion: bytes[2] ?? 0,
    cvr: parseCvr(bytes.subarray(4, 7)),
    algorithm: ALGORITHMS.get(bytes[7] ?? 0),
    ...(rest.length > 1 ? { discretionaryData: parseDiscretionary(rest.subarray(1)) } : {}),
  };
  return { kind: 'parsed', iad };
}

/** The electronic-cash balance that discretionary data of type 01 or 03 carry; undefined when there is none in them. */
export function balanceOf(data: DiscretionaryData): Fen | undefined {
  if (data.kind === 'opaque' || !BALANCE_TYPES.includes(data.type)) return undefined;
  const balance = parseBcd(data.values[0] ?? new Uint8Array());
  return balance !== undefined && isFen(balance) ? balance : undefined;
}
