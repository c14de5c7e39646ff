import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { parseAfl } from './afl.ts';
import { MAX_RECORDS } from './bounds.ts';

/** The plan in a line: SFI.record, with a star where it enters offline data authentication; the last one behind a bar. */
function plan(afl: string): string | undefined {
  const parsed = parseAfl(hex(afl));
  const show = ({ sfi, record, authenticated }: { sfi: number; record: number; authenticated: boolean }): string =>
    `${sfi}.${record}${authenticated ? '*' : ''}`;
  return parsed && [...parsed.before.map(show), '|', show(parsed.last)].join(' ');
}

describe('parseAfl', () => {
  it.each([
    ['one record', '08010100', '| 1.1'],
    ['one entry', '08010301', '1.1* 1.2 | 1.3'],
    ['several entries, in their order', '18010100 08010202 10010100', '3.1 1.1* 1.2* | 2.1'],
    ['the last record authenticated', '08010202', '1.1* | 1.2*'],
    ['highest file and record', 'F0FFFF00', '| 30.255'],
    [
      'as many records as are allowed',
      '08011000',
      '1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14 1.15 | 1.16',
    ],
  ])('%s', (_, afl, expected) => {
    expect(plan(afl)).toBe(expected);
  });

  it.each([
    ['empty', ''],
    ['three bytes', '080101'],
    ['five bytes', '0801010008'],
    ['low bits of the SFI set', '09010100'],
    ['SFI 0', '00010100'],
    ['SFI 31', 'F8010100'],
    ['record 0', '08000100'],
    ['backwards', '08020100'],
    ['more authenticated than read', '08010102'],
    ['one record too many', '08011100'],
    ['one record too many, over two entries', '08011000 10010100'],
    ['a record twice', '08010200 08020200'],
    ['the last record early', '08010100 10010100 08010100'],
  ])('refuses: %s', (_, afl) => {
    expect(plan(afl)).toBeUndefined();
  });

  it('any bytes: a plan within the bound, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const parsed = parseAfl(bytes);
        if (parsed) expect(parsed.before.length + 1).toBeLessThanOrEqual(MAX_RECORDS);
      }),
    );
  });
});
