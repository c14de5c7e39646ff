import { constants, createPrivateKey, privateEncrypt } from 'node:crypto';
import { TEST_PRIVATE_KEYS, type TestKeyName } from './test-keys.ts';

/** An RSA key of the test PKI, whole: who holds it can sign. */
export interface TestKey {
  /** Big-endian, 128 to 248 bytes, top bit set. */
  readonly modulus: Uint8Array;
  /** 03 or 010001. */
  readonly exponent: Uint8Array;
  /** The signature function of EMV Book 2 §B2.1: block ^ d mod n. `block` is as long as the modulus and begins with 6A. */
  sign(block: Uint8Array): Uint8Array;
}

/** Loads a test key by name (test-keys.ts lists them). */
export function testKey(name: TestKeyName): TestKey {
  const key = createPrivateKey({ key: Buffer.from(TEST_PRIVATE_KEYS[name], 'base64'), format: 'der', type: 'pkcs1' });
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return {
    modulus: new Uint8Array(Buffer.from(n, 'base64url')),
    exponent: new Uint8Array(Buffer.from(e, 'base64url')),
    // No padding: the block is signed as it stands.
    sign: (block) => new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block)),
  };
}
