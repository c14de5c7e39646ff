import { type CipherName, cbcResidue, cipherOf } from './block-cipher.ts';

/** What is added when a doubling carries out of the block (NIST SP 800-38B, 5.3). */
const REDUCTION = { 8: 0x1b, 16: 0x87 } as const;

/** Doubles a block as a polynomial over GF(2). */
function doubled(block: Uint8Array, reduction: number): Uint8Array {
  const carried = ((block[0] ?? 0) & 0x80) !== 0;
  const result = block.map((byte, at) => (byte << 1) | ((block[at + 1] ?? 0) >> 7));
  if (carried) result[block.length - 1] = (result[block.length - 1] ?? 0) ^ reduction;
  return result;
}

/** CMAC (NIST SP 800-38B, ISO/IEC 9797-1 algorithm 5), a whole block. Throws RangeError on a key of another length. */
export function cmac(cipher: CipherName, key: Uint8Array, data: Uint8Array): Uint8Array {
  const { blockSize, encrypt } = cipherOf(cipher);
  const reduction = REDUCTION[blockSize];
  const start = encrypt(key, new Uint8Array(blockSize));
  const first = doubled(start, reduction);
  const second = doubled(first, reduction);
  const whole = data.length > 0 && data.length % blockSize === 0;
  const blocks = new Uint8Array(Math.max(1, Math.ceil(data.length / blockSize)) * blockSize);
  blocks.set(data);
  if (!whole) blocks[data.length] = 0x80;
  const last = blocks.length - blockSize;
  for (const [at, byte] of (whole ? first : second).entries()) blocks[last + at] = (blocks[last + at] ?? 0) ^ byte;
  const result = cbcResidue(cipher, key, blocks);
  for (const used of [start, first, second, blocks]) used.fill(0);
  return result;
}
