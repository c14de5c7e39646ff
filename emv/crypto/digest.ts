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
