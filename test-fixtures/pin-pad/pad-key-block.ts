import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The key in a pad that protects key blocks (KBPK), 16 bytes. */
export interface Protection {
  readonly cipher: '3des' | 'aes';
  readonly key: Uint8Array;
}

export interface PadKey {
  readonly usage: string;
  readonly algorithm: string;
  readonly mode: string;
  readonly key: Buffer;
}

/** Error codes of message 02 of the PP791. */
export type KeyBlockError = 'A' | 'C' | 'D';

const NAMES = { '3des': 'des-ede', aes: 'aes-128' } as const;
const SIZES = { '3des': 8, aes: 16 } as const;

function cbc({ cipher, key }: Protection, data: Buffer): Buffer {
  const engine = createCipheriv(`${NAMES[cipher]}-cbc`, key, Buffer.alloc(SIZES[cipher])).setAutoPadding(false);
  return Buffer.concat([engine.update(data), engine.final()]);
}

/** CMAC (NIST SP 800-38B), its subkeys reckoned as numbers. */
function cmac(protection: Protection, data: Buffer): Buffer {
  const size = SIZES[protection.cipher];
  const top = 1n << BigInt(size * 8);
  const twice = (number: bigint): bigint =>
    ((number << 1n) % top) ^ (number << 1n >= top ? (size === 8 ? 0x1bn : 0x87n) : 0n);
  const first = twice(BigInt(`0x${cbc(protection, Buffer.alloc(size)).toString('hex')}`));
  const whole = data.length > 0 && data.length % size === 0;
  const padded = whole ? data : Buffer.concat([data, Buffer.of(0x80), Buffer.alloc(size - 1 - (data.length % size))]);
  const last = BigInt(`0x${padded.subarray(-size).toString('hex')}`) ^ (whole ? first : twice(first));
  const block = Buffer.from(last.toString(16).padStart(size * 2, '0'), 'hex');
  return cbc(protection, Buffer.concat([padded.subarray(0, -size), block])).subarray(-size);
}

const derived = (protection: Protection, usage: number): Protection => {
  const algorithm = protection.cipher === 'aes' ? 2 : 0;
  const counters = protection.cipher === 'aes' ? [1] : [1, 2];
  const parts = counters.map((counter) => cmac(protection, Buffer.of(counter, 0, usage, 0, 0, algorithm, 0, 0x80)));
  return { ...protection, key: Buffer.concat(parts) };
};

/** Opens a key block of ANSI X9.143, versions B and D, as a pad does on its own. */
export function openBlock(block: string, protection: Protection | undefined): PadKey | KeyBlockError {
  if (protection === undefined) return 'D';
  const size = SIZES[protection.cipher];
  const version = protection.cipher === 'aes' ? 'D' : 'B';
  if (block[0] !== version || Number(block.slice(1, 5)) !== block.length || !/^[0-9A-F]+$/.test(block.slice(16)))
    return 'A';
  const body = Buffer.from(block.slice(16), 'hex');
  const mac = body.subarray(-size);
  const engine = createDecipheriv(`${NAMES[protection.cipher]}-cbc`, derived(protection, 0).key, mac).setAutoPadding(
    false,
  );
  const payload = Buffer.concat([engine.update(body.subarray(0, -size)), engine.final()]);
  const expected = cmac(derived(protection, 1), Buffer.concat([Buffer.from(block.slice(0, 16), 'latin1'), payload]));
  if (!expected.equals(mac)) return 'C';
  const key = payload.subarray(2, 2 + payload.readUInt16BE(0) / 8);
  return { usage: block.slice(5, 7), algorithm: block[7] ?? '', mode: block[8] ?? '', key };
}
