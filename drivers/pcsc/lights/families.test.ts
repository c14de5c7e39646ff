import { describe, expect, it } from 'vitest';
import { toHex } from '../../../emv/values/index.ts';
import { lightFamily, type ReaderSignal } from './families.ts';

const SIGNALS: readonly ReaderSignal[] = ['ready', 'card-read', 'approved', 'declined', 'off'];

const shownBy = (name: string): string[] =>
  SIGNALS.map((signal) => lightFamily(name)?.signals[signal].map(toHex).join(' ') ?? '');

describe('the lights of a reader', () => {
  it.each([['ACS ACR122U PICC Interface 00 00'], ['ACS ACR122U 01 00']])(
    '%s: pseudo-APDUs with both lights, durations and the buzzer',
    (name) => {
      expect(shownBy(name)).toEqual([
        'FF00400F0400000000',
        'FF0040000401000101',
        'FF00400E0401000101',
        'FF00400D0405000101',
        'FF00400C0400000000',
      ]);
      expect(lightFamily(name)?.first.map(toHex)).toEqual(['FF00520000']);
    },
  );

  it.each([
    ['ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00'],
    ['ACS ACR1252U 1S CL Reader 00 00'],
    ['ACS ACM1252U-Y3 00 00'],
  ])('%s: one command for the lights and one for the buzzer', (name) => {
    expect(shownBy(name)).toEqual([
      'E00000290103',
      'E0000028010A',
      'E00000290102 E0000028010A',
      'E00000290101 E00000280132',
      'E00000290100',
    ]);
  });

  it.each(['Virtual PCD 00 00', 'ACS ACR1281 1S Dual Reader 00 00', 'ACR12', 'XACR122 00 00', ''])(
    '%s: none that is known',
    (name) => {
      expect(lightFamily(name)).toBeUndefined();
    },
  );
});
