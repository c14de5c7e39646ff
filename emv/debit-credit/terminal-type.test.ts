import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { connectivityOf, isAtm, isAttended } from './terminal-type.ts';

describe('terminal type', () => {
  // EMV Book 4, annex A1.
  it.each([
    [0x11, 'online-only', true],
    [0x12, 'offline-with-online-capability', true],
    [0x13, 'offline-only', true],
    [0x14, 'online-only', false],
    [0x15, 'offline-with-online-capability', false],
    [0x16, 'offline-only', false],
    [0x21, 'online-only', true],
    [0x22, 'offline-with-online-capability', true],
    [0x23, 'offline-only', true],
    [0x24, 'online-only', false],
    [0x25, 'offline-with-online-capability', false],
    [0x26, 'offline-only', false],
    [0x34, 'online-only', false],
    [0x35, 'offline-with-online-capability', false],
    [0x36, 'offline-only', false],
  ])('%i', (type, connectivity, attended) => {
    expect(connectivityOf(type)).toBe(connectivity);
    expect(isAttended(type)).toBe(attended);
  });

  it.each([0x00, 0x20, 0x27, 0x2f])('%i is none', (type) => {
    expect(() => connectivityOf(type)).toThrow(RangeError);
  });

  it.each([
    ['unattended bank terminal that gives cash', 0x14, '8000000000', true],
    ['the same, offline capable', 0x15, 'FF80F0A001', true],
    ['the same, offline only', 0x16, '8000000000', true],
    ['one that gives none', 0x14, '7F80F0A001', false],
    ['attended', 0x12, 'FF80F0A001', false],
    ["a merchant's", 0x25, 'FF80F0A001', false],
    ['no 9F40', 0x14, '', false],
  ])('ATM: %s', (_, type, additional, atm) => {
    expect(isAtm(type, hex(additional))).toBe(atm);
  });
});
