import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDevices } from './found-devices.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jdpos-found-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (path: string, text = ''): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const link = (path: string, to: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(to, join(root, path));
};

describe('devices that are found', () => {
  it('are none on a machine without any', () => {
    expect(findDevices(root)).toEqual([]);
  });

  it('serial ports by the name that lasts, and once', () => {
    file('dev/ttyACM0');
    file('dev/ttyUSB0');
    file('dev/ttyS0');
    link('dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0', '../../ttyACM0');
    link('dev/serial/by-id/usb-Honeywell_Barcode_Scanner_123-if00', '../../ttyACM0');
    expect(findDevices(root)).toEqual([
      {
        kind: 'serial',
        path: '/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0',
        file: '/dev/ttyACM0',
        label: 'Honeywell Barcode Scanner 123',
      },
      { kind: 'serial', path: '/dev/ttyUSB0', file: '/dev/ttyUSB0', label: '' },
    ]);
  });

  it('serial ports of the mainboard, where one is soldered on', () => {
    for (const [name, type] of [
      ['ttyS0', '4\n'],
      ['ttyS1', '0\n'],
    ] as const) {
      file(`dev/${name}`);
      file(`sys/class/tty/${name}/type`, type);
    }
    expect(findDevices(root)).toEqual([{ kind: 'serial', path: '/dev/ttyS0', file: '/dev/ttyS0', label: '' }]);
  });

  it('printers by what they say of themselves', () => {
    file('dev/usb/lp0');
    file('sys/class/usbmisc/lp0/device/ieee1284_id', 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II\u0007;CLS:PRINTER;');
    expect(findDevices(root)).toEqual([
      { kind: 'printer', path: '/dev/usb/lp0', file: '/dev/usb/lp0', label: 'EPSON TM-T20II' },
    ]);
  });

  it('scanners that type, and no mouse', () => {
    file('dev/input/event3');
    file('dev/input/event4');
    link('dev/input/by-path/pci-0000:00:14.0-usb-0:3:1.0-event-kbd', '../event3');
    link('dev/input/by-path/pci-0000:00:14.0-usb-0:4:1.0-event-mouse', '../event4');
    link('dev/input/by-id/usb-Newland_HR32-event-kbd', '../event3');
    expect(findDevices(root).map(({ kind, file: device, label }) => [kind, device, label])).toEqual([
      ['input', '/dev/input/event3', 'Newland HR32'],
    ]);
  });

  it('not what was just unplugged, and no more than somebody can look through', () => {
    link('dev/serial/by-path/gone', '../../ttyUSB900');
    for (let port = 0; port < 200; port++) file(`dev/ttyUSB${port}`);
    const found = findDevices(root);
    expect(found).toHaveLength(64);
    expect(found.every(({ path }) => !path.includes('gone'))).toBe(true);
  });
});
