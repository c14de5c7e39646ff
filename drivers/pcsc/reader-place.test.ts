import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plantedUsb } from '../../test-fixtures/reader/planted-usb.ts';
import { readReaderName } from './reader-name.ts';
import { placeOf } from './reader-place.ts';

const usb = plantedUsb({
  usb1: { busnum: '1', devnum: '1' },
  '1-0:1.0': { bInterfaceClass: '09' },
  // Two equal readers without serial numbers.
  '1-1.1': { busnum: '1', devnum: '4', idVendor: '072f', idProduct: '2200' },
  '1-1.1:1.0': { bInterfaceClass: '0b' },
  '1-1.2': { busnum: '1', devnum: '11', idVendor: '072f', idProduct: '2200' },
  '1-1.2:1.0': { bInterfaceClass: '0b' },
  // One that is two readers, one for each interface.
  '2-3': { busnum: '2', devnum: '3', idVendor: '072f', idProduct: '223b', serial: 'RR554-1' },
  '2-3:1.0': { bInterfaceClass: '0b', interface: 'ACR1252 Dual Reader PICC' },
  '2-3:1.1': { bInterfaceClass: '0b', interface: 'ACR1252 Dual Reader SAM' },
  // A keyboard with a slot.
  '2-4': { busnum: '2', devnum: '9', serial: 'KB1' },
  '2-4:1.0': { bInterfaceClass: '03' },
  '2-4:1.1': { bInterfaceClass: '0b' },
  // An older reader of no class, and one whose files cannot be read.
  '3-1': { busnum: '3', devnum: '2' },
  '3-1:1.0': { bInterfaceClass: 'ff' },
  '3-2': { busnum: 'x' },
  '3-2:1.0': { bInterfaceClass: '0b' },
});
afterAll(() => usb.remove());

describe('where a reader hangs', () => {
  it.each<[string, string, number | undefined, string | undefined]>([
    ['the first of two equal ones', 'ACS ACR122U PICC Interface 00 00', 0x0020_0104, '1-1.1:1.0'],
    ['the second of them', 'ACS ACR122U PICC Interface 01 00', 0x0020_010b, '1-1.2:1.0'],
    ['the same when their numbers are swapped', 'ACS ACR122U PICC Interface 00 00', 0x0020_010b, '1-1.2:1.0'],
    ['either of them when the driver does not tell', 'ACS ACR122U PICC Interface 00 00', undefined, undefined],
    ['an interface', 'ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] (RR554-1) 02 00', 0x0020_0203, '2-3:1.1'],
    ['an interface, by its name alone', 'ACS X [ACR1252 Dual Reader PICC] (RR554-1) 01 00', undefined, '2-3:1.0'],
    ['one of two interfaces that the name does not tell apart', 'ACS ACR1252 (RR554-1) 01 00', 0x0020_0203, '2-3'],
    ['a slot of an interface', 'ACME Twin 00 01', 0x0020_0104, '1-1.1:1.0/1'],
    ['by its serial number', 'Keyboard (KB1) 00 00', undefined, '2-4:1.1'],
    ['beside a keyboard', 'Keyboard 00 00', 0x0020_0209, '2-4:1.1'],
    ['a reader of no class', 'Old Reader 00 00', 0x0020_0302, '3-1'],
    ['a virtual reader', 'Virtual PCD 00 00', undefined, undefined],
    ['a serial reader', 'Serial Reader 00 00', 0x0001_0001, undefined],
    ['a device that has gone', 'ACME Reader 00 00', 0x0020_0177, undefined],
  ])('%s', (_, name, channelId, place) => {
    expect(placeOf(name, channelId, usb.root)).toBe(place);
  });

  it('is not known where there is no USB', () => {
    expect(placeOf('ACME Reader 00 00', 0x0020_0104, join(usb.root, 'not-there'))).toBeUndefined();
  });
});

describe('a name that pcscd gives', () => {
  it.each([
    ['Virtual PCD 00 01', { model: 'Virtual PCD', interfaceName: undefined, serial: undefined, slot: 1 }],
    ['A [B] (C) 0A 02', { model: 'A', interfaceName: 'B', serial: 'C', slot: 2 }],
    ['A (B) 00 00', { model: 'A', interfaceName: undefined, serial: 'B', slot: 0 }],
    ['A [B [C]] 00 0F', { model: 'A', interfaceName: 'B [C]', serial: undefined, slot: 15 }],
    ['(A) 00 00', { model: '(A)', interfaceName: undefined, serial: undefined, slot: 0 }],
    ['Memory Reader', { model: 'Memory Reader', interfaceName: undefined, serial: undefined, slot: 0 }],
    ['', { model: '', interfaceName: undefined, serial: undefined, slot: 0 }],
  ])('%s', (name, read) => {
    expect(readReaderName(name)).toEqual(read);
  });
});
