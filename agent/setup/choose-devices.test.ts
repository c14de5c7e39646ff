import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PinKeyFile } from '../../clearing/contract/index.ts';
import { chooseDeviceAgain, chooseDevices, type DeviceFlags, type DeviceSettings } from './choose-devices.ts';
import type { FoundDevice } from './found-devices.ts';
import type { KeysOf } from './pin-key.ts';
import { scriptAsker } from './script-asker.ts';

const KEY_FILE: PinKeyFile = {
  ...{ keyId: 'test-pin-1', format: 'iso-0', checkValue: '026D93' },
  keyBlock: 'B0080P0TE00N00009ED6B578ED98CB2DC59325E2584B54E1BFA100007D197EA02CBFA23305A209A3',
};
const PORT: FoundDevice = { kind: 'serial', path: '/dev/ttyACM0', file: '/dev/ttyACM0', label: 'PAD' };

let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-choose-'));
  keyFile = join(folder, 'till.json');
  writeFileSync(keyFile, JSON.stringify(KEY_FILE));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = scriptAsker({ say: () => {}, attended: false, interrupted: new AbortController().signal });
/** A person who gives these answers to questions that want text, and takes the first thing that is offered for a PIN. */
const person = (...answers: string[]): typeof script => ({
  ...script,
  asks: true,
  choose: async (text, choices, otherwise) => (/PINs/.test(text) ? (choices[1]?.value ?? otherwise) : otherwise),
  text: async (_, { check }) => {
    const answer = answers.shift() ?? '';
    expect(check?.(answer)).toBeUndefined();
    return answer;
  },
});
/** A pad that tells nothing of its keys. */
const silent: KeysOf = async () => ({ kind: 'unavailable' });
const choose = (flags: Partial<DeviceFlags>, before: DeviceSettings = {}) =>
  chooseDevices(script, [], { reader: [], ...flags }, before, silent);

it('names the key of a pad as the centre’s file does', async () => {
  expect(await chooseDevices(person(keyFile), [PORT], { reader: [] }, {}, silent)).toEqual({
    devices: {
      pinPad: {
        kind: 'serial',
        port: '/dev/ttyACM0',
        baudRate: 9600,
        keyId: 'test-pin-1',
        keySlot: 0,
        blockFormat: 'iso-0',
      },
    },
    pinKey: KEY_FILE,
  });
});

it('takes the name of a key that is in the pad already, or none', async () => {
  const pinPad = { kind: 'serial', port: '/dev/ttyACM0', baudRate: 9600 };
  const chosen = (...answers: string[]) => chooseDevices(person(...answers), [PORT], { reader: [] }, {}, silent);
  expect(await chosen('', 'pin-7')).toEqual({
    devices: { pinPad: { ...pinPad, keyId: 'pin-7', keySlot: 0, blockFormat: 'iso-0' } },
  });
  expect(await chosen('', '')).toEqual({ devices: { pinPad: { ...pinPad, keySlot: 0, blockFormat: 'iso-0' } } });
});

it('gives the key of a flag to the pad of a flag, or the one that is there', async () => {
  const pinPad = { kind: 'serial', port: '/dev/ttyACM0', keyId: 'test-pin-1', blockFormat: 'iso-0' };
  const before = { pinPad: { kind: 'serial', port: '/dev/ttyACM0', keyId: 'old' } };
  expect(await choose({ pinPad: 'serial:/dev/ttyACM0', pinKey: keyFile })).toEqual({
    devices: { pinPad },
    pinKey: KEY_FILE,
  });
  expect(await choose({ pinKey: keyFile }, before)).toEqual({ devices: { pinPad }, pinKey: KEY_FILE });
});

it('proposes the place and the blocks of the key that the pad tells of', async () => {
  const keys: KeysOf = async () => ({
    kind: 'told',
    keys: [
      { slot: '0', loaded: false },
      { slot: '3', loaded: true, usage: 'P0', mode: 'E', algorithm: 'A' },
      { slot: 'F', loaded: true, usage: 'K0', mode: 'D', algorithm: 'T' },
    ],
  });
  expect(await chooseDevices(person('', 'pin-7'), [PORT], { reader: [] }, {}, keys)).toMatchObject({
    devices: { pinPad: { keyId: 'pin-7', keySlot: 3, blockFormat: 'iso-4' } },
  });
});

it('takes by flags what it asks for', async () => {
  const pad = { pinPad: 'serial:/dev/ttyACM0:9600' };
  expect(await choose({ ...pad, pinKeyId: 'pin-7', pinKeySlot: 3, pinBlockFormat: 'sm4-0' })).toMatchObject({
    devices: { pinPad: { keyId: 'pin-7', keySlot: 3, blockFormat: 'sm4-0' } },
  });
  expect(await choose({ ...pad, pinKey: keyFile, pinKeySlot: 4 })).toMatchObject({
    devices: { pinPad: { keyId: 'test-pin-1', keySlot: 4, blockFormat: 'iso-0' } },
  });
  await expect(choose({ ...pad, pinKey: keyFile, pinBlockFormat: 'iso-4' })).rejects.toMatchObject({
    code: 'wrong-use',
  });
  await expect(choose({ pinKeySlot: 4 })).rejects.toMatchObject({ code: 'wrong-use' });
});

it('shows the check value of the key', async () => {
  const said: string[] = [];
  const telling = { ...person(keyFile), say: (line: string) => said.push(line) };
  await chooseDevices(telling, [PORT], { reader: [] }, {}, silent);
  expect(said.join()).toContain('check value 026D93');
});

it.each([
  ['no pad', {}, 'wrong-use'],
  ['the keys of a reader', { pinPad: 'reader' }, 'wrong-use'],
  ['a file that is none', { pinPad: 'serial:/dev/ttyACM0', pinKey: '/dev/null' }, 'bad-file'],
])('refuses a key for %s', async (_, flags, code) => {
  await expect(choose({ pinKey: keyFile, ...flags })).rejects.toMatchObject({ code });
});

it('leaves what no flag speaks of as it was', async () => {
  const before = {
    scanner: { kind: 'serial', port: '/dev/ttyACM1' },
    printer: { kind: 'network', host: '192.0.2.17', copies: 'customer' },
    display: { kind: 'serial', port: '/dev/ttyS0', language: 'zh' },
  };
  expect(await choose({ printer: 'network:192.0.2.17:9101', display: 'serial:/dev/ttyS1' }, before)).toEqual({
    devices: {
      scanner: before.scanner,
      // What stays where it is keeps its other settings; what moves may be another make.
      printer: { kind: 'network', host: '192.0.2.17', copies: 'customer', port: 9101 },
      display: { kind: 'serial', port: '/dev/ttyS1' },
    },
  });
});

/** A person who takes the network's printer and types its address. */
const atAddress = (typed: string): typeof script => ({
  ...script,
  asks: true,
  choose: async (_, choices, otherwise) => choices.find(({ label }) => /network/.test(label))?.value ?? otherwise,
  text: async (_, { check }) => check?.(typed) ?? typed,
});

it.each([
  ['10.0.0.9', { host: '10.0.0.9', port: 9100 }],
  ['10.0.0.9:9101', { host: '10.0.0.9', port: 9101 }],
  ['printer.shop:9101', { host: 'printer.shop', port: 9101 }],
  ['[fe80::1]:9101', { host: 'fe80::1', port: 9101 }],
  ['fe80::1', { host: 'fe80::1', port: 9100 }],
])('a printer in the network is at %s', async (typed, at) => {
  expect((await chooseDevices(atAddress(typed), [], { reader: [] }, {}, silent)).devices.printer).toMatchObject(at);
});

it.each(['', '10.0.0.9:0', '10.0.0.9:65536', 'http://10.0.0.9', '10.0.0.9:', 'a printer'])(
  'says that "%s" is no address',
  async (typed) => {
    const asked: (string | undefined)[] = [];
    const asker: typeof script = {
      ...atAddress(typed),
      text: async (_, { check }) => {
        asked.push(check?.(typed));
        return '10.0.0.9';
      },
    };
    await chooseDevices(asker, [], { reader: [] }, {}, silent);
    expect(asked).toEqual([expect.stringMatching(/an address/)]);
  },
);

it('one device is chosen again, and the others stay', async () => {
  const scanner = { kind: 'serial', port: '/dev/ttyACM1', baudRate: 9600 };
  const printer = { kind: 'network', host: '10.0.0.9', port: 9100, widthMm: 80, copies: 'customer' };
  const chosen = { devices: { scanner, printer }, pinKey: KEY_FILE };
  expect(await chooseDeviceAgain(atAddress('10.0.0.8:9101'), [PORT], 'printer', chosen, silent)).toEqual({
    devices: { scanner, printer: { kind: 'network', host: '10.0.0.8', port: 9101, widthMm: 80 } },
    pinKey: KEY_FILE,
  });
  const none = { ...script, asks: true };
  expect(await chooseDeviceAgain(none, [PORT], 'scanner', chosen, silent)).toEqual({
    ...chosen,
    devices: { printer },
  });
});
