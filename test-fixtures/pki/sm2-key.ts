import { createECDH, createHash } from 'node:crypto';
import { concat, hex } from '../../emv/values/index.ts';
import { TEST_SM2_PRIVATE_KEYS, type TestSm2KeyName } from './test-keys.ts';

/** An SM2 key of the test PKI, whole: who holds it can sign. */
export interface TestSm2Key {
  /** X then Y, 64 bytes. */
  readonly point: Uint8Array;
  /** Signs as GB/T 32918.2 with the identity 1234567812345678: r then s, 64 bytes. The same message has the same signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** GB/T 32918.5: a, b and the generator of the curve, and its order. */
const CURVE = hex(
  `FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
   28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
   32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
   BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0`,
);
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
/** The identity's length in bits, then the identity. */
const IDENTITY = hex('0080 31323334353637383132333435363738');

const digest = (name: 'sm3' | 'sha256', ...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(
    createHash(name)
      .update(concat(...parts))
      .digest(),
  );

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toBytes = (value: bigint): Uint8Array => hex(value.toString(16).padStart(64, '0'));
const modulo = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;

/** Number times generator: X then Y. */
function multiple(number: Uint8Array): Uint8Array {
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(number);
  return new Uint8Array(ecdh.getPublicKey()).slice(1);
}

/** value ^ (order − 2): its inverse, since the order is a prime (Fermat). */
function inverse(value: bigint): bigint {
  let result = 1n;
  let square = modulo(value);
  for (let rest = ORDER - 2n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

/** GB/T 32918.2 §6.1. The secret number of each signature is a hash of key and message: good enough for keys that are public. */
function sign(privateKey: Uint8Array, point: Uint8Array, message: Uint8Array): Uint8Array {
  const d = toNumber(privateKey);
  const e = toNumber(digest('sm3', digest('sm3', IDENTITY, CURVE, point), message));
  const k = modulo(toNumber(digest('sha256', privateKey, message)));
  const r = modulo(e + toNumber(multiple(toBytes(k)).subarray(0, 32)));
  const s = modulo(inverse(1n + d) * (k - r * d));
  if (r === 0n || r + k === ORDER || s === 0n) throw new RangeError('no signature: the chance of it is nil');
  return concat(toBytes(r), toBytes(s));
}

/** Loads an SM2 test key by name (test-keys.ts lists them). */
export function testSm2Key(name: TestSm2KeyName): TestSm2Key {
  const privateKey = hex(TEST_SM2_PRIVATE_KEYS[name]);
  const point = multiple(privateKey);
  return { point, sign: (message) => sign(privateKey, point, message) };
}
