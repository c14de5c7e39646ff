import { describe, expect, it, vi } from 'vitest';
import type * as Oda from '../../emv/oda/index.ts';
import { dialogueEntry } from './dialogue-entries.ts';
import { genuineDialogues } from './dialogue-taps.ts';
import { purchaseEntry } from './entry-points.ts';
import { fuzz, fuzzerOf } from './fuzz.ts';
import { FRIENDLY_WORLD } from './world.ts';

// A kernel whose last check says yes to everything: the judges share nothing with it, and must notice.
vi.mock('../../emv/oda/index.ts', async (original) => ({
  ...(await original<typeof Oda>()),
  verifyFdda: () => ({ kind: 'genuine', version: 'fdda-01' }),
  verifySignedStaticData: () => ({ kind: 'genuine', dataAuthenticationCode: new Uint8Array(2) }),
  verifyDda: () => ({ kind: 'genuine', iccDynamicNumber: new Uint8Array(8) }),
  verifyCda: ({ response }: { response: Uint8Array }) => ({
    kind: 'genuine',
    iccDynamicNumber: new Uint8Array(8),
    cryptogramInformation: response[0] ?? 0,
    cryptogram: new Uint8Array(8),
  }),
}));

describe('a kernel that takes every dynamic signature for genuine', () => {
  const entry = purchaseEntry();

  it.each(['forged-fdda 100', 'downgraded 100'])('approves %s, and is found out', (name) => {
    const nth = entry.genuine.findIndex((transcript) => transcript.name === name);
    const transcript = entry.genuine[nth];
    if (transcript === undefined) throw new Error('no transcript');
    const { played, faults } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD);
    expect(played.result).toMatchObject({ kind: 'approved' });
    // A downgraded card signs, though not as it should: that alone the proof does not see.
    expect(faults).toEqual(name.startsWith('forged') ? [expect.stringContaining('approved without proof')] : []);
  });

  it('is found out by the fuzzer as well', () => {
    expect(() => fuzz(fuzzerOf(entry), { seed: 1, count: 600 })).toThrow('approved without proof');
  });
});

describe('a kernel that takes every signature of debit/credit for genuine', () => {
  it.each(['sda', 'dda', 'cda'])('is found out: %s', (method) => {
    const entry = dialogueEntry(
      undefined,
      genuineDialogues().filter(({ name }) => USES[method]?.test(name)),
    );
    expect(() => fuzz(fuzzerOf(entry), { seed: 1, count: 1_500 })).toThrow(`${method} without proof`);
  });
});

const USES: Readonly<{ [method: string]: RegExp }> = { sda: /^golden SDA/, dda: /^golden DDA/, cda: /^golden CDA$/ };
