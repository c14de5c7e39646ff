import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../json.ts';
import { readJsonText } from './json-text.ts';

describe('readJsonText', () => {
  it('knows on which line each value begins', () => {
    const read = readJsonText('{\n  "clearing": {\n    "url":\n      "x" },\n  "list": [1,\n 2] }');
    expect(read.kind === 'json' && [...read.lines]).toEqual([
      ['', 1],
      ['clearing', 2],
      ['clearing.url', 4],
      ['list', 5],
      ['list.0', 5],
      ['list.1', 6],
    ]);
  });

  it.each([
    ['', 1, 1, 'the text ends where a value is expected'],
    ['{"a": 1,}', 1, 9, 'expected a name in double quotes'],
    ['{"a": 1\n "b": 2}', 2, 2, 'expected a comma or }'],
    ['{a: 1}', 1, 2, 'expected a name in double quotes'],
    ['{"a": 01}', 1, 7, 'expected a value'],
    ['{"a": tru}', 1, 7, 'expected a value'],
    ['{"a": 1} x', 1, 10, 'expected nothing more'],
    ['{"a"', 1, 5, 'the text ends where a colon is expected'],
    ['// no comments\n{}', 1, 1, 'expected a value'],
    ['{"log": {},\n "log": {}}', 2, 2, 'log stands here for the second time'],
    ['{"a": "un\nended"}', 1, 7, 'expected a value'],
    ['\ufeff{}', 1, 1, 'expected a value'],
  ])('%j stops at %i:%i', (text, line, column, message) => {
    expect(readJsonText(text)).toEqual({ kind: 'broken', line, column, message });
  });

  it('does not follow a nesting without end', () => {
    expect(readJsonText('['.repeat(100_000))).toMatchObject({ kind: 'broken', line: 1 });
  });

  it('agrees with JSON.parse on what is JSON, half of it and spoilt', () => {
    const spoilt = fc
      .tuple(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.constantFrom('', ',', '}', '"', '1', 'e', '\\', '\n', '\u0001'),
      )
      .map(
        ([text, at, cut, put]) =>
          text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut),
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), spoilt), (text) => {
        const read = readJsonText(text);
        const twice = read.kind === 'broken' && read.message.endsWith('second time');
        if (!twice) expect(read.kind === 'json' ? read.value : undefined).toEqual(parseJson(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
