import { expect, it } from 'vitest';
import type { PinKeyFile } from '../../clearing/contract/index.ts';
import type { Device, PinPad, PrintAnswer } from '../../drivers/index.ts';
import { Secret } from '../../emv/values/index.ts';
import type { Devices } from '../devices/devices.ts';
import { scriptAsker } from './script-asker.ts';
import { runTrials } from './trials.ts';
import { deviceTrials } from './try-devices.ts';

const READY: Device = {
  ...{ name: '/dev/ttyACM0', state: 'ready', detail: undefined },
  onChange: () => () => {},
  close: async () => {},
};
const attended = scriptAsker({ say: () => {}, attended: true, interrupted: new AbortController().signal });
const KEY: PinKeyFile = {
  ...{ keyId: 'test-pin-1', format: 'iso-0', checkValue: '026D93' },
  keyBlock: 'B0080P0TE00N00009ED6B578ED98CB2DC59325E2584B54E1BFA100007D197EA02CBFA23305A209A3',
};

async function tried(kind: 'pinPad' | 'printer', devices: Devices, pinKey?: PinKeyFile) {
  const readers = { list: () => [], subscribe: () => () => {}, close: async () => {} };
  const pin = { readers, settings: { roles: {}, ports: {} }, pinKey };
  const results = await runTrials(
    attended,
    deviceTrials(attended, devices, { [kind]: {} }, pin, () => 0),
  );
  return results.find(({ id }) => id === (kind === 'pinPad' ? 'pin' : 'print'));
}
const printed = (answer: PrintAnswer) =>
  tried('printer', { printer: { ...READY, columns: 32, print: async () => answer } });

it.each<[PrintAnswer, string, string]>([
  [{ kind: 'printed', confirmed: true }, 'passed', 'nobody was there to read it'],
  [{ kind: 'printed', confirmed: false }, 'passed', 'nobody was there to read it; the printer has not confirmed it'],
  [{ kind: 'not-printed', why: 'paper-out' }, 'failed', 'nothing was printed: it is out of paper: put in a new roll'],
  [
    { kind: 'maybe-printed', why: 'pulled' },
    'failed',
    'nobody can tell what was printed: it went away in the middle of a slip',
  ],
])('tells how the printer answered: %j', async (answer, outcome, detail) => {
  expect(await printed(answer)).toMatchObject({ outcome, detail });
});

/** A pad that has no key before it is given one. */
function emptyPad(answer: Awaited<ReturnType<PinPad['loadKey']>>, ready = false): PinPad {
  let keyed = ready;
  return {
    ...READY,
    make: 'a make',
    choice: { keyId: 'test-pin-1', slot: 0, format: 'iso-0' },
    get state() {
      return keyed ? ('ready' as const) : ('attention' as const);
    },
    detail: 'it has no key in place 0',
    onChange: () => () => {},
    keys: async () => ({ kind: 'told', keys: [] }),
    loadKey: async () => {
      keyed ||= answer.kind === 'loaded';
      return answer;
    },
    enterOnline: async () => ({
      kind: 'entered',
      block: new Secret(new Uint8Array(8)),
      format: 'iso-0',
      keyId: 'test-pin-1',
    }),
  };
}
const withPad = (pad: PinPad, key?: PinKeyFile) => tried('pinPad', { pinEntry: pad, pinPad: pad, keyedPad: pad }, key);

it('gives the pad its key before a PIN is typed', async () => {
  expect(await withPad(emptyPad({ kind: 'loaded' }), KEY)).toMatchObject({ outcome: 'passed' });
});

it('says why the pad has no key', async () => {
  const refused = { kind: 'refused', why: 'the MAC of the key block is wrong' } as const;
  const detail = 'its key: the MAC of the key block is wrong';
  expect(await withPad(emptyPad(refused), KEY)).toMatchObject({ outcome: 'failed', detail });
});

it('takes a pad that refuses a key because it has it', async () => {
  const pad = emptyPad({ kind: 'refused', why: 'the pad has this key already' }, true);
  expect(await withPad(pad, KEY)).toMatchObject({ outcome: 'passed' });
});
