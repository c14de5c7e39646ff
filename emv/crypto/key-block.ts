import { concat, parseHex, readUint, toHex, uintBytes } from '../values/index.ts';
import { type CipherName, cbcDecrypt, cbcEncrypt, cipherOf } from './block-cipher.ts';
import { cmac } from './cmac.ts';
import { equalSecrets } from './digest.ts';

/**
 * The header of a key block (ANSI X9.143, table 1), as far as its first 16 characters go; it is in clear, and covered by the
 * block's MAC.
 */
export interface KeyBlockHeader {
  /** How the key is bound to its header: B by keys derived from a triple DES key, D from an AES key. */
  readonly version: 'B' | 'D';
  /** What the key is for: P0 PIN encryption, K0 key encryption … */
  readonly usage: string;
  /** T triple DES, A AES … One character. */
  readonly algorithm: string;
  /** E enciphers only, D deciphers only … One character. */
  readonly mode: string;
  /** Two characters; 00: not used. */
  readonly keyVersion: string;
  /** N not exportable, E, S. */
  readonly exportability: string;
}

/** A key's algorithm in a header. X9.143 has none for SM4 and leaves digits to the owners of a scheme: here it is 4. */
export const KEY_ALGORITHM: Readonly<Record<CipherName, string>> = { '3des': 'T', aes: 'A', sm4: '4' };

const BINDING = { B: { cipher: '3des', indicator: 0 }, D: { cipher: 'aes', indicator: 2 } } as const;
const HEADER_LENGTH = 16;
const HEADER = /^([BD])([0-9]{4})([A-Z0-9]{2})([A-Z0-9])([A-Z0-9])([A-Z0-9]{2})([A-Z0-9])00[A-Z0-9]{2}$/;
const LENGTH_BYTES = 2;
const ASCII = new TextEncoder();

/**
 * The header of a key block, of which nothing has been verified. Undefined when the text is no block of version B or D
 * without optional blocks, with the length that it claims.
 */
export function keyBlockHeader(block: string): KeyBlockHeader | undefined {
  const fields = HEADER.exec(block.slice(0, HEADER_LENGTH));
  if (fields === null || Number(fields[2]) !== block.length) return undefined;
  const [, version, , usage = '', algorithm = '', mode = '', keyVersion = '', exportability = ''] = fields;
  return { version: version === 'B' ? 'B' : 'D', usage, algorithm, mode, keyVersion, exportability };
}

/**
 * Opens a key block under its protection key (16 bytes for version B, 16 or 32 for D). Undefined when it is none, or its MAC
 * is another one: nothing of it may be used then. The key is the caller's to wipe. Throws RangeError on a protection key of another
 * length.
 */
export function openKeyBlock(
  block: string,
  protection: Uint8Array,
): { readonly header: KeyBlockHeader; readonly key: Uint8Array } | undefined {
  const header = keyBlockHeader(block);
  const body = header === undefined ? undefined : parseHex(block.slice(HEADER_LENGTH));
  if (header === undefined || body === undefined) return undefined;
  const { cipher } = BINDING[header.version];
  const { blockSize } = cipherOf(cipher);
  const enciphered = body.subarray(0, -blockSize);
  if (enciphered.length < blockSize || enciphered.length % blockSize !== 0) return undefined;
  const mac = body.subarray(-blockSize);
  const keys = derivedKeys(header.version, protection);
  const payload = cbcDecrypt(cipher, keys.encryption, mac, enciphered);
  const expected = cmac(cipher, keys.mac, concat(ASCII.encode(block.slice(0, HEADER_LENGTH)), payload));
  const bits = readUint(payload.subarray(0, LENGTH_BYTES));
  const fits = bits > 0 && bits % 8 === 0 && LENGTH_BYTES + bits / 8 <= payload.length;
  const key = payload.slice(LENGTH_BYTES, LENGTH_BYTES + Math.floor(bits / 8));
  for (const used of [keys.encryption, keys.mac, payload]) used.fill(0);
  if (equalSecrets(mac, expected) && fits) return { header, key };
  key.fill(0);
  return undefined;
}

/**
 * Wraps a key for whoever holds the protection key (16 bytes for version B, 16 or 32 for D). `random` fills what is left of
 * the last block. Upper-case text. Throws RangeError on a header whose fields have another length.
 */
export function makeKeyBlock(
  header: KeyBlockHeader,
  key: Uint8Array,
  protection: Uint8Array,
  random: (length: number) => Uint8Array,
): string {
  const { version, usage, algorithm, mode, keyVersion, exportability } = header;
  const { cipher } = BINDING[version];
  const { blockSize } = cipherOf(cipher);
  const used = LENGTH_BYTES + key.length;
  const padding = (blockSize - (used % blockSize)) % blockSize;
  const length = HEADER_LENGTH + 2 * (used + padding + blockSize);
  const text = `${version}${String(length).padStart(4, '0')}${usage}${algorithm}${mode}${keyVersion}${exportability}0000`;
  if (!HEADER.test(text)) throw new RangeError('a field of the key block’s header is not of its form');
  const payload = concat(uintBytes(key.length * 8, LENGTH_BYTES), key, random(padding));
  const keys = derivedKeys(version, protection);
  const mac = cmac(cipher, keys.mac, concat(ASCII.encode(text), payload));
  const enciphered = cbcEncrypt(cipher, keys.encryption, mac, payload);
  for (const bytes of [keys.encryption, keys.mac, payload]) bytes.fill(0);
  return `${text}${toHex(enciphered)}${toHex(mac)}`;
}

/** Encryption and MAC key of a block: CMACs under the protection key, of counter, usage, algorithm and length (X9.143, 5.4). */
function derivedKeys(version: 'B' | 'D', protection: Uint8Array) {
  const { cipher, indicator } = BINDING[version];
  const { blockSize } = cipherOf(cipher);
  // AES-128 is 0002, AES-256 is 0004.
  const algorithm = indicator + (cipher === 'aes' && protection.length === 32 ? 2 : 0);
  const derive = (usage: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (let counter = 1; parts.length * blockSize < protection.length; counter++) {
      const data = concat(
        Uint8Array.of(counter, 0, usage, 0),
        uintBytes(algorithm, 2),
        uintBytes(protection.length * 8, 2),
      );
      parts.push(cmac(cipher, protection, data));
    }
    return concat(...parts);
  };
  return { encryption: derive(0), mac: derive(1) };
}
