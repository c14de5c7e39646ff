import { describe, expect, it } from 'vitest';
import { kindOfByte, statusOf } from './status.ts';

describe('what a printer says', () => {
  it.each([
    ['nothing', [0x12, 0x12, 0x12, 0x12], { paperLow: false }],
    ['a drawer, which does not matter', [0x16, 0x12, 0x12, 0x12], { paperLow: false }],
    ['paper near its end', [0x12, 0x12, 0x12, 0x1e], { paperLow: true }],
    ['paper out', [0x1a, 0x32, 0x12, 0x7e], { trouble: 'paper-out', paperLow: true }],
    ['paper out, told by the sensor alone', [0x12, 0x12, 0x12, 0x72], { trouble: 'paper-out', paperLow: false }],
    ['the cover', [0x1a, 0x16, 0x12, 0x12], { trouble: 'cover-open', paperLow: false }],
    ['the cutter', [0x1a, 0x52, 0x1a, 0x12], { trouble: 'cutter-error', paperLow: false }],
    ['an error past mending', [0x1a, 0x52, 0x32, 0x12], { trouble: 'printer-error', paperLow: false }],
    ['an error that it does not name', [0x1a, 0x52, 0x12, 0x12], { trouble: 'printer-error', paperLow: false }],
    ['offline, and no more', [0x1a, 0x12, 0x12, 0x12], { trouble: 'offline', paperLow: false }],
  ] as const)('%s', (_, answers, status) => {
    expect(statusOf(answers)).toEqual(status);
  });

  it('each of 256 bytes is an answer of one kind, or of none', () => {
    const all = Array.from({ length: 256 }, (_, byte) => kindOfByte(byte));
    expect(all.filter((kind) => kind === 'real-time')).toHaveLength(16);
    expect(all.filter((kind) => kind === 'paper-sensor')).toHaveLength(64);
    // XON, XOFF, the first byte of an unasked status.
    expect([0x11, 0x13, 0x14, 0x10].map(kindOfByte)).toEqual(['other', 'other', 'other', 'other']);
  });
});
