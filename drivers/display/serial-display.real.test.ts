import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openVirtualDisplay, type VirtualDisplay } from '../../test-fixtures/display/virtual-display.ts';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { missingForVirtualSerial } from '../../test-fixtures/serial/virtual-serial.ts';
import type { CustomerDisplay } from '../ports.ts';
import { openSerialDisplay } from './serial-display.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const WAIT = { timeout: 30_000, interval: 10 };

describe.skipIf(skipped)('a customer display on a serial port', () => {
  let device: VirtualDisplay;
  let display: CustomerDisplay;

  const reads = (upper: string, lower: string) =>
    vi.waitFor(() => expect(device.picture().map((line) => line.trimEnd())).toEqual([upper, lower]), WAIT);
  const isIn = (state: string) => vi.waitFor(() => expect(display.state).toBe(state), WAIT);
  const settings = () =>
    ({ port: device.port, baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' }) as const;
  const open = (language: 'zh' | 'en', writeMs?: number): void => {
    display = openSerialDisplay({
      settings: settings(),
      language,
      ...(writeMs !== undefined && { writeMs }),
    });
  };

  beforeEach(async () => {
    device = await openVirtualDisplay();
  });
  afterEach(async () => {
    await display.close();
    await device.close();
  });

  it('shows two lines, in Chinese where it can', async () => {
    open('zh');
    display.show(['金额      12.80 元', '请刷卡']);
    await reads('金额      12.80 元', '请刷卡');
    display.show(['已付      12.80 元', '余额     787.20 元']);
    await reads('已付      12.80 元', '余额     787.20 元');
    expect(device.notUnderstood).toEqual([]);
  });

  it('shows in English what it was last told', async () => {
    open('en');
    await isIn('ready');
    for (let n = 0; n < 500; n++) display.show([`picture ${n}`, '卡']);
    display.show(['the last one', '']);
    await reads('the last one', '');
    // What came while it was busy was left out.
    expect(device.history.length).toBeLessThan(10);
  });

  it('is drawn anew when it comes back, with what holds then', async () => {
    open('en');
    display.show(['before', '']);
    await reads('before', '');
    await device.unplug();
    await isIn('unplugged');
    for (let n = 0; n < 1_000; n++) display.show(['meanwhile', String(n)]);
    display.show(['after', '']);
    await device.plugIn();
    await reads('after', '');
    expect(device.history.filter((picture) => picture.startsWith('meanwhile'))).toEqual([]);
    expect(device.notUnderstood).toEqual([]);
  });

  it('is let go while it is being drawn', async () => {
    const logged: string[] = [];
    display = openSerialDisplay({ settings: settings(), language: 'en', log: (event) => logged.push(event) });
    await isIn('ready');
    display.show(['the last one', '']);
    await display.close();
    // What was being written has ended with the port, and is not tried again: nothing keeps the process.
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual(['serial-open']);
  });

  it('that has hung says so, and shows the latest when it goes on', async () => {
    open('en', 100);
    await isIn('ready');
    device.stall(true);
    let n = 0;
    await vi.waitFor(() => {
      // The port itself takes some four thousand bytes.
      for (let more = 0; more < 20; more++) display.show(['stalled', String(n++)]);
      expect(display.state).toBe('unresponsive');
    }, WAIT);
    expect(display.detail).toMatch(/switch it off and on/);
    display.show(['goes on', '']);
    device.stall(false);
    // What was broken off is garbage on it, until it is drawn anew.
    await reads('goes on', '');
    await isIn('ready');
  });
});
