import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../emv/values/index.ts';
import { lineDigest } from '../record/index.ts';
import { BundleError, type BundleItem, bundleLines, readBundle, type WholeBundle } from './index.ts';

const HEAD = {
  bundleId: '3f2b8a52-6f0e-4d9c-9d3e-111111111111',
  terminal: 'JD-T-0001',
  epoch: 1,
  madeAt: '2026-03-09T12:00:00.000Z',
};
const reversal = (id: string): BundleItem => ({
  reversal: {
    id: `3f2b8a52-6f0e-4d9c-9d3e-${id.repeat(12)}`,
    authorisation: '3f2b8a52-6f0e-4d9c-9d3e-222222222222',
    paymentId: 'p',
    reason: 'no-answer',
    at: '2026-03-09T12:00:00Z',
  },
});
const ITEMS = ['1', '2', '3'].map(reversal);

/** As docs/record.md §7 has it. */
const FIRST_LINE =
  '{"form":"jdpos-bundle/1","bundleId":"3f2b8a52-6f0e-4d9c-9d3e-111111111111","terminal":"JD-T-0001","epoch":1,"madeAt":"2026-03-09T12:00:00.000Z"}';

let signed: Uint8Array | undefined;
const text = [
  ...bundleLines(HEAD, ITEMS, (bytes) => {
    signed = bytes;
    return new Uint8Array(64).fill(7);
  }),
].join('');
const whole = new TextEncoder().encode(text);

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 1_000): Promise<{ items: BundleItem[]; bundle: WholeBundle }> {
  const items: BundleItem[] = [];
  const reading = readBundle(inPieces(bytes, size));
  for (;;) {
    const next = await reading.next();
    if (next.done) return { items, bundle: next.value };
    items.push(next.value);
  }
}

describe('a bundle', () => {
  it.each([1, 7, 64, 100_000])('reads back in pieces of %i bytes, with what was signed', async (size) => {
    const { items, bundle } = await read(whole, size);
    expect(items).toEqual(ITEMS);
    expect(bundle.head).toMatchObject(HEAD);
    expect(bundle.end).toMatchObject({ reversals: 3, batches: 0, records: 0, signature: '07'.repeat(64) });
    expect(bundle.signed).toEqual(signed);
  });

  it('begins with its head', () => {
    expect(text.split('\n')[0]?.slice(65)).toBe(FIRST_LINE);
  });

  it('is refused when it ends anywhere before its end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        await expect(read(whole.subarray(0, length))).rejects.toThrow(BundleError);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused, or was signed otherwise, when any byte is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Uint8Array.from(whole, (byte, index) => (index === at ? byte ^ by : byte));
        await expect(read(changed)).rejects.toThrow(BundleError);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when a digest is written in small letters: one bundle, one form', async () => {
    const small = text.replace(/^[0-9A-F]{64}/, (digest) => digest.toLowerCase());
    await expect(read(new TextEncoder().encode(small))).rejects.toThrow('first line has been changed');
  });

  it('of a newer form is called so, and not another file', async () => {
    const newer = FIRST_LINE.replace('jdpos-bundle/1', 'jdpos-bundle/2');
    const digest = toHex(lineDigest(new Uint8Array(32), new TextEncoder().encode(newer)));
    await expect(read(new TextEncoder().encode(`${digest} ${newer}\n`))).rejects.toThrow('has the form jdpos-bundle/2');
  });

  it('never throws anything but BundleError, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expect(read(bytes)).rejects.toThrow(BundleError);
      }),
      { numRuns: 60 },
    );
  });
});
