import { type Algorithm, cardKey, sessionKey } from '../crypto/index.ts';
import type { Pan } from '../values/index.ts';

/** Whose key, for which transaction, from which master key. */
export interface KeyContext {
  /** The issuer's master key for the purpose at hand (AC or MAC), 16 bytes. */
  readonly mdk: Uint8Array;
  /** What the master key is for; a card that uses another algorithm is refused. */
  readonly algorithm: Algorithm;
  readonly pan: Pan;
  /** 5F34, 0 to 99. */
  readonly panSequence: number;
  /** 9F36, 2 bytes. */
  readonly atc: Uint8Array;
}

/** Lends the card's session key for the length of one piece of work, and leaves none of the derived keys behind. */
export function withSessionKey<T>(
  { mdk, algorithm, pan, panSequence, atc }: KeyContext,
  work: (key: Uint8Array) => T,
): T {
  const udk = cardKey(mdk, pan, panSequence, algorithm);
  const key = sessionKey(udk, atc, algorithm);
  udk.fill(0);
  try {
    return work(key);
  } finally {
    key.fill(0);
  }
}
