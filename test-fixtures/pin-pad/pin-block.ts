import { createCipheriv, randomBytes } from 'node:crypto';

export type PadFormat = 'iso-0' | 'iso-4' | 'sm4-0';

/** How a format enciphers one block. */
const CIPHERS = { 'iso-0': 'des-ede-ecb', 'iso-4': 'aes-128-ecb', 'sm4-0': 'sm4-ecb' } as const;

function enciphered(format: PadFormat, key: Uint8Array, clear: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHERS[format], key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
}

const xored = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)));

/**
 * What a pad makes of a PIN, as ISO 9564-1 has it: format 0, `0 L PIN F…` xor `0000` and the PAN's last twelve digits without the check
 * digit, in a block of triple DES or, filled up, of SM4; format 4, `4 L PIN A…` and eight random bytes, enciphered before and after
 * the PAN is mixed in. `key`: 16 bytes.
 */
export function pinBlock(format: PadFormat, pin: string, pan: string, key: Uint8Array): Buffer {
  const length = pin.length.toString(16);
  if (format === 'iso-4') {
    const field = Buffer.concat([Buffer.from(`4${length}${pin}`.padEnd(16, 'A'), 'hex'), randomBytes(8)]);
    const panField = Buffer.from(`${Math.max(0, pan.length - 12)}${pan.padStart(12, '0')}`.padEnd(32, '0'), 'hex');
    const block = enciphered(format, key, xored(enciphered(format, key, field), panField));
    field.fill(0);
    return block;
  }
  const digits = format === 'iso-0' ? 16 : 32;
  const field = Buffer.from(`0${length}${pin}`.padEnd(digits, 'F'), 'hex');
  const panField = Buffer.from(pan.slice(0, -1).slice(-12).padStart(digits, '0'), 'hex');
  const clear = xored(field, panField);
  const block = enciphered(format, key, clear);
  field.fill(0);
  clear.fill(0);
  return block;
}
