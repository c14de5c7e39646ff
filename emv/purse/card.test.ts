import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { parsePurseCard, standing } from './card.ts';

const FILE_15 = 'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB';

describe('file 15', () => {
  it('says who the card is', () => {
    const card = parsePurseCard(hex(FILE_15)) ?? expect.fail('no card');
    expect(toHex(card.issuerId)).toBe('A1A2A3A4A5A6A7A8');
    expect([card.applicationType, card.applicationVersion]).toEqual([2, 1]);
    expect(card.serial.reveal()).toBe('31000000123456789012');
    expect(card.validFrom).toEqual({ year: 2024, month: 1, day: 1 });
    expect(card.expiry).toEqual({ year: 2099, month: 12, day: 31 });
  });

  it.each([
    ['nothing', ''],
    ['a byte less', FILE_15.slice(0, -2)],
    ['a byte more', `${FILE_15}00`],
    ['a first day that is none', FILE_15.replace('20240101', '20241301')],
    ['a last day that is none', FILE_15.replace('20991231', 'FFFFFFFF')],
  ])('%s is none', (_, file) => {
    expect(parsePurseCard(hex(file))).toBeUndefined();
  });

  it('any bytes: never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void parsePurseCard(bytes)));
  });

  it.each([
    [2023, 12, 31, 'not-yet-valid'],
    [2024, 1, 1, 'valid'],
    [2099, 12, 31, 'valid'],
    [2100, 1, 1, 'expired'],
  ])('on %i-%i-%i: %s', (year, month, day, said) => {
    const card = parsePurseCard(hex(FILE_15)) ?? expect.fail('no card');
    expect(standing(card, { year, month, day })).toBe(said);
  });
});
