import { beforeEach, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { type ManualTimers, manualTimers } from '../../../test-fixtures/reader/manual-timers.ts';
import { rest } from '../../../test-fixtures/reader/pcsc-stage.ts';
import type { ControlAnswer, ControlCommand, ReaderRole } from '../../ports.ts';
import { type ReaderHub, readerHub } from '../../reader-hub.ts';
import { type ReaderLights, readerLights } from './reader-lights.ts';

const ACR1252 = 'ACS ACR1252 Dual Reader PICC 00 00';
const ACR122 = 'ACS ACR122U 00 00';
const GET_FEATURES = '42000D48';
/** FEATURE_CCID_ESC_COMMAND under a code of its own. */
const LISTED = '130442000DAC';

const done = (bytes: string): ControlAnswer => ({ kind: 'answered', bytes: hex(bytes) });
const BUSY: ControlAnswer = { kind: 'busy' };
const REFUSED: ControlAnswer = { kind: 'refused' };
const TORN: ControlAnswer = { kind: 'torn' };

let hub: ReaderHub;
let timers: ManualTimers;
let lights: ReaderLights;
let logged: string[];
/** What the readers are told: control code and data. */
let told: string[];
/** How they answer, one entry a command; the reader does what it is told when they are used up. */
let answers: ControlAnswer[];

beforeEach(() => {
  [hub, timers, logged, told, answers] = [readerHub(), manualTimers(), [], [], []];
  const readers = { ...hub, close: async () => {} };
  const log = (event: string, { reader, reason }: Readonly<Record<string, string | number>>) =>
    void logged.push(`${event}: ${reader} ${reason}`);
  lights = readerLights({ readers, after: timers.after, log });
});

function plugIn(name: string, features: ControlAnswer = REFUSED, role: ReaderRole = 'contactless') {
  const reader = hub.admit(name, role);
  const signal = async ({ code, data }: ControlCommand): Promise<ControlAnswer> => {
    const command = toHex(Uint8Array.of(code >>> 24, (code >> 16) & 255, (code >> 8) & 255, code & 255));
    told.push(`${command} ${toHex(data)}`.trim());
    if (command === GET_FEATURES) return features;
    return answers.shift() ?? done(name === ACR122 ? '9000' : 'E1000000010A');
  };
  reader.controlledBy({ inTap: false, ask: async () => TORN, converse: async () => TORN, signal });
  reader.changed('empty');
  return reader;
}

describe('a signal', () => {
  it('is shown by the escape command that the reader lists, and the list is asked for once', async () => {
    plugIn(ACR1252, done(LISTED));
    lights.show('ready');
    await rest();
    lights.show('off');
    await rest();
    expect(told).toEqual([GET_FEATURES, '42000DAC E00000290103', '42000DAC E00000290100']);
    expect([...lights.troubles()]).toEqual([]);
  });

  it("is shown by libccid's where it lists none; the reader's own beep is put off once", async () => {
    plugIn(ACR122);
    lights.show('approved');
    await rest();
    lights.show('off');
    await rest();
    expect(told).toEqual([
      GET_FEATURES,
      '42000001 FF00520000',
      '42000001 FF00400E0401000101',
      '42000001 FF00400C0400000000',
    ]);
  });

  it('goes to contactless readers alone, of families that are known', async () => {
    plugIn(ACR1252, REFUSED, 'sam');
    plugIn('Virtual PCD 00 00');
    hub.admit('ACS ACR122U 01 00', 'contactless').changed('empty');
    lights.show('ready');
    await rest();
    expect(told).toEqual([]);
  });

  it('waits for the reader to be free, and only the latest is shown then', async () => {
    plugIn(ACR1252, done(LISTED));
    answers = [BUSY, BUSY];
    lights.show('ready');
    await rest();
    lights.show('card-read');
    lights.show('approved');
    timers.fire(50);
    await rest();
    timers.fire(50);
    await rest();
    expect(told.map((command) => command.slice(9))).toEqual([
      '',
      'E00000290103',
      'E00000290102',
      'E00000290102',
      'E0000028010A',
    ]);
  });

  it('is not waited for longer than a tap may take', async () => {
    plugIn(ACR1252, done(LISTED));
    answers = Array.from({ length: 1_000 }, () => BUSY);
    lights.show('ready');
    await rest();
    while (timers.pending.length > 0) {
      timers.fire(50);
      await rest();
    }
    expect(told).toHaveLength(1 + 300);
    expect(logged).toEqual([]);
  });
});

describe('lights that do not obey', () => {
  it.each([
    ['are blocked, where the reader lists no escape command', REFUSED, REFUSED, 'blocked'],
    ['are refused, where it lists one', done(LISTED), REFUSED, 'refused'],
    ['are refused, where the answer says so', done(LISTED), done('6300'), 'refused'],
    ['are refused, where the answer is empty', done(LISTED), done(''), 'refused'],
    ['give no answer', done(LISTED), TORN, 'no-answer'],
    ['are blocked, where the list is nonsense', done('1304'), REFUSED, 'blocked'],
  ] as const)('%s; it is told once, and the reader is left alone', async (_, features, answer, reason) => {
    plugIn(ACR1252, features);
    answers = [answer, answer];
    lights.show('ready');
    await rest();
    lights.show('approved');
    await rest();
    expect(told).toHaveLength(2);
    expect(logged).toEqual([`reader-lights-unavailable: ${ACR1252} ${reason}`]);
    expect([...lights.troubles()]).toEqual([[ACR1252, reason]]);
  });

  it('are tried again when the reader has been unplugged', async () => {
    const reader = plugIn(ACR1252);
    answers = [REFUSED];
    lights.show('ready');
    await rest();
    reader.unplugged();
    expect([...lights.troubles()]).toEqual([]);
    lights.show('ready');
    await rest();
    expect(told).toHaveLength(2);
    plugIn(ACR1252);
    lights.show('approved');
    await rest();
    expect(told.at(-1)).toBe('42000001 E0000028010A');
    expect(logged).toHaveLength(1);
  });

  it('of a reader that is pulled out meanwhile are no trouble', async () => {
    const reader = plugIn(ACR1252);
    answers = [TORN];
    lights.show('ready');
    reader.unplugged();
    await rest();
    expect([logged, [...lights.troubles()]]).toEqual([[], []]);
  });

  it('hold up no other reader, and nothing is shown after the end', async () => {
    plugIn(ACR1252);
    plugIn(ACR122);
    answers = [REFUSED];
    lights.show('approved');
    await rest();
    expect(told.filter((command) => command.includes('FF00400E0401000101'))).toHaveLength(1);
    answers = [BUSY];
    lights.show('off');
    await rest();
    lights.close();
    timers.fire(50);
    await rest();
    expect(told.filter((command) => command.includes('FF00400C0400000000'))).toHaveLength(1);
  });
});
