import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { plainBytes } from './plain-bytes.ts';

function digest(name: 'sm3' | 'sha1', parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return plainBytes(hash.digest());
}

/** SM3 (GB/T 32905) of the parts one after the other: 32 bytes. */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sm3', parts);
}

/** SHA-1 of the parts one after the other: 20 bytes. For EMV certificates alone, whose form fixes it (Book 2, annex B3). */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha1', parts);
}

/**
 * A name for a piece of work, 44 characters: SHA-256 over its label and its parts, each part's length before all of them,
 * so that no byte can move from one part to another. An absent part differs from an empty one. Labels hold no line feed.
 */
export function fingerprint(label: string, ...parts: readonly (Uint8Array | undefined)[]): string {
  const lengths = parts.map((part) => part?.length ?? '-').join(',');
  const hash = createHash('sha256').update(`${label}\n${lengths}\n`);
  for (const part of parts) if (part !== undefined) hash.update(part);
  return hash.digest('base64');
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
