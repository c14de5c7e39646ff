import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { findTag } from './find.ts';
import { parseTlv } from './parse.ts';

const nodes = (() => {
  const parsed = parseTlv(hex('6F10 8401AA A50B 500158 BF0C05 6103500159'));
  return parsed.kind === 'parsed' ? parsed.nodes : [];
})();

describe('findTag', () => {
  it.each<[string, readonly number[], string | undefined]>([
    ['at the top', [0x6f], '8401AAA50B500158BF0C056103500159'],
    ['one level down', [0x6f, 0x84], 'AA'],
    ['at the bottom', [0x6f, 0xa5, 0xbf0c, 0x61, 0x50], '59'],
    ['the one on the path, not the one beside it', [0x6f, 0xa5, 0x50], '58'],
    ['not on another level', [0x84], undefined],
    ['nothing inside a primitive object', [0x6f, 0x84, 0x50], undefined],
    ['nothing at no path', [], undefined],
  ])('%s', (_, path, value) => {
    const found = findTag(nodes, ...path);
    expect(found && toHex(found.value)).toBe(value);
  });

  it('takes the first of several', () => {
    const parsed = parseTlv(hex('500141500142'));
    expect(parsed.kind === 'parsed' && findTag(parsed.nodes, 0x50)?.value).toEqual(hex('41'));
  });
});
