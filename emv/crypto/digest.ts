import { hash, timingSafeEqual } from 'node:crypto';
import { concat } from '../values/index.ts';
import { plainBytes } from './plain-bytes.ts';

/**
 * SM3 (GB/T 32905) of the parts one after the other: 32 bytes. In one call, which costs less than an object of node:crypto does;
 * the copy of the parts is wiped.
 */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return plainBytes(hash('sm3', only, 'buffer'));
  const joined = Buffer.allocUnsafe(totalLength(parts));
  try {
    write(joined, 0, parts);
    return plainBytes(hash('sm3', joined, 'buffer'));
  } finally {
    joined.fill(0);
  }
}

function totalLength(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

function write(target: Uint8Array, from: number, parts: readonly Uint8Array[]): void {
  let at = from;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
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

/**
 * HMAC (RFC 2104) with SM3 over the parts one after the other: 32 bytes. The key may have any length. As two hashes of one call
 * each, which cost half of what an object of node:crypto does; the copies of key and parts are wiped.
 */
export function hmacSm3(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const inner = Buffer.alloc(HMAC_BLOCK + totalLength(parts));
  const outer = Buffer.alloc(HMAC_BLOCK + SM3_LENGTH);
  try {
    writePads(key, inner, outer);
    write(inner, HMAC_BLOCK, parts);
    outer.write(hash('sm3', inner, 'binary'), HMAC_BLOCK, 'latin1');
    return plainBytes(hash('sm3', outer, 'buffer'));
  } finally {
    inner.fill(0);
    outer.fill(0);
  }
}

function writePads(key: Uint8Array, inner: Uint8Array, outer: Uint8Array): void {
  const short = key.length > HMAC_BLOCK ? sm3(key) : key;
  for (let at = 0; at < HMAC_BLOCK; at++) {
    const byte = short[at] ?? 0;
    inner[at] = byte ^ INNER_PAD;
    outer[at] = byte ^ OUTER_PAD;
  }
}

/** A key that authenticates much, made ready once. It stays in memory until it is wiped. */
export interface HmacKey {
  /** As `hmacSm3`. For tags that may be seen, and not to derive keys: what comes out passes through a string. */
  mac(...parts: readonly Uint8Array[]): Uint8Array;
  /** The key is of no use afterwards. */
  wipe(): void;
}

/** Longer messages get memory of their own. */
const USUAL_LENGTH = 1_024;

/** @param key of any length; it is not kept */
export function hmacSm3Key(key: Uint8Array): HmacKey {
  // Memory of its own and not of Node's pool: what is here stays.
  const inner = Buffer.alloc(HMAC_BLOCK + USUAL_LENGTH);
  const outer = Buffer.alloc(HMAC_BLOCK + SM3_LENGTH);
  writePads(key, inner, outer);
  return {
    mac(...parts) {
      const length = HMAC_BLOCK + totalLength(parts);
      const space = length <= inner.length ? inner : Buffer.alloc(length);
      if (space !== inner) inner.copy(space, 0, 0, HMAC_BLOCK);
      write(space, HMAC_BLOCK, parts);
      outer.write(hash('sm3', space.subarray(0, length), 'binary'), HMAC_BLOCK, 'latin1');
      space.fill(0, space === inner ? HMAC_BLOCK : 0, length);
      return bytesOf(hash('sm3', outer, 'binary'));
    },
    wipe() {
      inner.fill(0);
      outer.fill(0);
    },
  };
}

/** Of a text with one byte a character; cheaper than a Buffer, which has its memory outside the heap. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Compares MACs, cryptograms and PIN blocks in a time that does not depend on their content. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
