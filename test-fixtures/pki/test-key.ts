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
  /** The same function on a block that was enciphered for this key (EMV Book 2 §7.2); undefined when it is none for this modulus. */
  decipher(block: Uint8Array): Uint8Array | undefined;
}

/** Constants, each read once: that takes as long as several signatures. */
const read = new Map<TestKeyName, TestKey>();

/** A test key by name (test-keys.ts lists them). */
export function testKey(name: TestKeyName): TestKey {
  const key = read.get(name) ?? readKey(name);
  read.set(name, key);
  return key;
}

function readKey(name: TestKeyName): TestKey {
  const key = createPrivateKey({ key: Buffer.from(TEST_PRIVATE_KEYS[name], 'base64'), format: 'der', type: 'pkcs1' });
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  // No padding: the block is taken as it stands.
  const apply = (block: Uint8Array): Uint8Array =>
    new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
  const modulus = new Uint8Array(Buffer.from(n, 'base64url'));
  return {
    modulus,
    exponent: new Uint8Array(Buffer.from(e, 'base64url')),
    sign: apply,
    decipher: (block) =>
      block.length === modulus.length && Buffer.compare(block, modulus) < 0 ? apply(block) : undefined,
  };
}
