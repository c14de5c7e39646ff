import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { isPem, pemBytes } from './pem.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('PEM in bytes', () => {
  it.each([
    ['', '-----BEGIN X-----\n-----END X-----\n'],
    ['66', '-----BEGIN X-----\nZg==\n-----END X-----\n'],
    ['666F', '-----BEGIN X-----\nZm8=\n-----END X-----\n'],
    ['666F6F', '-----BEGIN X-----\nZm9v\n-----END X-----\n'],
    ['FBEFBE', '-----BEGIN X-----\n++++\n-----END X-----\n'],
    ['00'.repeat(48), `-----BEGIN X-----\n${'A'.repeat(64)}\n-----END X-----\n`],
    ['00'.repeat(49), `-----BEGIN X-----\n${'A'.repeat(64)}\nAA==\n-----END X-----\n`],
  ])('of %s (RFC 4648 §10, RFC 7468)', (bytes, expected) => {
    expect(text(pemBytes('X', hex(bytes)))).toBe(expected);
  });

  it('is what Node writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const body = text(pemBytes('X', bytes)).split('\n').slice(1, -2).join('');
        expect(body).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('is told by its label', () => {
    expect(isPem('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n', 'CERTIFICATE')).toBe(true);
    expect(isPem('-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n', 'CERTIFICATE')).toBe(false);
    expect(isPem('nothing', 'CERTIFICATE')).toBe(false);
  });
});
