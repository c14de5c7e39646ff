import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../values/index.ts';
import { parseBase64 } from './base64.ts';

describe('base64', () => {
  /** RFC 4648, section 10. */
  it.each([
    ['', ''],
    ['Zg==', '66'],
    ['Zm8=', '666F'],
    ['Zm9v', '666F6F'],
    ['Zm9vYg==', '666F6F62'],
    ['Zm9vYmE=', '666F6F6261'],
    ['Zm9vYmFy', '666F6F626172'],
    ['+/+/', 'FBFFBF'],
  ])('%s is %s', (text, bytes) => {
    const parsed = parseBase64(text);
    expect(parsed && toHex(parsed)).toBe(bytes);
  });

  it.each(['Zg', 'Zg=', 'Zg===', 'Z===', '====', 'Zh==', 'Zm9=', 'Zm9v\n', ' Zm9v', 'Zm-v', 'Zg==Zg==', 'Ｚg=='])(
    '"%s" is none',
    (text) => {
      expect(parseBase64(text)).toBeUndefined();
    },
  );

  it('agrees with another reader on what that writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const parsed = parseBase64(Buffer.from(bytes).toString('base64'));
        expect(parsed && toHex(parsed)).toBe(toHex(bytes));
      }),
    );
  });
});
