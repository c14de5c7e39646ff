import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferredType } from './media-type.ts';

const OFFERED = ['application/x-ndjson', 'text/csv'] as const;

describe('preferred media type', () => {
  it.each([
    [undefined, 'application/x-ndjson'],
    ['', 'application/x-ndjson'],
    ['*/*', 'application/x-ndjson'],
    ['text/csv', 'text/csv'],
    ['Text/CSV; header=present', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/x-ndjson;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0.4, */*;q=0.6', 'application/x-ndjson'],
    ['application/x-ndjson;q=0, */*', 'text/csv'],
    ['text/csv;q=nonsense', undefined],
    ['application/xml', undefined],
  ])('%s → %s', (accept, expected) => {
    expect(preferredType(accept, OFFERED)).toBe(expected);
  });

  it('any text gives one of the offered types or none', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([...OFFERED, undefined]).toContain(preferredType(accept, OFFERED));
      }),
    );
  });
});
