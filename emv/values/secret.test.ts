import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hex } from './bytes.ts';
import { Secret } from './secret.ts';

describe('Secret', () => {
  const BYTES = '0412AC89ABCDEF67';
  const secret = new Secret(hex(BYTES));

  it.each([
    ['String', String(secret)],
    ['a template', `${secret}`],
    ['JSON', JSON.stringify({ pin: { block: secret } })],
    ['inspect', inspect({ pin: { block: secret } }, { depth: 9, showHidden: true })],
    ['its own properties', inspect(Object.entries(secret))],
    ['a copy', inspect({ ...secret })],
  ])('shows nothing in %s', (_, text) => {
    expect(text.toUpperCase()).not.toContain('0412AC');
    expect(text).not.toContain('172');
  });

  it('says what it is', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]']);
  });

  it('lends its bytes, and leaves none behind', () => {
    const bytes = hex(BYTES);
    const lent = new Secret(bytes);
    expect(lent.use((seen) => seen === bytes)).toBe(true);
    lent.wipe();
    expect(bytes).toEqual(new Uint8Array(8));
    expect(lent.use((seen) => seen.every((byte) => byte === 0))).toBe(true);
  });
});
