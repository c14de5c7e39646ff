import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
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

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * A name for a piece of work, 44 characters: SHA-256 over its label and its parts, each part's length before all of them,
 * so that no byte can move from one part to another. An absent part differs from an empty one. Labels are ASCII without
 * line feed. Not for secrets.
 */
export function fingerprint(label: string, ...parts: readonly (Uint8Array | undefined)[]): string {
  let head = `${label}\n`;
  for (const part of parts) head += `${part?.length ?? '-'},`;
  const known = parts.filter((part) => part !== undefined);
  return hash('sha256', concat(asciiBytes(`${head}\n`), ...known), 'base64');
}

/** HMAC (RFC 2104) with SM3 over the parts one after the other: 32 bytes. The key may have any length. */
export function hmacSm3(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sm3', key);
  for (const part of parts) hmac.update(part);
  return plainBytes(hmac.digest());
}

/** Compares MACs, cryptograms and PIN blocks in a time that does not depend on their content. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
