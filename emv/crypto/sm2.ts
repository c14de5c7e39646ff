import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  ECDH,
  type KeyObject,
} from 'node:crypto';
import { concat, hex } from '../values/index.ts';
import { derInteger, derSequence, derToPair } from './der.ts';
import { sm3 } from './digest.ts';
import { asBuffer, plainBytes } from './plain-bytes.ts';

/** DER up to the point's X of an SM2 SubjectPublicKeyInfo. */
const SPKI = hex('3059301306072A8648CE3D020106082A811CCF5501822D03420004');
/** DER up to the private number of an SM2 PrivateKeyInfo, and what stands between that and the point's X. */
const PKCS8 = hex('308187020100301306072A8648CE3D020106082A811CCF5501822D046D306B0201010420');
const PKCS8_POINT = hex('A14403420004');
const UNCOMPRESSED = Uint8Array.of(0x04);

/** GB/T 32918.5: the curve's order. */
const ORDER = hex('FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123');
/** GB/T 32918.2 §5.5, the part of ZA before the public key: ENTL, the default identity, a, b, Gx, Gy. */
const IDENTITY_AND_CURVE = hex(
  `0080 31323334353637383132333435363738
   FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
   28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
   32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
   BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0`,
);

/** Draws before giving up; one draw fails once in 2^32. */
const MAX_DRAWS = 8;

/** May these bytes be an SM2 private key: 32 bytes, 1 to order − 2 (GB/T 32918.1 §6.1)? */
function isPrivateKey(bytes: Uint8Array): boolean {
  if (bytes.length !== 32 || bytes.every((byte) => byte === 0)) return false;
  const at = bytes.findIndex((byte, index) => byte !== ORDER[index]);
  if (at < 0) return false;
  const lastOnly = at === 31 && (ORDER[31] ?? 0) - (bytes[31] ?? 0) === 1;
  return (bytes[at] ?? 0) < (ORDER[at] ?? 0) && !lastOnly;
}

function assertPrivateKey(bytes: Uint8Array): void {
  if (!isPrivateKey(bytes)) throw new RangeError('not an SM2 private key');
}

/** A new private key, 32 bytes. `random` gives that many bytes from a cryptographic source. */
export function drawSm2PrivateKey(random: (length: number) => Uint8Array): Uint8Array {
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const candidate = random(32);
    if (isPrivateKey(candidate)) return candidate;
  }
  throw new RangeError(`no SM2 private key in ${MAX_DRAWS} draws: the random source is broken`);
}

/** Are these 64 bytes (X then Y) a point of the curve? Ask before trusting a key that will be needed only later. */
export function isSm2PublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== 64) return false;
  try {
    ECDH.convertKey(concat(UNCOMPRESSED, bytes), 'SM2');
    return true;
  } catch {
    return false;
  }
}

/** The public key that belongs to a private key of 32 bytes: X then Y, 64 bytes. Throws RangeError when it is no key. */
export function sm2PublicKey(privateKey: Uint8Array): Uint8Array {
  assertPrivateKey(privateKey);
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(privateKey);
  return plainBytes(ecdh.getPublicKey()).subarray(1);
}

/** The x coordinate of private key times point, 32 bytes; undefined when the other's 64 bytes are no point of the curve. */
export function sm2SharedX(privateKey: Uint8Array, otherPublicKey: Uint8Array): Uint8Array | undefined {
  return sm2Agreement(privateKey, otherPublicKey)?.sharedX;
}

/** The same with the public key that belongs to the private one: X then Y, 64 bytes. */
export function sm2Agreement(
  privateKey: Uint8Array,
  otherPublicKey: Uint8Array,
): { readonly sharedX: Uint8Array; readonly publicKey: Uint8Array } | undefined {
  assertPrivateKey(privateKey);
  if (otherPublicKey.length !== 64) return undefined;
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(privateKey);
  try {
    const sharedX = plainBytes(ecdh.computeSecret(concat(UNCOMPRESSED, otherPublicKey)));
    return { sharedX, publicKey: plainBytes(ecdh.getPublicKey()).subarray(1) };
  } catch {
    return undefined;
  }
}

const za = (publicKey: Uint8Array): Uint8Array => sm3(IDENTITY_AND_CURVE, publicKey);

function signingKey(privateKey: Uint8Array, publicKey: Uint8Array): KeyObject {
  const der = concat(PKCS8, privateKey, PKCS8_POINT, publicKey);
  try {
    return createPrivateKey({ key: asBuffer(der), format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** A private key ready for use: making one costs as much as a signature, so keep it where much is signed. */
export interface Sm2SigningKey {
  readonly key: KeyObject;
  /** What stands before every message: the hash of identity, curve and public key, 32 bytes. */
  readonly za: Uint8Array;
}

/**
 * Makes a key of 32 bytes. Throws RangeError when they are no private key.
 * @param publicKey the private key's own, where it is at hand: computing it costs as much again
 */
export function sm2SigningKey(privateKey: Uint8Array, publicKey: Uint8Array = sm2PublicKey(privateKey)): Sm2SigningKey {
  assertPrivateKey(privateKey);
  return { key: signingKey(privateKey, publicKey), za: za(publicKey) };
}

/**
 * Signs as GB/T 32918.2 with the default identity 1234567812345678: r then s, 64 bytes. The signature's own random number
 * is OpenSSL's.
 */
export function sm2SignWith({ key, za: before }: Sm2SigningKey, message: Uint8Array): Uint8Array {
  // ZA goes in by hand: node:crypto signs with an empty identity.
  return derToPair(plainBytes(createSign('sm3').update(before).update(message).sign(key)));
}

/** The same with a key of 32 bytes that is used once. Throws RangeError when they are no private key. */
export function sm2Sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  return sm2SignWith(sm2SigningKey(privateKey), message);
}

/** A public key ready for use: making one costs half as much as a verification, so keep it. */
export interface Sm2VerifyingKey {
  readonly key: KeyObject;
  /** What stands before every message: the hash of identity, curve and public key, 32 bytes. */
  readonly za: Uint8Array;
  /** X then Y, 64 bytes. */
  readonly point: Uint8Array;
}

/** Makes a key of X then Y, 64 bytes. Undefined when they are no point of the curve, since they may come from a card. */
export function sm2VerifyingKey(publicKey: Uint8Array): Sm2VerifyingKey | undefined {
  if (publicKey.length !== 64) return undefined;
  try {
    const key = createPublicKey({ key: asBuffer(concat(SPKI, publicKey)), format: 'der', type: 'spki' });
    return { key, za: za(publicKey), point: publicKey.slice() };
  } catch {
    return undefined; // not a point of the curve
  }
}

/**
 * Is it a signature (r then s, 64 bytes) of the key's owner over the message, with the default identity? False on anything
 * else, whatever its length: signatures come from cards and from the network.
 */
export function sm2VerifyWith({ key, za }: Sm2VerifyingKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const der = derSequence(derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32)));
  return createVerify('sm3').update(za).update(message).verify(key, der);
}

/** The same with a key that is used once: X then Y, 64 bytes. False also when it is no key. */
export function sm2Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = sm2VerifyingKey(publicKey);
  return key !== undefined && sm2VerifyWith(key, message, signature);
}
