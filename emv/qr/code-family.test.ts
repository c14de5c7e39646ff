import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodeFamily, codeFamily } from './code-family.ts';

const EXAMPLE =
  'hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==';
const OWN = [
  { prefix: '8832', length: 20 },
  { prefix: 'JD', length: 10 },
];
const said = (result: CodeFamily) => (result.family === 'unknown' ? `unknown ${result.why}` : result.family);

describe('whose code is it', () => {
  it.each([
    [`10${'1'.repeat(16)}`, 'wechat'],
    [`15${'1'.repeat(16)}`, 'wechat'],
    ['134567890123456789', 'wechat'],
    [`16${'1'.repeat(16)}`, 'unknown not-a-payment-code'],
    [`09${'1'.repeat(16)}`, 'unknown not-a-payment-code'],
    [`10${'1'.repeat(15)}`, 'unknown not-a-payment-code'],
    [`10${'1'.repeat(17)}`, 'unknown not-a-payment-code'],
    [`25${'1'.repeat(14)}`, 'alipay'],
    [`28${'1'.repeat(16)}`, 'alipay'],
    [`30${'1'.repeat(22)}`, 'alipay'],
    [`24${'1'.repeat(16)}`, 'unknown not-a-payment-code'],
    [`31${'1'.repeat(16)}`, 'unknown not-a-payment-code'],
    [`25${'1'.repeat(13)}`, 'unknown not-a-payment-code'],
    [`30${'1'.repeat(23)}`, 'unknown not-a-payment-code'],
    [`62${'1'.repeat(17)}`, 'unionpay'],
    [`62${'1'.repeat(16)}`, 'unknown not-a-payment-code'],
    [`62${'1'.repeat(18)}`, 'unknown not-a-payment-code'],
    [`63${'1'.repeat(17)}`, 'unknown not-a-payment-code'],
    [`8832${'0'.repeat(16)}`, 'own'],
    [`8832${'0'.repeat(15)}`, 'unknown not-a-payment-code'],
    ['JDab345678', 'own'],
    ['JDab34567-', 'unknown not-a-payment-code'],
    [EXAMPLE, 'emv-cpm'],
    ['hQVDUFYwMQ==', 'unknown no-application'],
    ['hQVDUFYwMmEKTwigAAADMwEBAQ==', 'unknown unknown-version'],
    ['hQVDUFYw', 'unknown not-tlv'],
    ['', 'unknown empty'],
    [' \r\n', 'unknown empty'],
    ['6901234567892', 'unknown not-a-payment-code'],
    ['https://qr.example/1', 'unknown not-a-payment-code'],
    ['10１１１１１１１１１１１１１１１１', 'unknown not-a-payment-code'],
    ['1011111111-1111111', 'unknown not-a-payment-code'],
    ['9'.repeat(2_954), 'unknown too-long'],
  ])('%s: %s', (code, family) => {
    expect(said(codeFamily(code, OWN))).toBe(family);
  });

  it('what the scanner puts around it does not count, what is inside does', () => {
    expect(said(codeFamily(`134567890123456789\r\n`))).toBe('wechat');
    expect(said(codeFamily(`${EXAMPLE}\r`))).toBe('emv-cpm');
    expect(said(codeFamily('134567890 123456789'))).toBe('unknown not-a-payment-code');
  });

  it('a prefix of one’s own that is a scheme’s claims nothing', () => {
    expect(said(codeFamily('134567890123456789', [{ prefix: '13', length: 18 }]))).toBe('unknown ambiguous');
    expect(said(codeFamily(EXAMPLE.replaceAll(/[+=]/g, 'A'), [{ prefix: 'hQ', length: EXAMPLE.length }]))).toBe(
      'unknown ambiguous',
    );
    expect(said(codeFamily('1234', [{ prefix: '', length: 4 }]))).toBe('unknown not-a-payment-code');
  });

  it('always takes the host’s word, and repeats no code', () => {
    const digits = fc.stringMatching(/^[0-9]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(digits, fc.string({ maxLength: 60 }), fc.constant(EXAMPLE)), (text) => {
        const result = codeFamily(text, OWN);
        expect(result.verification).toBe('online');
        if (text.length > 10) expect(JSON.stringify(result)).not.toContain(text);
      }),
    );
  });

  it('digits are of one family by length and beginning alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{12,26}$/), (text) => {
        const start = Number(text.slice(0, 2));
        const family = said(codeFamily(text));
        expect(family === 'wechat').toBe(text.length === 18 && start >= 10 && start <= 15);
        expect(family === 'alipay').toBe(text.length >= 16 && text.length <= 24 && start >= 25 && start <= 30);
        expect(family === 'unionpay').toBe(text.length === 19 && start === 62);
      }),
      { numRuns: 1_000 },
    );
  });
});
