import type { NativeReader, NFC } from 'nfc-pcsc';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fen, hex, Pan, toHex } from '../../../emv/values/index.ts';
import { type Observer, observe, openCard } from '../../../test-fixtures/reader/conformance/observer.ts';
import { SELECT } from '../../../test-fixtures/reader/conformance/test-card.ts';
import { pinCard } from '../../../test-fixtures/reader/ifd/pin-card.ts';
import { type PinKeypad, pinKeypad } from '../../../test-fixtures/reader/ifd/pin-keypad.ts';
import { type RelayReader, relayReader } from '../../../test-fixtures/reader/ifd/relay-reader.ts';
import { type RelayStage, relayStage, withoutRelayReaders } from '../../../test-fixtures/reader/ifd/relay-stage.ts';
import { until } from '../../../test-fixtures/reader/pcsc-stage.ts';
import type { CardChannel, CardPinEntry, CardReader, CardReaders } from '../../ports.ts';
import { openPcscReaders } from '../open-pcsc-readers.ts';
import { pinModifyStructure } from './pin-structures.ts';
import { readerPinEntry } from './reader-pin-entry.ts';

const NAME = 'Relay Pinpad';

/** Everything that passed between this process and PC/SC, in hex. */
const traffic: string[] = [];

/** The package with its native calls written down. */
async function overheard() {
  const { NFC: Real } = await import('nfc-pcsc');
  class Overheard extends Real {
    constructor() {
      super();
      this.on('reader', ({ reader }) => listenIn(Object.getPrototypeOf(reader)));
    }
  }
  return { NFC: Overheard as unknown as new () => NFC };
}

const heard = new WeakSet<object>();

function listenIn(native: NativeReader & object): void {
  if (heard.has(native)) return;
  heard.add(native);
  const { transmit, control } = native;
  type Back = (error: unknown, answer?: Uint8Array) => void;
  const note = (bytes: Uint8Array | undefined): void => void traffic.push(toHex(bytes ?? new Uint8Array()));
  const noting =
    (back: Back): Back =>
    (error, answer) => {
      note(answer);
      back(error, answer);
    };
  Object.assign(native, {
    transmit(this: NativeReader, sent: Uint8Array, most: number, protocol: number, back: Back) {
      note(sent);
      transmit.call(this, sent, most, protocol, noting(back));
    },
    control(this: NativeReader, sent: Uint8Array, code: number, most: number, back: Back) {
      note(sent);
      control.call(this, sent, code, most, noting(back));
    },
  });
}

describe.skipIf(withoutRelayReaders())('a PIN typed at the reader', () => {
  let keypad: PinKeypad;
  let pinpad: RelayReader;
  let stage: RelayStage;
  let readers: CardReaders;
  let observer: Observer;
  const logged: string[] = [];

  beforeAll(async () => {
    // Each test has a keypad of its own in the same reader.
    pinpad = await relayReader({ control: (...command) => keypad.control(...command) });
    stage = await relayStage({ [NAME]: pinpad });
  });
  afterAll(() => stage.stop());

  beforeEach(async () => {
    keypad = pinKeypad();
    logged.length = 0;
    readers = await openPcscReaders({ socketPath: stage.socketPath, roles: () => 'contact', load: overheard });
    observer = observe(readers);
  });
  afterEach(async () => {
    pinpad.eject();
    await until(() => reader().state !== 'card');
    await readers.close();
  });

  const reader = (): CardReader => {
    const found = readers.list().find(({ name }) => name.startsWith(NAME));
    if (found === undefined) throw new Error('no reader');
    return found;
  };

  const insert = async (card = pinCard()): Promise<CardChannel> => {
    pinpad.insert(card);
    return openCard(await observer.next('arrived'));
  };

  const enter = (signal = new AbortController().signal, enciphered = false): Promise<CardPinEntry> => {
    const pan = Pan.parse('6299990000001234567');
    const pad = readerPinEntry({ readers, log: (event, { reason }) => logged.push(`${event}: ${reason}`) });
    if (pan === undefined || pad.verifyOnCard === undefined) throw new Error('no PAN, or no way');
    return pad.verifyOnCard({ pan, amount: fen(1280), enciphered, timeoutMs: 20_000, signal });
  };

  /** Waits for the reader to ask for a PIN: the first one, and so on. */
  const asked = (times = 1): Promise<void> => until(() => keypad.asked === times);

  const typing = async (...pins: string[]): Promise<CardPinEntry[]> => {
    const entries: CardPinEntry[] = [];
    for (const [at, pin] of pins.entries()) {
      const entry = enter();
      await asked(at + 1);
      keypad.act({ pin });
      entries.push(await entry);
    }
    return entries;
  };

  const verified = (...words: number[]) => words.map((sw) => ({ kind: 'verified-on-reader', sw }));

  it('is checked by the card, on the channel that is open, and is nowhere in what passes through this process', async () => {
    const card = pinCard();
    const channel = await insert(card);
    traffic.length = 0;
    expect((await channel.exchange(SELECT, 5_000)).kind).toBe('answered');
    expect(await typing('123456')).toEqual(verified(0x9000));
    expect((await channel.exchange(SELECT, 5_000)).kind).toBe('answered');
    expect(card.seen.at(-2)).toBe('002000800826123456FFFFFFFF');
    const passed = traffic.join(' ');
    // What asks for the PIN is seen, and the card's answer; the PIN is not.
    expect(passed).toContain('002000800820FFFFFFFFFFFFFF');
    expect(passed).toContain(' 9000 ');
    expect(passed).not.toMatch(/123456|313233343536/);
    await channel.close();
  });

  it('that is wrong is one of three, and blocks itself', async () => {
    await insert();
    expect(await typing('111111', '2222', '33333333', '123456')).toEqual(verified(0x63c2, 0x63c1, 0x63c0, 0x6983));
  });

  it('that is too short or too long is asked for again, and the card sees nothing of it', async () => {
    const card = pinCard();
    await insert(card);
    const entry = enter();
    await asked();
    keypad.act({ pin: '123' });
    await asked(2);
    // The reader says of itself that it takes eight digits at most.
    keypad.act({ pin: '123456789' });
    await asked(3);
    keypad.act({ pin: '123456' });
    expect(await entry).toEqual(verified(0x9000)[0]);
    expect(card.seen).toEqual(['002000800826123456FFFFFFFF']);
  });

  it.each([
    ['cancelled at the reader', { key: 'cancel' }, 'cancelled'],
    ['not typed in time', { timeOut: true }, 'timed-out'],
  ] as const)('%s leaves the card as it was', async (_, act, kind) => {
    const channel = await insert();
    const entry = enter();
    await asked();
    keypad.act(act);
    expect(await entry).toEqual({ kind });
    expect((await channel.exchange(SELECT, 5_000)).kind).toBe('answered');
  });

  it('ends when the card is pulled out', async () => {
    const channel = await insert();
    const entry = enter();
    await asked();
    pinpad.eject();
    expect(await entry).toEqual({ kind: 'torn' });
    await observer.next('removed');
    expect(await channel.exchange(SELECT, 5_000)).toMatchObject({ kind: 'torn' });
  });

  it('ends when the reader is unplugged, which comes back', async () => {
    const channel = await insert();
    const entry = enter();
    await asked();
    pinpad.unplug();
    expect(await entry).toEqual({ kind: 'torn' });
    await observer.next('removed');
    expect(await channel.exchange(SELECT, 5_000)).toMatchObject({ kind: 'torn' });
    await until(() => reader().state === 'unplugged');
    await pinpad.plugIn();
    const again = await openCard(await observer.next('arrived'));
    expect((await again.exchange(SELECT, 5_000)).kind).toBe('answered');
  });

  it('at a reader that hangs is torn, and works again when the reader has been plugged anew', async () => {
    await insert();
    pinpad.wedge();
    expect(await enter()).toEqual({ kind: 'torn' });
    expect(reader().state).toBe('unresponsive');
    pinpad.unplug();
    await until(() => reader().state === 'unplugged');
    await pinpad.plugIn();
    await openCard(await observer.next('arrived'));
    expect(await typing('123456')).toEqual(verified(0x9000));
  });

  it('is given up at once when the payment is cancelled; the reader is free when its own entry ends', async () => {
    const channel = await insert();
    const cancelled = new AbortController();
    const entry = enter(cancelled.signal);
    await asked();
    cancelled.abort();
    expect(await entry).toEqual({ kind: 'torn' });
    expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'torn', cause: 'silent' });
    expect(reader().state).toBe('unresponsive');
    keypad.act({ key: 'cancel' });
    // The card is still there, and is announced as another: it was reset.
    const again = await openCard(await observer.next('arrived'));
    expect((await again.exchange(SELECT, 5_000)).kind).toBe('answered');
  });

  it.each<[string, Parameters<typeof pinKeypad>[0], string]>([
    ['has no keypad', { features: ['modify'] }, 'it has no secure PIN entry'],
    ['has no features', { answers: { 1107299656: 'not-supported' } }, 'it has no secure PIN entry'],
    ['lists nonsense', { answers: { 1107299656: hex('0604FFFFFFFF0605') } }, 'its list of features is unreadable'],
    ['refuses the structure', { answers: { 1110638598: hex('6B80') } }, 'it refuses to ask for a PIN'],
    ['does not do what it listed', { answers: { 1110638598: 'not-supported' } }, 'it refuses to ask for a PIN'],
  ])('is unavailable at a reader that %s, and the card is none the worse', async (_, options, reason) => {
    keypad = pinKeypad(options);
    const channel = await insert();
    expect(await enter()).toEqual({ kind: 'unavailable' });
    expect(logged).toEqual([`pin-entry-unavailable: ${reason}`]);
    expect((await channel.exchange(SELECT, 5_000)).kind).toBe('answered');
  });

  it('is unavailable where it would have to be enciphered, and without an open card', async () => {
    expect(await enter()).toEqual({ kind: 'unavailable' });
    await insert();
    expect(await enter(undefined, true)).toEqual({ kind: 'unavailable' });
    expect(keypad.asked).toBe(0);
  });

  it('works at a reader that says nothing of itself, or nonsense', async () => {
    keypad = pinKeypad({ features: ['verify', 'properties', 'tlvProperties'], answers: { 1110638610: hex('0105') } });
    await insert();
    expect(await typing('123456')).toEqual(verified(0x9000));
    expect(pinpad.controls.map(({ code }) => code).slice(-4)).toEqual([0x42000d48, 0x42330012, 0x4233000a, 0x42330006]);
  });

  it('can be changed: the old one and the new one, twice', async () => {
    const card = pinCard();
    await insert(card);
    const prompt = { minDigits: 4, maxDigits: 8, timeoutS: 30, typingS: 30, entryValidation: 2 };
    const command = { code: 0x42330007, data: pinModifyStructure(prompt), timeoutMs: 5_000 };
    const changing = reader().control?.converse(command, new AbortController().signal);
    for (const [at, pin] of ['123456', '7890', '7890'].entries()) {
      await asked(at + 1);
      keypad.act({ pin });
    }
    expect(await changing).toEqual({ kind: 'answered', bytes: hex('9000') });
    expect(card.seen).toEqual(['002400801026123456FFFFFFFF247890FFFFFFFFFF']);
  });
});
