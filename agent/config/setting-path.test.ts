import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath, pathText, valueAt, withoutValue, withValue } from './setting-path.ts';

describe('paths of settings', () => {
  it.each([
    ['clearing.url', ['clearing', 'url']],
    ['readers.roles."ACS ACR1252 1S.CL 00 00"', ['readers', 'roles', 'ACS ACR1252 1S.CL 00 00']],
    ['"a\\"b".c', ['a"b', 'c']],
    ['__proto__.x', ['__proto__', 'x']],
  ])('%s', (text, path) => expect(parsePath(text)).toEqual(path));

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', '"a', 'a"b"', '"\\x"'])('%j is none', (text) =>
    expect(parsePath(text)).toBeUndefined(),
  );

  it('are read as they are written, whatever the names', () => {
    const path = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, (names) => {
        expect(parsePath(pathText(names))).toEqual(names);
      }),
    );
  });

  it('a value that is set is found there, and taken out again without a trace', () => {
    const path = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, fc.jsonValue(), (names, value) => {
        const before = { other: 1 };
        if (names[0] === 'other') return;
        const after = withValue(before, names, value);
        expect(valueAt(after, names)).toEqual(value);
        expect(withoutValue(after, names)).toEqual(before);
      }),
    );
  });

  it('what stands in the way is left for the schema to refuse', () => {
    expect(withValue({ clearing: 'none' }, ['clearing', 'url'], 'x')).toEqual({ clearing: 'none' });
    expect(withoutValue({ clearing: 'none' }, ['clearing', 'url'])).toEqual({ clearing: 'none' });
  });
});
