import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { ddolEntries, signedDynamicDataIn } from './internal-authenticate.ts';

describe('ddolEntries', () => {
  it.each<[string, string | undefined, readonly [tag: number, length: number][] | undefined]>([
    ['no DDOL: the unpredictable number', undefined, [[0x9f37, 4]]],
    [
      'the card’s own',
      '9F0206 9F3704',
      [
        [0x9f02, 6],
        [0x9f37, 4],
      ],
    ],
    ['one without the unpredictable number', '9F0206', undefined],
    ['one with a part of it', '9F3702', undefined],
    ['an empty one', '', undefined],
    ['one that is cut', '9F3704 9F', undefined],
  ])('%s', (_, ddol, entries) => {
    expect(ddolEntries(ddol === undefined ? undefined : hex(ddol))?.map(({ tag, length }) => [tag, length])).toEqual(
      entries,
    );
  });
});

describe('signedDynamicDataIn', () => {
  it.each([
    ['format 1', '80 03 A1A2A3', 'A1A2A3'],
    ['format 2', '77 06 9F4B 03 A1A2A3', 'A1A2A3'],
    ['format 2 with more in it', '77 09 9F36 00 9F4B 03 A1A2A3', 'A1A2A3'],
    ['format 2 without a signature', '77 03 9F36 00', undefined],
    ['a second object', '80 03 A1A2A3 80 00', undefined],
    ['another template', '70 06 9F4B 03 A1A2A3', undefined],
    ['no TLV', '80 05 A1', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, answer, signature) => {
    expect(signedDynamicDataIn(hex(answer))).toEqual(signature === undefined ? undefined : hex(signature));
  });
});
