import { createHash, hash, timingSafeEqual } from 'node:crypto';
import { concat } from '../values/index.ts';
import { plainBytes } from './plain-bytes.ts';

/** SM3 (GB/T 32905) of the parts one after the other: 32 bytes. */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array {
  // Part by part: parts may be secret, and joining them would leave a copy.
  const digest = createHash('sm3');
  for (const part of parts) digest.update(part);
  return plainBytes(digest.digest());
}

/**
 * SHA-1 of the parts one after the other: 20 bytes. For EMV certificates alone, whose form fixes it (Book 2, annex B3). In
 * one call, which costs half of what an object of its own does; so not for secrets.
 */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return plainBytes(hash('sha1', concat(...parts), 'buffer'));
}

/** Stands for the length of an absent part; no part is as long. */
const ABSENT = 0xffffffff;
const LENGTH_BYTES = 4;

/**
 * A name for a piece of work, 44 characters: SHA-256 over the label's length (4 bytes) and characters (ASCII), each part's
 * length (4 bytes; FFFFFFFF: absent), then the parts, so that no byte can move from one to another and an absent part differs
 * from an empty one. Not for secrets.
 */
export function fingerprint(label: string, ...parts: readonly (Uint8Array | undefined)[]): string {
  let length = LENGTH_BYTES + label.length + LENGTH_BYTES * parts.length;
  for (const part of parts) length += part?.length ?? 0;
  const bytes = new Uint8Array(length);
  let at = writeLength(bytes, 0, label.length);
  for (let index = 0; index < label.length; index++) bytes[at++] = label.charCodeAt(index);
  for (const part of parts) at = writeLength(bytes, at, part?.length ?? ABSENT);
  for (const part of parts) {
    if (part === undefined) continue;
    bytes.set(part, at);
    at += part.length;
  }
  return hash('sha256', bytes, 'base64');
}

function writeLength(bytes: Uint8Array, at: number, length: number): number {
  bytes[at] = length >>> 24;
  bytes[at + 1] = (length >>> 16) & 0xff;
  bytes[at + 2] = (length >>> 8) & 0xff;
  bytes[at + 3] = length & 0xff;
  return at + LENGTH_BYTES;
}

/** RFC 2104: the block of SM3, and what is XORed onto the key within and without. */
const HMAC_BLOCK = 64;
const [INNER_PAD, OUTER_PAD] = [0x36, 0x5c];
const SM3_LENGTH = 32;
/** Where both hashes are made ready; each call leaves zeros. Made once: two Buffers cost as much as a hash. */
const INNER = Buffer.alloc(4_096);
const OUTER = Buffer.alloc(HMAC_BLOCK + SM3_LENGTH);

/**
 * HMAC (RFC 2104) with SM3 over the parts one after the other: 32 bytes. The key may have any length. As two hashes of one call
 * each, which cost half of what an object of node:crypto does; the copies of key and parts are wiped.
 */
export function hmacSm3(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = HMAC_BLOCK;
  for (const part of parts) length += part.length;
  const inner = length <= INNER.length ? INNER.subarray(0, length) : Buffer.alloc(length);
  const short = key.length > HMAC_BLOCK ? sm3(key) : key;
  try {
    for (let at = 0; at < HMAC_BLOCK; at++) {
      const byte = short[at] ?? 0;
      inner[at] = byte ^ INNER_PAD;
      OUTER[at] = byte ^ OUTER_PAD;
    }
    let at = HMAC_BLOCK;
    for (const part of parts) {
      inner.set(part, at);
      at += part.length;
    }
    OUTER.write(hash('sm3', inner, 'binary'), HMAC_BLOCK, 'latin1');
    return plainBytes(hash('sm3', OUTER, 'buffer'));
  } finally {
    inner.fill(0);
    OUTER.fill(0);
  }
}

/** Compares MACs, cryptograms and PIN blocks in a time that does not depend on their content. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
