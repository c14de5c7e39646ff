import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { openVirtualScanner, type VirtualScanner } from '../../test-fixtures/scanner/virtual-scanner.ts';
import { missingForVirtualSerial } from '../../test-fixtures/serial/virtual-serial.ts';
import type { CodeScanner } from '../ports.ts';
import { openSerialScanner } from './serial-scanner.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const WAIT = { timeout: 30_000, interval: 10 };
const WECHAT = '134567890123456789';
const ALIPAY = '281234567890123456';

describe.skipIf(skipped)('a scanner on a serial port', () => {
  let device: VirtualScanner;
  let scanner: CodeScanner;
  let codes: string[];

  const told = (...expected: readonly string[]) => vi.waitFor(() => expect(codes).toEqual(expected), WAIT);
  const isIn = (state: string) => vi.waitFor(() => expect(scanner.state).toBe(state), WAIT);
  const open = async (setUp: { prefix?: string; suffix?: string } = {}): Promise<void> => {
    device = await openVirtualScanner(setUp);
    scanner = openSerialScanner({
      settings: { port: device.port, baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
    });
    scanner.onCode((text) => codes.push(text));
    await isIn('ready');
  };
  beforeEach(() => {
    codes = [];
  });
  afterEach(async () => {
    await scanner.close();
    await device.close();
  });

  it.each([
    ['CR', { suffix: '\r' }],
    ['CR and LF, with an AIM identifier', { prefix: ']Q3', suffix: '\r\n' }],
    ['nothing', { suffix: '' }],
  ])('that ends its codes with %s', async (_, setUp) => {
    await open(setUp);
    device.scan(WECHAT);
    await told(WECHAT);
  });

  it('may be pulled in the middle of a code, and comes back', async () => {
    await open();
    device.scan(WECHAT);
    await told(WECHAT);
    device.send(new TextEncoder().encode('28123'));
    await device.unplug();
    await isIn('unplugged');
    await device.plugIn();
    await isIn('ready');
    device.scan(ALIPAY);
    await told(WECHAT, ALIPAY);
  });

  it('may send noise and a flood, and works again when it has been quiet', async () => {
    await open();
    device.send(Uint8Array.of(0xf8, 0x80, 0x06, 0x0d));
    await isIn('attention');
    device.scan(WECHAT);
    await told(WECHAT);
    expect(scanner.state).toBe('ready');
    for (let n = 0; n < 2_000; n++) device.scan(`flood ${n}`);
    await isIn('attention');
    // Until it has been quiet for a second, nothing is taken.
    await vi.waitFor(
      () => {
        device.scan(ALIPAY);
        expect(codes.at(-1)).toBe(ALIPAY);
      },
      { timeout: 30_000, interval: 1_500 },
    );
    expect(codes).toHaveLength(6);
    expect(scanner.state).toBe('ready');
  });
});
