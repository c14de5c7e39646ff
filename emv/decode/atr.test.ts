import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { answerToReset } from './atr.ts';
import type { Words } from './words.ts';

const flat = (words: readonly Words[]): string[] =>
  words.flatMap(({ name, value, meaning, parts = [] }) => [
    [name, value, meaning].filter((part) => part !== undefined).join(' | '),
    ...flat(parts),
  ]);

function said(atr: string): string[] {
  const read = answerToReset(hex(atr));
  return read.kind === 'decoded' ? flat(read.words) : [`malformed at ${read.offset}: ${read.problem}`];
}

describe('ATR', () => {
  it('of a storage card, as PC/SC makes it up', () => {
    expect(said('3B8F8001804F0CA000000306030001000000006A')).toEqual([
      'TS | 3B | direct convention',
      'T0 | 8F | 15 bytes of history',
      'TD1 | 80 | T=0; more interface bytes follow',
      'TD2 | 01 | T=1; nothing follows',
      'Protocols | T=0, T=1',
      'Historical bytes | 804F0CA00000030603000100000000',
      'Storage card | as PC/SC part 3 names it: no application can be selected on it',
      'Standard | 03 | ISO/IEC 14443 A, part 3',
      'Card | 0001 | MIFARE Classic 1K',
      'TCK | 6A | right',
    ]);
  });

  it('of a contactless card without history', () => {
    expect(said('3B80800101').slice(1)).toEqual([
      'T0 | 80 | 0 bytes of history',
      'TD1 | 80 | T=0; more interface bytes follow',
      'TD2 | 01 | T=1; nothing follows',
      'Protocols | T=0, T=1',
      'TCK | 01 | right',
    ]);
  });

  it('of a T=1 card, with what the first group after T=1 says', () => {
    expect(said('3BE600008131FE454A434F503230F9')).toEqual([
      'TS | 3B | direct convention',
      'T0 | E6 | 6 bytes of history',
      'TB1 | 00 | programming voltage: no longer used',
      'TC1 | 00 | extra guard time: 0 bits',
      'TD1 | 81 | T=1; more interface bytes follow',
      'TD2 | 31 | T=1; more interface bytes follow',
      'TA3 | FE | T=1: the card takes 254 bytes at once (IFSC)',
      'TB3 | 45 | T=1: waiting times: block 4, character 5',
      'Protocols | T=1',
      'Historical bytes | 4A434F503230',
      'Of no common form | as text: JCOP20',
      'TCK | F9 | right',
    ]);
  });

  it('of a Java card in the field', () => {
    expect(said('3BE60000812145324B010101017A').slice(6)).toEqual([
      'TB3 | 45 | T=1: waiting times: block 4, character 5',
      'Protocols | T=1',
      'Historical bytes | 324B01010101',
      'Of no common form | the maker’s own',
      'TCK | 7A | right',
    ]);
  });

  it('of a T=0 card has no check byte; rates, classes and status bytes', () => {
    expect(said('3B1395 8073C0')).toEqual([
      'TS | 3B | direct convention',
      'T0 | 13 | 3 bytes of history',
      'TA1 | 95 | F = 512, D = 16: 32 clock cycles a bit',
      'Protocols | T=0',
      'Historical bytes | 8073C0',
      'Cut off | 73C0',
    ]);
    const lines = said('3F 94 11 80 1F C7 00 31 90 00 7C');
    expect(lines).toEqual(
      expect.arrayContaining([
        'TS | 3F | inverse convention',
        'TD2 | 1F | T=15 (global bytes); more interface bytes follow',
        'TA3 | C7 | clock stop no preference; supply 5 V, 3 V, 1.8 V',
        'Protocols | T=0',
        'Status indicator | 319000',
        'TCK | 7C | right',
      ]),
    );
  });

  it.each([
    ['', 'malformed at 0: an ATR begins with 3B or 3F'],
    ['3C00', 'malformed at 0: an ATR begins with 3B or 3F'],
    ['3B', 'malformed at 1: T0 is missing'],
    ['3BFF12', 'malformed at 3: TB1, which was announced, is missing'],
    ['3B02AA', 'malformed at 3: historical bytes are missing: an ATR that begins so has 4 bytes'],
    ['3B808001', 'malformed at 4: the check byte TCK is missing: an ATR that begins so has 5 bytes'],
    ['3B8080010100', 'malformed at 5: the ATR ends here; 1 byte follow'],
  ])('%s: %s', (atr, problem) => {
    expect(said(atr)).toEqual([problem]);
  });

  it('says when the check byte is wrong, and what would be right', () => {
    expect(said('3B80800102').at(-1)).toBe('TCK | 02 | wrong: the bytes before it give 01');
  });

  it('with group after group ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (rest) => {
        const read = answerToReset(Uint8Array.of(0x3b, ...rest));
        if (read.kind === 'malformed') expect(read.offset).toBeLessThanOrEqual(rest.length + 1);
        else expect(flat(read.words).join()).not.toContain('undefined');
      }),
      { numRuns: 2_000 },
    );
    expect(said(`3B80${'80'.repeat(40)}`)[0]).toContain('malformed');
  });
});
