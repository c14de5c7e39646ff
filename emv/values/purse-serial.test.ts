import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from './bytes.ts';
import { PurseSerial } from './purse-serial.ts';

const BYTES = '31000000123456789012';
const serial = PurseSerial.parse(hex(BYTES)) ?? expect.fail('no serial');

describe('PurseSerial', () => {
  it('has ten bytes, and derives keys by its last eight', () => {
    expect(serial.reveal()).toBe(BYTES);
    expect(toHex(serial.bytes())).toBe(BYTES);
    expect(toHex(serial.diversifier)).toBe('0000123456789012');
    expect(PurseSerial.parse(hex('310000001234567890'))).toBeUndefined();
    expect(PurseSerial.parse(hex(`${BYTES}00`))).toBeUndefined();
  });

  it('keeps its own bytes', () => {
    const bytes = hex(BYTES);
    const copied = PurseSerial.parse(bytes);
    bytes.fill(0);
    copied?.bytes().fill(0);
    copied?.diversifier.fill(0);
    expect(copied?.equals(serial)).toBe(true);
    expect(copied?.equals(PurseSerial.parse(hex('31000000123456789013')) ?? serial)).toBe(false);
  });

  it('prints masked, whichever way', () => {
    const shown = '310000**********9012';
    const ways = [`${serial}`, String(serial), JSON.stringify({ serial }), inspect(serial), serial.masked];
    expect(ways).toEqual([shown, shown, `{"serial":"${shown}"}`, shown, shown]);
  });
});
