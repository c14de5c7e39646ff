import { TAG } from '../dictionary/index.ts';
import type { ChainKey } from '../oda/index.ts';
import type { Tap } from './tap.ts';

/** The algorithms that a card uses in one payment. */
interface Used {
  readonly chain: ChainKey['algorithm'];
  readonly sm4: boolean;
}

/**
 * What DF69 told the card, and what goes with it (JR/T 0025.17 §10). Not asked for: a card that knows SM2 would have asked.
 * 00: no SM at all. 01: a card that knows SM uses it throughout, any other none of it.
 */
const AGREES = {
  'not-asked': ({ chain }: Used) => chain === 'rsa',
  none: ({ chain, sm4 }: Used) => chain === 'rsa' && !sm4,
  supported: ({ chain, sm4 }: Used) => (chain === 'sm2') === sm4,
} as const;

function toldOf({ told }: Tap): keyof typeof AGREES {
  const value = told.get(TAG.smSupport);
  if (value === undefined) return 'not-asked';
  return value[0] === 0x01 ? 'supported' : 'none';
}

/**
 * Does the card keep to the algorithms it was told: in its certificates, whose CA key says what they are, and in its
 * cryptogram, by the algorithm byte in 9F10? One that does not may leave the merchant with a cryptogram that nobody can verify.
 */
export function keepsToAlgorithms(tap: Tap, { algorithm: chain }: ChainKey): boolean {
  return AGREES[toldOf(tap)]({ chain, sm4: tap.answer.algorithm === 'sm4' });
}
