import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { sm2Open, sm2Opener, sm2Seal, sm2Sealer } from './sm2-seal.ts';

/** The key pairs of GB/T 32918.5 annex A: signer, and the signature's random number. */
const PRIVATE_KEY = hex('3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8');
const PUBLIC_KEY = hex(
  '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
);
const EPHEMERAL = hex('59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21');
const EPHEMERAL_POINT =
  '04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0';

// Computed by a second implementation, written from the form that sm2Seal documents.
const ENVELOPES: readonly (readonly [string, string, string])[] = [
  [
    '36323939393930303030303031323334353637',
    '544F4B454E',
    `${EPHEMERAL_POINT}000000000000000000000000000000006EEDCECB7217BD3F82BAFE8DC615760D9F131C17CB79C946AB9D2668B454428244547541FFDE5A6A3CD3CC885A1B1F5A1BE314`,
  ],
  [
    '',
    '',
    `${EPHEMERAL_POINT}00000000000000000000000000000000156FC07416EDF2A9F585112DB15280D9811F207311BBE7AEBE81C59C1A36F49C`,
  ],
];

describe('sm2Seal and sm2Open', () => {
  it.each(ENVELOPES)('plaintext %s, associated data %s', (plaintext, associatedData, envelope) => {
    const data = hex(associatedData);
    const sealed = sm2Seal({
      publicKey64: PUBLIC_KEY,
      ephemeralPrivateKey32: EPHEMERAL,
      plaintext: hex(plaintext),
      associatedData: data,
    });
    expect(sealed && toHex(sealed)).toBe(envelope);
    expect(sm2Open({ privateKey32: PRIVATE_KEY, envelope: hex(envelope), associatedData: data })).toEqual(
      hex(plaintext),
    );
  });

  it('does not open when any one byte differs, or for another owner or other data', () => {
    const [, associatedData = '', text = ''] = ENVELOPES[0] ?? [];
    const envelope = hex(text);
    const data = hex(associatedData);
    for (const [at, byte] of envelope.entries()) {
      const changed = envelope.with(at, byte ^ 0x10);
      expect(sm2Open({ privateKey32: PRIVATE_KEY, envelope: changed, associatedData: data })).toBeUndefined();
    }
    expect(sm2Open({ privateKey32: EPHEMERAL, envelope, associatedData: data })).toBeUndefined();
    expect(sm2Open({ privateKey32: PRIVATE_KEY, envelope, associatedData: hex('00') })).toBeUndefined();
  });

  it('seals to no point off the curve', () => {
    const input = { ephemeralPrivateKey32: EPHEMERAL, plaintext: hex('01'), associatedData: hex('') };
    expect(sm2Seal({ ...input, publicKey64: new Uint8Array(64) })).toBeUndefined();
    expect(sm2Seal({ ...input, publicKey64: PUBLIC_KEY.subarray(1) })).toBeUndefined();
  });

  it('never throws on an envelope', () => {
    const point = hex(EPHEMERAL_POINT);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), fc.boolean(), (bytes, onCurve) => {
        const envelope = onCurve ? Uint8Array.of(...point, ...bytes) : bytes;
        expect(sm2Open({ privateKey32: PRIVATE_KEY, envelope, associatedData: hex('') })).toBeUndefined();
      }),
    );
  });
});

describe('sm2Sealer and sm2Opener', () => {
  const iv = (n: number): Uint8Array => new Uint8Array(16).fill(n);
  const data = (n: number): Uint8Array => Uint8Array.of(n);

  it('seals many under one agreement; each opens alone, and by an opener that remembers', () => {
    const sealer = sm2Sealer(PUBLIC_KEY, EPHEMERAL);
    const opener = sm2Opener(PUBLIC_KEY);
    for (let n = 1; n < 5; n++) {
      const envelope = sealer?.seal({ plaintext: data(n), associatedData: data(n), iv: iv(n) }) ?? new Uint8Array();
      expect(toHex(envelope.subarray(0, 64))).toBe(EPHEMERAL_POINT);
      const sealed = { privateKey32: PRIVATE_KEY, envelope, associatedData: data(n) };
      expect(sm2Open(sealed)).toEqual(data(n));
      expect(opener(sealed)).toEqual(data(n));
      expect(opener({ ...sealed, associatedData: data(9) })).toBeUndefined();
      expect(opener({ ...sealed, envelope: envelope.with(70, 0xff) })).toBeUndefined();
    }
  });

  it('the form of one that is sealed alone has not changed', () => {
    const [plaintext = '', associatedData = '', envelope] = ENVELOPES[0] ?? [];
    const opener = sm2Opener(PUBLIC_KEY);
    const sealed = { privateKey32: PRIVATE_KEY, envelope: hex(envelope ?? ''), associatedData: hex(associatedData) };
    expect(opener(sealed)).toEqual(hex(plaintext));
  });

  it('forgets the oldest of many sealers, and opens them all the same', () => {
    const opener = sm2Opener(PUBLIC_KEY);
    const envelopes = Array.from({ length: 70 }, (_, n) => {
      const ephemeral = Uint8Array.from(EPHEMERAL).with(31, n + 1);
      return sm2Sealer(PUBLIC_KEY, ephemeral)?.seal({ plaintext: data(n), associatedData: data(n), iv: iv(1) });
    });
    for (const pass of [1, 2]) {
      for (const [n, envelope = new Uint8Array()] of envelopes.entries()) {
        expect([pass, opener({ privateKey32: PRIVATE_KEY, envelope, associatedData: data(n) })]).toEqual([
          pass,
          data(n),
        ]);
      }
    }
  });

  it('knows no sealer to, and no envelope of, a point off the curve', () => {
    expect(sm2Sealer(new Uint8Array(64), EPHEMERAL)).toBeUndefined();
    const envelope = new Uint8Array(120);
    const sealed = { privateKey32: PRIVATE_KEY, envelope, associatedData: data(1) };
    expect(sm2Opener(PUBLIC_KEY)(sealed)).toBeUndefined();
    expect(sm2Opener(PUBLIC_KEY)({ ...sealed, envelope: new Uint8Array(3) })).toBeUndefined();
  });
});
