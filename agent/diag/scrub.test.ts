import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from './scrub.ts';

const PAN = '6230610000000000017';
const clean = (text: string, known: readonly string[] = []) => scrub(text, known).text;

describe('what leaves a terminal', () => {
  it.each([
    ['as text', `card ${PAN} at the till`, 'card ******************* at the till'],
    ['with blanks', 'card 6200 0000 0000 0005.', 'card *******************.'],
    ['with hyphens', '6200-0000-0000-0005', '*******************'],
    ['in BCD behind its tag', '5A086200000000000005', '5A******************'],
    ['in BCD between others', '9F1A0201565A0A6230610000000000017F5F34', undefined],
    ['as track 2', `${PAN}=30122010000012345678`, '*'.repeat(PAN.length + 21)],
    ['as track 2 in bytes', '57136200000000000005D30122010000012345678F', undefined],
    ['as bytes of ASCII', '36323030303030303030303030303035', '********************************'],
    ['as bytes of ASCII with blanks', '36 32 30 30 30 30 30 30 30 30 30 30 30 30 30 35', undefined],
  ])('holds no card number %s', (_, text, expected) => {
    const { text: out, masked } = scrub(text, []);
    if (expected !== undefined) expect(out).toBe(expected);
    expect(out).not.toMatch(/6200.?0000|62306100|3632/);
    expect(Object.keys(masked)).not.toEqual([]);
  });

  it.each([
    ['"pin":"123456"', '"pin":"[masked]"'],
    ["pinBlock='041234FFFFFFFFFF'", "pinBlock='[masked]'"],
    ['"{\\"pin\\":\\"123456\\",\\"a\\":1}"', '"{\\"pin\\":\\"[masked]\\",\\"a\\":1}"'],
    ['masterKey: 00112233', 'masterKey: [masked]'],
    ['JDPOS_ENROLMENT_CODE=TEST-ABCDEF', 'JDPOS_ENROLMENT_CODE=[masked]'],
    ['{"enrolmentCode": "TEST-\\"ABC", "x": 1}', '{"enrolmentCode": "[masked]", "x": 1}'],
    ['https://till:s3cret@printer/', 'https://till:[masked]@printer/'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----', '[private key]'],
    ['-----BEGIN PRIVATE KEY-----\nMHcC', '[private key]'],
    ['PAN: 6200 0000 0000 0005 came', 'PAN: [masked] came'],
    ['pan=6200-0000-0000-0005', 'pan=[masked]'],
    ['"cvv":"771"', '"cvv":"[masked]"'],
    ['the PIN 483922 was typed', 'the PIN [masked] was typed'],
    ['masterKey 5E4C8AB9D3017F26A1B86D92C4E30F75', 'masterKey [masked]'],
    ['the pin entry was cancelled', 'the pin entry was cancelled'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
  it.each([
    ['in full-width digits', '６２０００００００００００００５'],
    ['in Arabic-Indic digits', '٦٢٠٠٠٠٠٠٠٠٠٠٠٠٠٥'],
    ['with invisible signs', '6200\u200B0000\u200B0000\u200B0005'],
    ['with dots', '6200.0000.0000.0005'],
    ['with hard blanks', '6200\u00A00000\u00A00000\u00A00005'],
    ['with slashes', '6200/0000/0000/0005'],
    ['in BCD with colons', '62:00:00:00:00:00:00:05'],
    ['percent-encoded', '%36%32%30%30%30%30%30%30%30%30%30%30%30%30%30%35'],
    [
      'as escapes of JSON',
      String.raw`\u0036\u0032\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0035`,
    ],
    ['as escapes of bytes', String.raw`\x36\x32\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x35`],
    ['as numbers', '[54, 50, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 53]'],
    ['as a buffer in JSON', '{"type":"Buffer","data":[54,50,48,48,48,48,48,48,48,48,48,48,48,48,48,53]}'],
    ['as a buffer', '<Buffer 36 32 30 30 30 30 30 30 30 30 30 30 30 30 30 35>'],
    ['as an object of bytes', '{"0":98,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":5}'],
    ['in base64', base64('card 6200000000000005 came')],
    ['in base64 of URLs', Buffer.from('{"?":"6200000000000005"}').toString('base64url')],
    ['in base64 of BCD', base64('\x5A\x08\x62\x00\x00\x00\x00\x00\x00\x05')],
    ['in base64 of base64', base64(base64('6200000000000005'))],
  ])('holds no card number %s', (_, text) => {
    const { text: out, masked } = scrub(`x ${text} y`, []);
    expect(Object.keys(masked)).not.toEqual([]);
    expect(out).toMatch(/^x .*(\*{13,}|\[masked\]).* ?y$/);
  });

  const KEY = '5E4C8AB9D3017F26A1B86D92C4E30F75';
  it.each([
    ['a bare key', `"key": "${KEY}"`, '"key": "[masked]"'],
    ['one in quoted JSON', `"{\\"key\\":\\"${KEY}\\"}"`, '"{\\"key\\":\\"[masked]\\"}"'],
    ['in base64', `"macKey":"${Buffer.from(KEY, 'hex').toString('base64')}"`, '"macKey":"[masked]"'],
    ['with blanks', `tmk = ${KEY.match(/../g)?.join(' ')}`, 'tmk = [masked]'],
    ['with 0x', `ZPK: 0x${KEY}`, 'ZPK: [masked]'],
    ['a PIN in full-width digits', '密码：１２３４５６', '密码:[masked]'],
  ])('holds no key: %s', (_, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('holds a known key in none of its forms', () => {
    const pairs = KEY.match(/../g) ?? [];
    const forms = [
      KEY,
      KEY.toLowerCase(),
      pairs.join(':'),
      pairs.join(' ').toLowerCase(),
      base64(`ab${Buffer.from(KEY, 'hex').toString('latin1')}c`),
    ];
    for (const form of forms) expect(clean(`x ${form} y`, [KEY])).toMatch(/^x \[masked\] y$/);
  });

  it('holds none of the secrets that are known', () => {
    expect(scrub('took CODE-77 and CODE-77', ['CODE-77', ''])).toEqual({
      text: 'took [masked] and [masked]',
      masked: { known: 2 },
    });
  });

  it.each([
    '{"level":30,"time":1795727872317,"msg":"ready"}',
    '2026-11-26T21:17:40.123Z T-0001 batch 01943f6e-7a1b-7c3d-9e4f-5a6b7c8d9e0f',
    'masked 623061*********0019, tvr 8000048000',
    'payment 62000000-0000-7000-8000-562300000005 and 01995123-4567-7123-8456-789012345678',
    'hash 0000000000000000000000000000000000000000',
    'the PIN is blocked; pin: awaited',
    'idempotency-key: sale-1, "keyId":"pin-7", "key": "devices.pinPad"',
    '"publicKey":"A96D6322C90717114F8ECF9B7088ABC5E84C634C5B4C6DE8"',
    'at 127.0.0.1:7400, version 2026.11.26, up 1795727872.123 s, agent/payment/verify-cardholder',
    'http_request_duration_seconds_bucket{le="0.005",route="/v1/payments"} 12',
  ])('keeps %s', (text) => {
    expect(clean(text).replace('[masked]', 'awaited')).toBe(text);
  });

  it('finds every planted number, whatever stands round it', () => {
    const noise = fc.stringMatching(/^[ -~]{0,20}$/);
    fc.assert(
      fc.property(noise, noise, fc.integer({ min: 13, max: 19 }), fc.nat(), (before, after, length, seed) => {
        const pan = panOf(length, seed);
        expect(clean(`${before}${pan}${after}`)).not.toContain(pan);
      }),
    );
  });

  it('has nothing left to mask after it has masked', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF=: -"pin') }), (text) => {
        const once = scrub(text, []);
        expect(scrub(once.text, [])).toEqual({ text: once.text, masked: {} });
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A number of that many digits whose last one makes it pass the Luhn check. */
function panOf(length: number, seed: number): string {
  const body = `62${String(seed).padStart(length - 3, '7')}`.slice(0, length - 1);
  const sum = [...body]
    .reverse()
    .map((digit, place) => (place % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, digit) => total + (digit > 9 ? digit - 9 : digit), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
