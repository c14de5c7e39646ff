import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoadKeyAnswer, PinPad } from '../../../drivers/index.ts';
import { cli, type TestTerminal, testTerminal } from '../test-terminal.ts';

const KEY_BLOCK = 'B0080P0TE00N0000C126A0C964DA497A422D6862A37949EB52ACE9CA1E927A49AE1E0AA7AAE2E78B';
const FILE = { keyId: 'pin-2026-1', format: 'iso-0', checkValue: '08D7B4', keyBlock: KEY_BLOCK };

let terminal: TestTerminal;
let folder: string;
let given: string[];

/** A pad that takes every key block, unless `answer` says otherwise. */
function pad(more: Partial<PinPad> = {}, answer: LoadKeyAnswer = { kind: 'loaded' }): PinPad {
  return {
    name: '/dev/ttyS0',
    make: 'Uniform Industrial Corp. PP791',
    state: 'ready',
    detail: undefined,
    choice: { keyId: 'pin-2026-1', slot: 0, format: 'iso-0' },
    onChange: () => () => {},
    close: async () => {},
    enterOnline: async () => ({ kind: 'unavailable' }),
    keys: async () => ({
      kind: 'told',
      keys: [
        { slot: '0', loaded: true, usage: 'P0', mode: 'E', algorithm: 'T' },
        { slot: '1', loaded: false },
      ],
    }),
    loadKey: async (block) => {
      given.push(block);
      return answer;
    },
    ...more,
  };
}

const load = (file: object) => {
  writeFileSync(join(folder, 'key.json'), JSON.stringify(file));
  return cli(['pinpad', 'load-key', 'key.json', '--url', terminal.url], { workingDirectory: folder });
};

beforeEach(async () => {
  terminal = await testTerminal();
  folder = mkdtempSync(join(tmpdir(), 'jdpos-pinpad-'));
  given = [];
  terminal.pad = pad();
});
afterEach(async () => {
  await terminal.close();
  rmSync(folder, { recursive: true });
});

describe('pinpad status', () => {
  const status = (...more: string[]) => cli(['pinpad', 'status', '--url', terminal.url, ...more]);

  it('says how the pad stands and which keys it holds', async () => {
    expect(await status()).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'PIN pad  /dev/ttyS0, after the manual of Uniform Industrial Corp. PP791',
        'State    ready',
        'PIN key  pin-2026-1, in place 0, for blocks of format iso-0',
        'Keys     1 loaded',
        'Place  Usage  Mode  Algorithm',
        '0      P0     E     T',
      ],
    });
  });

  it('says what is wrong, and exits with 1', async () => {
    terminal.pad = pad({ state: 'unplugged', detail: 'no such file', keys: async () => ({ kind: 'unavailable' }) });
    const { exitCode, out } = await status();
    expect([exitCode, out[1], out[3]]).toEqual([
      1,
      'State    unplugged: no such file',
      'Keys     not told: the pad does not answer, or a PIN is being typed',
    ]);
    expect(JSON.parse((await status('--json')).out[0] ?? '')).toMatchObject({ state: 'unplugged', slot: 0 });
  });

  it('says that there is none', async () => {
    terminal.pad = undefined;
    const { exitCode, err } = await status();
    expect(exitCode).toBe(1);
    expect(err.join()).toContain('devices.pinPad');
  });
});

describe('pinpad load-key', () => {
  it('hands the block over, and shows the check value', async () => {
    const { exitCode, out } = await load(FILE);
    expect([exitCode, given]).toEqual([0, [KEY_BLOCK]]);
    expect(out[0]).toContain('check value 08D7B4');
  });

  it.each([
    ['of another name', { ...FILE, keyId: 'pin-2026-2' }, 'the settings name pin-2026-1'],
    ['of another format', { ...FILE, format: 'iso-4' }, 'for blocks of format iso-4'],
    ['of another usage', { ...FILE, keyBlock: KEY_BLOCK.replace('P0TE', 'K0TD') }, 'K0 D'],
    ['of another algorithm', { ...FILE, keyBlock: KEY_BLOCK.replace('P0TE', 'P0AE') }, 'algorithm A'],
    ['that is cut', { ...FILE, keyBlock: KEY_BLOCK.slice(0, -2) }, 'cut'],
  ])('keeps a key from the pad %s', async (_, file, words) => {
    const { exitCode, err } = await load(file);
    expect([exitCode, given]).toEqual([1, []]);
    expect(err.join()).toContain(words);
  });

  it.each([
    ['clear key', { ...FILE, keyBlock: '0123456789ABCDEFFEDCBA9876543210' }],
    ['old kind of block', { ...FILE, keyBlock: `A${KEY_BLOCK.slice(1)}` }],
    ['something else', { key: 'value' }],
  ])('reads no %s', async (_, file) => {
    const { exitCode, err } = await load(file);
    expect([exitCode, given]).toEqual([1, []]);
    expect(err.join()).toContain('no file of a PIN key');
    expect(err.join()).not.toContain('0123456789ABCDEF');
  });

  it.each([
    [{ kind: 'refused', why: 'the MAC is wrong' }, 'the MAC is wrong'],
    [{ kind: 'unavailable' }, 'power and cable'],
  ] as const)('says what the pad says: %j', async (answer, words) => {
    terminal.pad = pad({}, answer);
    const { exitCode, err } = await load(FILE);
    expect(exitCode).toBe(1);
    expect(err.join()).toContain(words);
  });
});
