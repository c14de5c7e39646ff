import type { ChainKey } from '../oda/index.ts';

/** The algorithms that a card uses in one transaction, as far as they are known. */
export interface UsedAlgorithms {
  /** Of its certificates, whose CA key says what they are; absent where none has verified. */
  readonly chain?: ChainKey['algorithm'] | undefined;
  /** Is its cryptogram made by SM4, as the algorithm byte of 9F10 says? Absent before there is one. */
  readonly sm4?: boolean | undefined;
}

/**
 * What DF69 told the card, and what goes with it (JR/T 0025.17 §10). Not asked for: a card that knows SM2 would have asked.
 * 00: no SM at all. 01: a card that knows SM uses it throughout, any other none of it.
 */
const AGREES = {
  'not-asked': ({ chain }: UsedAlgorithms) => chain !== 'sm2',
  none: ({ chain, sm4 }: UsedAlgorithms) => chain !== 'sm2' && sm4 !== true,
  supported: ({ chain, sm4 }: UsedAlgorithms) => chain === undefined || sm4 === undefined || (chain === 'sm2') === sm4,
} as const;

function meaningOf(told: Uint8Array | undefined): keyof typeof AGREES {
  if (told === undefined) return 'not-asked';
  return told[0] === 0x01 ? 'supported' : 'none';
}

/**
 * Does the card keep to the algorithms it was told, in its certificates and in its cryptogram? One that does not may leave the
 * merchant with a cryptogram that nobody can verify. `told`: DF69 as it was sent, undefined when the card did not ask for it.
 */
export function keepsToAlgorithms(told: Uint8Array | undefined, used: UsedAlgorithms): boolean {
  return AGREES[meaningOf(told)](used);
}
