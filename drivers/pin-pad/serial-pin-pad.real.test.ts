import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fen, hex, Pan, toHex } from '../../emv/values/index.ts';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { VirtualSerialPad, type VirtualSerialPadParts } from '../../test-fixtures/pin-pad/virtual-serial-pad.ts';
import { missingForVirtualSerial } from '../../test-fixtures/serial/virtual-serial.ts';
import type { DeviceState, OnlinePinEntry, PinPad } from '../ports.ts';
import { openSerialPinPad, type PinPadSettings } from './serial-pin-pad.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const WAIT = { timeout: 30_000, interval: 5 };
const KEY = Buffer.from(hex('0123456789ABCDEFFEDCBA9876543210'));
const PIN_KEY = { usage: 'P0', algorithm: 'T', mode: 'E', key: KEY };
const DES_PAD: VirtualSerialPadParts = { format: 'iso-0', keys: new Map([['0', PIN_KEY]]), resendMs: 1_000 };
const SETTINGS = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', slot: 0 } as const;

const pan = Pan.parse('6299990000001234567');
if (pan === undefined) throw new Error('no PAN');

describe.skipIf(skipped)('a PIN pad on a serial port', () => {
  let device: VirtualSerialPad;
  let pad: PinPad;
  let states: DeviceState[];
  const logged: string[] = [];

  const start = async (parts: VirtualSerialPadParts = DES_PAD, more: Partial<PinPadSettings> = {}): Promise<void> => {
    device = await VirtualSerialPad.open(parts);
    open({ ...SETTINGS, port: device.port, keyId: 'pin-1', format: parts.format, ...more });
  };
  const open = (settings: PinPadSettings): void => {
    states = [];
    logged.length = 0;
    pad = openSerialPinPad({
      settings,
      log: (event, details) => logged.push(`${event} ${JSON.stringify(details)}`),
      limits: { ackMs: 500, lookAgainMs: 100 },
    });
    pad.onChange(() => states.push(pad.state));
  };
  const is = (state: DeviceState) => vi.waitFor(() => expect([pad.state, pad.detail]).toContain(state), WAIT);
  const awaited = () => vi.waitFor(() => expect(device.awaitsPin).toBe(true), WAIT);
  const ask = (more: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<OnlinePinEntry> =>
    pad.enterOnline({ pan, amount: fen(1280), timeoutMs: 30_000, signal: new AbortController().signal, ...more });
  const entered = (entry: OnlinePinEntry) =>
    entry.kind === 'entered' ? [entry.block.use(toHex), entry.format, entry.keyId] : entry.kind;

  afterEach(async () => {
    await pad.close();
    await device.close();
  });

  describe('that is keyed', () => {
    beforeEach(async () => {
      await start();
      await is('ready');
    });

    // The block of PIN 123456 was enciphered with the openssl command.
    const BLOCK = ['9E9E3CAE200AA1BD', 'iso-0', 'pin-1'];

    it('gives the block, shows the amount meanwhile, and is idle afterwards', async () => {
      const entry = ask();
      await awaited();
      expect(device.screen).toBe('12.80');
      device.press('9', '9', 'clear', '1', '2', '3', '4', '5', '6', 'enter');
      expect(entered(await entry)).toEqual(BLOCK);
      expect(device.screen).toBe('');
      // One that was not acknowledged in time has gone twice.
      const order = device.taken.filter((message, at) => message !== device.taken[at - 1]);
      expect(order).toEqual(['72', '04', '72', '08', '70', '72']);
      expect(logged.join()).not.toMatch(/6299990000001234567|9E9E|123456/);
    });

    it('waits for enough digits, and takes twelve at most', async () => {
      const entry = ask();
      await awaited();
      device.press('1', '2', '3', 'enter');
      expect(device.awaitsPin).toBe(true);
      device.press('clear', ...'1234567890123', 'enter');
      expect(entered(await entry)).toEqual(['18D9D1A30C6F3A58', 'iso-0', 'pin-1']);
    });

    it('is cancelled by its own key', async () => {
      const entry = ask();
      await awaited();
      device.press('1', 'cancel');
      expect(await entry).toEqual({ kind: 'cancelled' });
    });

    it('is cancelled by the register, and asks for no PIN any more', async () => {
      const cancel = new AbortController();
      const entry = ask({ signal: cancel.signal });
      await awaited();
      cancel.abort();
      expect(await entry).toEqual({ kind: 'cancelled' });
      expect(device.awaitsPin).toBe(false);
      expect(await ask({ signal: cancel.signal })).toEqual({ kind: 'cancelled' });
    });

    it('is cancelled before it was asked at all', async () => {
      const cancel = new AbortController();
      device.onMessage = (number) => {
        if (number === '08') cancel.abort();
      };
      expect(await ask({ signal: cancel.signal })).toEqual({ kind: 'cancelled' });
      expect(device.taken).not.toContain('70');
    });

    it('times out, and asks for no PIN any more', async () => {
      expect(await ask({ timeoutMs: 300 })).toEqual({ kind: 'timed-out' });
      expect(device.awaitsPin).toBe(false);
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it.each([
      [29_999, '1'],
      [30_000, '2'],
      [600_000, '9'],
    ])('gives up by itself after the terminal does: %i ms', async (timeoutMs, units) => {
      const entry = ask({ timeoutMs });
      await awaited();
      expect(device.timeoutUnits).toBe(units);
      device.press('cancel');
      await entry;
    });

    it('gives a PIN that was cancelled meanwhile: it is none', async () => {
      const cancel = new AbortController();
      const entry = ask({ signal: cancel.signal });
      await awaited();
      device.onMessage = (number) => {
        if (number === '72') cancel.abort();
      };
      device.type('123456');
      expect(await entry).toEqual({ kind: 'cancelled' });
    });

    it('is busy with one entry at a time, and tells no keys meanwhile', async () => {
      const entry = ask();
      await awaited();
      expect(await ask()).toEqual({ kind: 'unavailable' });
      expect(await pad.keys()).toEqual({ kind: 'unavailable' });
      expect(await pad.loadKey('B0016P0TE00N0000')).toEqual({ kind: 'unavailable' });
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it('tells its places for keys', async () => {
      const told = await pad.keys();
      expect(told.kind === 'told' && told.keys.filter(({ loaded }) => loaded)).toEqual([
        { slot: '0', loaded: true, usage: 'P0', mode: 'E', algorithm: 'T' },
      ]);
      expect(told.kind === 'told' && told.keys.length).toBe(11);
    });

    it('refuses an amount that it cannot show', async () => {
      const order = { pan, amount: fen(10_000_000), timeoutMs: 1_000, signal: new AbortController().signal };
      expect(await pad.enterOnline(order)).toEqual({ kind: 'unavailable' });
      expect([pad.state, pad.detail]).toEqual(['attention', 'the amount is too long for the pad']);
      await is('ready');
    });

    it.each(['72', '08', '70'])('is pulled as message %s comes, and works again when it is back', async (number) => {
      device.onMessage = (taken) => {
        if (taken === number) void device.serial.unplug();
      };
      expect(await ask()).toEqual({ kind: 'unavailable' });
      await is('unplugged');
      expect(await ask()).toEqual({ kind: 'unavailable' });
      device.onMessage = () => {};
      await device.serial.plugIn();
      await is('ready');
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it('is pulled while a PIN is typed', async () => {
      const entry = ask();
      await awaited();
      await device.serial.unplug();
      expect(await entry).toEqual({ kind: 'unavailable' });
    });

    it('hangs while a PIN is typed: nobody waits for it longer than for the PIN', async () => {
      const entry = ask({ timeoutMs: 2_000 });
      await awaited();
      device.hung = true;
      expect(await entry).toEqual({ kind: 'unavailable' });
      expect(pad.state).toBe('unresponsive');
      expect(await ask()).toEqual({ kind: 'unavailable' });
      device.hung = false;
      await is('ready');
    });

    const PIECES: readonly (readonly [string, (bytes: Uint8Array) => readonly Uint8Array[]])[] = [
      ['every message doubled', (bytes) => (bytes.length > 1 ? [bytes, bytes] : [bytes])],
      ['one byte at a time', (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte))],
      ['noise before every answer', (bytes) => [hex('FF 00 41 42 7F'), bytes]],
      ['half a frame before every answer', (bytes) => [hex('02 37 31 2E'), bytes]],
    ];
    it.each(PIECES)('gives the block through %s', async (_, change) => {
      device.mangle = change;
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it('sends a damaged block again, twice', async () => {
      let damage = 2;
      const entry = ask();
      await awaited();
      device.mangle = (bytes) => {
        if (bytes.length < 10 || damage === 0) return [bytes];
        damage -= 1;
        return [bytes.with(8, (bytes[8] ?? 0) ^ 1)];
      };
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it('whose blocks are always damaged needs a person', async () => {
      const entry = ask();
      await awaited();
      device.mangle = (bytes) => [bytes.length < 10 ? bytes : bytes.with(8, (bytes[8] ?? 0) ^ 1)];
      device.type('123456');
      expect(await entry).toEqual({ kind: 'unavailable' });
      expect(pad.detail).toContain('damaged');
    });

    it('gives a block of another length: it is none', async () => {
      const entry = ask();
      await awaited();
      // 71.00601 and seven bytes, with a right check character.
      device.mangle = (bytes) => [
        bytes.length < 10 ? bytes : hex('02 37312E30 3036 3031 3030303030303030303030303030 03 1C'),
      ];
      device.type('123456');
      expect(await entry).toEqual({ kind: 'unavailable' });
      expect(pad.detail).toContain('no PIN block of the length');
      // It seems ready again, and what was wrong stays to be read until a PIN has come.
      device.mangle = undefined;
      await is('ready');
      expect(pad.detail).toContain('no PIN block of the length');
      const next = ask();
      await awaited();
      device.type('123456');
      expect(entered(await next)).toEqual(BLOCK);
      expect(pad.detail).toBeUndefined();
    });

    it('answers with NAKs alone: it is given up, and needs a look', async () => {
      device.mangle = () => [Uint8Array.of(0x15)];
      expect(await ask()).toEqual({ kind: 'unavailable' });
      expect(pad.state).toBe('unresponsive');
    });

    it('floods: it is not used meanwhile, and works afterwards', async () => {
      const noise = new Uint8Array(1 << 16).map((_, at) => (at * 7) & 0xff);
      for (let times = 0; times < 4; times++) device.serial.send(noise);
      expect((await ask({ timeoutMs: 1_000 })).kind).not.toBe('entered');
      device.serial.send(hex('04'));
      await is('ready');
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });

    it('floods while a PIN is typed, and the register still cancels', async () => {
      const cancel = new AbortController();
      const entry = ask({ signal: cancel.signal });
      await awaited();
      for (let times = 0; times < 16; times++) device.serial.send(new Uint8Array(1 << 14).fill(0x06));
      cancel.abort();
      expect((await entry).kind).toBe('cancelled');
    });

    it('sends a block of before late: it is no answer to the next entry', async () => {
      device.serial.send(hex('02 37312E3030343031 43393637433831393831353141343538 03 63'));
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(BLOCK);
    });
  });

  it.each([
    ['without a key', { ...DES_PAD, keys: new Map() }, {}, 'it has no key in place 0'],
    [
      'with a key for keys',
      { ...DES_PAD, keys: new Map([['0', { ...PIN_KEY, usage: 'K0' }]]) },
      {},
      'is for K0, not for PINs',
    ],
    [
      'with a key for single DES',
      { ...DES_PAD, keys: new Map([['0', { ...PIN_KEY, algorithm: 'D' }]]) },
      {},
      'algorithm D',
    ],
    [
      'with a key for another cipher',
      { ...DES_PAD, keys: new Map([['0', { ...PIN_KEY, algorithm: 'A' }]]) },
      {},
      'algorithm A',
    ],
    ['whose key has no name', DES_PAD, { keyId: undefined }, 'devices.pinPad.keyId'],
  ] as const)('%s needs a person', async (_, parts, more, words) => {
    device = await VirtualSerialPad.open(parts);
    const { keyId = undefined } = 'keyId' in more ? more : { keyId: 'pin-1' };
    open({ ...SETTINGS, port: device.port, format: 'iso-0', ...(keyId !== undefined && { keyId }) });
    await is('attention');
    expect(pad.detail).toContain(words);
    expect(await ask()).toEqual({ kind: 'unavailable' });
  });

  it('that lets a PIN be left out says so', async () => {
    await start({ ...DES_PAD, nullPin: true });
    await is('ready');
    const entry = ask();
    await awaited();
    device.press('enter');
    expect(await entry).toEqual({ kind: 'bypassed' });
  });

  it('that says nothing is unresponsive, and nobody waits for it', async () => {
    device = await VirtualSerialPad.open(DES_PAD);
    device.hung = true;
    open({ ...SETTINGS, port: device.port, format: 'iso-0', keyId: 'pin-1' });
    await vi.waitFor(() => expect(pad.detail).toContain('does not answer'), WAIT);
    expect(await ask()).toEqual({ kind: 'unavailable' });
  });

  describe('gets its PIN key', () => {
    // Key 0123…3210 under protection key 0011…EEFF, made with the Python package cryptography.
    const DES_BLOCK = 'B0080P0TE00N0000C126A0C964DA497A422D6862A37949EB52ACE9CA1E927A49AE1E0AA7AAE2E78B';
    const AES_BLOCK =
      'D0112P0AE00N0000EC4859F37054298131F5A041A3873274AA2565FAB166D578CDABC2E870704ECE61CBC0CF4F72C9BB868D19F75FF79188';
    const KEY_BLOCK_KEY =
      'D0112K0AE00N00006BE93487DE57E419119713E2D57FF8D18BDA9DE563FAF43EB9374E85F531AA5CF6A6B2A4D6E5B5C27FBE41DF6F60A14C';
    const key = hex('00112233445566778899AABBCCDDEEFF');

    it('in a key block, and is ready then', async () => {
      await start({ format: 'iso-0', protection: { cipher: '3des', key } });
      await is('attention');
      expect(await pad.loadKey(DES_BLOCK)).toEqual({ kind: 'loaded' });
      expect(pad.state).toBe('ready');
      const entry = ask();
      await awaited();
      device.type('123456');
      expect(entered(await entry)).toEqual(['9E9E3CAE200AA1BD', 'iso-0', 'pin-1']);
    });

    it.each([
      ['a changed one', `${AES_BLOCK.slice(0, -1)}9`, 'MAC'],
      ['one under another cipher', DES_BLOCK, 'malformed'],
      ['one for another usage', KEY_BLOCK_KEY, 'usage'],
    ])('but not %s', async (_, block, words) => {
      await start({ format: 'iso-4', protection: { cipher: 'aes', key } });
      await is('attention');
      expect(await pad.loadKey(block)).toEqual({ kind: 'refused', why: expect.stringContaining(words) });
      expect(pad.state).toBe('attention');
    });

    it('but not without a key that protects it', async () => {
      await start({ format: 'iso-4' });
      await is('attention');
      expect(await pad.loadKey(AES_BLOCK)).toEqual({ kind: 'refused', why: expect.stringContaining('secure room') });
    });

    it('but not when it is pulled meanwhile', async () => {
      await start({ format: 'iso-4', protection: { cipher: 'aes', key } });
      await is('attention');
      device.onMessage = (number) => {
        if (number === '02') void device.serial.unplug();
      };
      expect(await pad.loadKey(AES_BLOCK)).toEqual({ kind: 'unavailable' });
    });
  });

  it.each([
    ['iso-4', 'A'],
    ['sm4-0', '4'],
  ] as const)('gives blocks of format %s', async (format, algorithm) => {
    await start({ format, keys: new Map([['3', { ...PIN_KEY, algorithm }]]) }, { slot: 3, keyId: 'wide' });
    await is('ready');
    const entry = ask();
    await awaited();
    device.type('123456');
    expect(entered(await entry)).toEqual([expect.stringMatching(/^[0-9A-F]{32}$/), format, 'wide']);
  });
});
