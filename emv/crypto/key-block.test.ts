import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { type KeyBlockHeader, keyBlockHeader, makeKeyBlock, openKeyBlock } from './key-block.ts';

const PIN_KEY: KeyBlockHeader = {
  version: 'B',
  usage: 'P0',
  algorithm: 'T',
  mode: 'E',
  keyVersion: '00',
  exportability: 'N',
};
const PADDING = hex('1C2965473CE2206855732D8A9F01');

const VECTORS = [
  // PIN Pad 791 Programmer's Manual (Uniform Industrial Corp., UDN PM0103-U Rev. 06), message 02.
  {
    from: 'the manual of a pad',
    header: PIN_KEY,
    protection: '19191919191919195B5B5B5B5B5B5B5B',
    key: 'AA55AA55AA55AA553434343434343434',
    block: 'B0080P0TE00N00003C4F5024C59C182F7165BC870FCB7F63456AAE07DB736C32EA391E5834C1AA0C',
    made: true,
  },
  // The two of the standard have a padding that is not told.
  {
    from: 'TR-31:2018, A.7.2.2',
    header: { ...PIN_KEY, exportability: 'E' },
    protection: 'DD7515F2BFC17F85CE48F3CA25CB21F6',
    key: '3F419E1CB7079442AA37474C2EFBF8B8',
    block: 'B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E',
    made: false,
  },
  {
    from: 'TR-31:2018, A.7.4',
    header: { ...PIN_KEY, version: 'D', algorithm: 'A', exportability: 'E' },
    protection: '88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6',
    key: '3F419E1CB7079442AA37474C2EFBF8B8',
    block:
      'D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D207E2E417C07156A27E8E31DA05F7425509593D03A457DC34',
    made: false,
  },
  {
    from: 'Python’s cryptography, AES-128',
    header: { ...PIN_KEY, version: 'D', algorithm: 'A' },
    protection: '00112233445566778899AABBCCDDEEFF',
    key: '0123456789ABCDEFFEDCBA9876543210',
    block:
      'D0112P0AE00N0000EC4859F37054298131F5A041A3873274AA2565FAB166D578CDABC2E870704ECE61CBC0CF4F72C9BB868D19F75FF79188',
    made: true,
  },
  {
    from: 'Python’s cryptography, an SM4 key',
    header: { ...PIN_KEY, version: 'D', algorithm: '4' },
    protection: '88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6',
    key: '0123456789ABCDEFFEDCBA9876543210',
    block:
      'D0112P04E00N0000A512E3FB4FE5294C6A597FBFAB6F618D071D7457977F8F2F2ADFE8095536177CAD50DB18E56367ADD07F6DA688E90604',
    made: true,
  },
] as const;

const [{ block: BLOCK, protection: PROTECTION }] = VECTORS;
const opened = (block: string, protection = PROTECTION as string) => openKeyBlock(block, hex(protection));

describe('a key block', () => {
  it.each(VECTORS)('is opened: $from', ({ block, protection, header, key }) => {
    const open = opened(block, protection);
    expect(open?.header).toEqual(header);
    expect(open && toHex(open.key)).toBe(key);
    expect(keyBlockHeader(block)).toEqual(header);
  });

  it.each(VECTORS.filter(({ made }) => made))('is made: $from', ({ block, protection, header, key }) => {
    const random = (length: number) => PADDING.slice(0, length);
    expect(makeKeyBlock(header, hex(key), hex(protection), random)).toBe(block);
  });

  it('is worth nothing when any of its characters is another one', () => {
    for (let at = 0; at < BLOCK.length; at++) {
      const other = BLOCK[at] === '0' ? '1' : '0';
      expect(opened(`${BLOCK.slice(0, at)}${other}${BLOCK.slice(at + 1)}`), `character ${at}`).toBeUndefined();
    }
  });

  it.each([
    ['cut', BLOCK.slice(0, -2)],
    ['longer', `${BLOCK}00`],
    ['without a key', 'B0016P0TE00N0000'],
    ['with a MAC alone', `B0032P0TE00N0000${'00'.repeat(8)}`],
    ['not of whole blocks', `B0042P0TE00N0000${'00'.repeat(13)}`],
    ['of version A', `A${BLOCK.slice(1)}`],
    ['with optional blocks', `${BLOCK.slice(0, 12)}01${BLOCK.slice(14)}`],
    // A right MAC over a length of 200 bits where there are 176.
    [
      'with a key longer than itself',
      'B0080P0TE00N0000653370238515940BD4CC4E4BF7F4028106EE2AF142CE6CA41274371BEA6CA8A1',
    ],
  ])('is none: %s', (_, block) => {
    expect(opened(block, '00112233445566778899AABBCCDDEEFF')).toBeUndefined();
    expect(opened(block)).toBeUndefined();
  });

  it('is not opened under another key', () => {
    expect(opened(BLOCK, '19191919191919195B5B5B5B5B5B5B5C'.replace(/5C$/, '58'))).toBeUndefined();
  });

  it('never throws on a text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `${BLOCK.slice(0, 16)}${rest}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(opened(text)).toBeUndefined();
      }),
    );
  });

  it('is not made with a header that is none', () => {
    const make = () =>
      makeKeyBlock({ ...PIN_KEY, mode: 'EE' }, hex(PROTECTION), hex(PROTECTION), (n) => new Uint8Array(n));
    expect(make).toThrow(RangeError);
  });
});
