import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import {
  missingForVirtualSerial,
  openVirtualSerial,
  type VirtualSerial,
} from '../../test-fixtures/serial/virtual-serial.ts';
import type { ByteLine, LineState } from './byte-line.ts';
import { PAUSE_MS } from './even-intake.ts';
import { openSerialLine, type SerialSettings } from './serial-line.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

/** What the port reads at once at most. */
const AT_ONCE_BYTES = 4_096;
const WAIT = { timeout: 30_000, interval: 10 };
const plain = (port: string): SerialSettings => ({
  port,
  baudRate: 9600,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flow: 'none',
});

describe.skipIf(skipped)('a serial line', () => {
  let device: VirtualSerial;
  let line: ByteLine;
  let received: number[];
  let states: LineState[];

  const open = (port = device.port, writeMs?: number): ByteLine => {
    received = [];
    states = [];
    line = openSerialLine({
      settings: plain(port),
      events: { bytes: (chunk) => received.push(...chunk), state: (state) => states.push(state) },
      ...(writeMs !== undefined && { writeMs }),
    });
    return line;
  };
  const isOpen = () => vi.waitFor(() => expect(line.state).toBe('open'), WAIT);

  beforeEach(async () => {
    device = await openVirtualSerial();
  });
  afterEach(async () => {
    await line.close();
    await device.close();
  });

  it('leaves nothing of what it sends in the memory that small Buffers share', async () => {
    open();
    await isOpen();
    const sent = Uint8Array.from({ length: 40 }, (_, at) => 0x80 + 3 * at);
    expect(await line.write(sent)).toBe('written');
    const shared = Buffer.from([0]).buffer;
    expect(Buffer.from(shared, 0).includes(Buffer.from(sent.buffer))).toBe(false);
  });

  it('of a device that floods is read in pieces, with pauses in which others are heard', async () => {
    const timers = manualTimers();
    let heard = 0;
    line = openSerialLine({
      settings: plain(device.port),
      events: { bytes: (chunk) => (heard += chunk.length), state: () => {} },
      after: timers.after,
    });
    await isOpen();
    for (let n = 0; n < 64; n++) device.send(new Uint8Array(1_000));
    for (let pauses = 1; pauses <= 3; pauses++) {
      await vi.waitFor(() => expect(timers.pending).toContain(PAUSE_MS), WAIT);
      // Whatever else is ready to be read would come in these turns.
      for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
      expect(heard).toBeLessThanOrEqual(pauses * (AT_ONCE_BYTES + 1_024));
      timers.fire(PAUSE_MS);
    }
  });

  it('carries every byte both ways', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, at) => at);
    const sent: number[] = [];
    device.receive((chunk) => sent.push(...chunk));
    open();
    await isOpen();
    device.send(all);
    expect(await line.write(all)).toBe('written');
    await vi.waitFor(() => expect([received.length, sent.length]).toEqual([256, 256]), WAIT);
    expect(received).toEqual([...all]);
    expect(sent).toEqual([...all]);
  });

  it('waits for a device that is not there, and comes back after it was pulled', async () => {
    await device.unplug();
    open();
    expect(await line.write(Uint8Array.of(1))).toBe('failed');
    for (let round = 0; round < 3; round++) {
      await device.plugIn();
      await isOpen();
      await device.unplug();
      await vi.waitFor(() => expect(line.state).toBe('unplugged'), WAIT);
      expect(await line.write(Uint8Array.of(1))).toBe('failed');
    }
    expect(states).toEqual(['open', 'unplugged', 'open', 'unplugged', 'open', 'unplugged']);
  });

  it('counts as unplugged as soon as a write says so, whatever its reading knows yet', async () => {
    const drain = vi.spyOn(SerialPort.prototype, 'drain').mockImplementationOnce((done) => {
      done?.(new Error('Input/output error, cannot drain'));
    });
    open();
    await isOpen();
    const answer = line.write(Uint8Array.of(1)).then((result) => [result, line.state]);
    expect(await answer).toEqual(['failed', 'unplugged']);
    drain.mockRestore();
    await isOpen();
  });

  it('says that a port cannot be opened', async () => {
    open('/dev/null');
    await vi.waitFor(() => expect(line.state).toBe('refused'), WAIT);
  });

  it('does not wait for ever for a device that takes nothing', async () => {
    open(device.port, 200);
    await isOpen();
    device.stall(true);
    const much = new Uint8Array(1 << 20);
    expect(await line.write(much)).toBe('failed');
    device.stall(false);
  });

  it('piles nothing up behind a write that is stuck', async () => {
    let sent = 0;
    device.receive((chunk) => {
      sent += chunk.length;
    });
    open(device.port, 50);
    await isOpen();
    device.stall(true);
    expect(await line.write(new Uint8Array(1 << 20))).toBe('failed');
    for (let n = 0; n < 20; n++) expect(await line.write(new Uint8Array(1 << 20).fill(1))).toBe('failed');
    device.stall(false);
    await vi.waitFor(async () => expect(await line.write(Uint8Array.of(2))).toBe('written'), WAIT);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(0), WAIT);
    expect(sent).toBeLessThanOrEqual((1 << 20) + 100);
  });

  it('keeps nothing of the writes that are done', async () => {
    const warned: string[] = [];
    const warn = ({ name }: Error): number => warned.push(name);
    process.on('warning', warn);
    open();
    await isOpen();
    for (let n = 0; n < 20; n++) expect(await line.write(Uint8Array.of(n))).toBe('written');
    await new Promise((turn) => setImmediate(turn));
    process.off('warning', warn);
    expect(warned).toEqual([]);
  });

  it('tells nothing after it was closed', async () => {
    open();
    await isOpen();
    await line.close();
    device.send(Uint8Array.of(1, 2, 3));
    await device.unplug();
    expect([received, states]).toEqual([[], ['open']]);
  });
});
