import { rsaPublicKey, sm2VerifyingKey } from '../../crypto/index.ts';
import { hex } from '../../values/index.ts';
import type { ChainKey } from '../certificate.ts';

/** A key of a chain from hex, for tests. Throws when it is none. */
export function rsaKey(modulus: string, exponent: string): ChainKey {
  const key = rsaPublicKey(hex(modulus), hex(exponent));
  if (key === undefined) throw new RangeError('no key');
  return { algorithm: 'rsa', key };
}

/** The same for SM2: X then Y. */
export function sm2Key(point: string): ChainKey {
  const key = sm2VerifyingKey(hex(point));
  if (key === undefined) throw new RangeError('no key');
  return { algorithm: 'sm2', key };
}
