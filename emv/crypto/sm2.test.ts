import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { drawSm2PrivateKey, isSm2PublicKey, sm2PublicKey, sm2SharedX, sm2Sign, sm2Verify } from './sm2.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** GB/T 32918.5 annex A. */
const D = hex('3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8');
const P = hex(
  '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
);
const GENERATOR =
  '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0';
const ORDER = 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123';

describe('sm2PublicKey', () => {
  it.each([
    [toHex(D), toHex(P)],
    ['1'.padStart(64, '0'), GENERATOR],
    // The largest private key: the same x as 2.
    [
      'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121',
      '56CEFD60D7C87C000D58EF57FA73BA4D9C0DFA08C08A7331495C2E1DA3F2BD52CE481818337E760997ACA31F07150E429217B3E6D093718F9087F2C568F5DC3C',
    ],
    // The issuer of the test chain.
    [
      '6B47D3EF522BCB2AE4D33B7D5A306CCBDEBE24929448CC152480C15901146683',
      'FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE3',
    ],
  ])('of %s', (privateKey, publicKey) => {
    expect(toHex(sm2PublicKey(hex(privateKey)))).toBe(publicKey);
  });

  it.each([
    ['zero', '0'.repeat(64)],
    ['order − 1, which cannot sign', 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122'],
    ['the order', ORDER],
    ['more than the order', 'F'.repeat(64)],
    ['31 bytes', '01'.repeat(31)],
    ['33 bytes', '01'.repeat(33)],
    ['nothing', ''],
  ])('throws RangeError on %s', (_, privateKey) => {
    expect(() => sm2PublicKey(hex(privateKey))).toThrow(RangeError);
    expect(() => sm2Sign(hex(privateKey), ascii('x'))).toThrow(RangeError);
    expect(() => sm2SharedX(hex(privateKey), P)).toThrow(RangeError);
  });
});

describe('isSm2PublicKey', () => {
  it.each([
    ['a point of the curve', toHex(P), true],
    ['the generator', GENERATOR, true],
    ['a point off the curve', `${toHex(P).slice(0, -1)}2`, false],
    ['the all-zero point', '00'.repeat(64), false],
    ['coordinates above the field', 'FF'.repeat(64), false],
    ['63 bytes', '01'.repeat(63), false],
    ['nothing', '', false],
  ])('%s', (_, publicKey, expected) => {
    expect(isSm2PublicKey(hex(publicKey))).toBe(expected);
  });
});

describe('sm2Verify', () => {
  it.each([
    [
      'GB/T 32918.5 annex A',
      ascii('message digest'),
      'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA',
    ],
    // By a second implementation, with its random number chosen so that the DER integers are short.
    [
      'r beginning with a zero byte',
      ascii('short r'),
      '001F4F147886E5AA1BE7A32CA586EF7A014681D740487A113E2CC314263404F46CEA8B440845B8701F6E9D3FD254E9C449D13A2B83B8777A92DED489C930281C',
    ],
    [
      's beginning with a zero byte',
      ascii('short s'),
      'C2F26F558D42597D6C38CC294E730F61BD2F4A23A1C3F3AE2C85AF78A279335B005F1ECF2F54192103EE00317A7E6036AEA65623982AC5F48AB20DEC0B0CD736',
    ],
  ])('accepts %s', (_, message, signature) => {
    expect(sm2Verify(P, message, hex(signature))).toBe(true);
    expect(sm2Verify(P, ascii('another'), hex(signature))).toBe(false);
  });

  it('accepts a longer message under another key', () => {
    const publicKey = hex(
      '68EFD61718A16FCBF5C3D19CE6F58DF74A2961089B1A68EC010CF3EEE943D2E9DB476F044218D99F95C1BC5A8B938A08862638E5EA452696D275E4ECC5F437A1',
    );
    const message = hex(
      `30BB1D6D132CDED6237B2ED91E3F721FCB1971174494D6493C9D5C3460BE31201E69FEDAA0EEE8B9997F5C7C2999FDAFE593253CD654AF4D
       FAD71427A0AEB3FEE9232F8AF2211F9EE491C5B10BECB5563BFC1E6F93427ECBC8FE2955E5CD8E46DC8ED4B7C2764D2A5A4D767706F85D86
       90024AD6BDA3401BE9C8CBCCC935F6CD1F61226AE15338AE1A34`,
    );
    const signature = hex(
      '2AE6D893E3B03EB8F23BC22487967017350B9E9535E0BBF68985804B9C5489AB135BB643D3F10E7EE146B711DF95329DA3A90755EB57A36DED9D69DF9D884249',
    );
    expect(sm2Verify(publicKey, message, signature)).toBe(true);
    expect(sm2Verify(P, message, signature)).toBe(false);
  });

  it.each([
    ['a point off the curve', `${'0'.repeat(127)}1`, '01'.repeat(64)],
    ['the all-zero point', '00'.repeat(64), '01'.repeat(64)],
    ['coordinates above the field', 'FF'.repeat(64), '01'.repeat(64)],
    ['no key', '', '01'.repeat(64)],
    ['a key of 65 bytes', `04${toHex(P)}`, '01'.repeat(64)],
    ['a zero signature', toHex(P), '00'.repeat(64)],
    ['r and s equal to the order', toHex(P), ORDER + ORDER],
    ['r and s above the order', toHex(P), 'FF'.repeat(64)],
    ['no signature', toHex(P), ''],
    ['half a signature', toHex(P), '01'.repeat(32)],
  ])('is false on %s', (_, publicKey, signature) => {
    expect(sm2Verify(hex(publicKey), ascii('message digest'), hex(signature))).toBe(false);
  });

  it('takes no second spelling of a signature', () => {
    const signature =
      'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA';
    const widened = hex(`${signature.slice(0, 64)}00${signature.slice(64)}`);
    expect(sm2Verify(P, ascii('message digest'), widened)).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(P), fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.uint8Array({ maxLength: 80 })),
        fc.uint8Array({ maxLength: 40 }),
        fc.oneof(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.uint8Array({ maxLength: 80 })),
        (publicKey, message, signature) => {
          expect(sm2Verify(publicKey, message, signature)).toBe(false);
        },
      ),
    );
  });
});

describe('sm2Sign', () => {
  it('signs what sm2Verify accepts, for messages of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const signature = sm2Sign(D, message);
        expect(signature).toHaveLength(64);
        expect(sm2Verify(P, message, signature)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves the private key as it was', () => {
    const key = D.slice();
    sm2Sign(key, ascii('x'));
    expect(toHex(key)).toBe(toHex(D));
  });
});

describe('sm2SharedX', () => {
  it('is the same from both sides', () => {
    const other = hex('59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21');
    expect(sm2SharedX(D, sm2PublicKey(other))).toEqual(sm2SharedX(other, P));
  });

  it.each([
    ['a point off the curve', `${'0'.repeat(127)}1`],
    ['the all-zero point', '00'.repeat(64)],
    ['63 bytes', '01'.repeat(63)],
    ['nothing', ''],
  ])('is undefined on %s', (_, publicKey) => {
    expect(sm2SharedX(D, hex(publicKey))).toBeUndefined();
  });
});

describe('drawSm2PrivateKey', () => {
  it('draws again when the first draw is no key', () => {
    const draws = [new Uint8Array(32), hex(ORDER), D];
    expect(drawSm2PrivateKey(() => draws.shift() ?? new Uint8Array(32))).toEqual(D);
  });

  it('gives up on a source that never gives a key', () => {
    expect(() => drawSm2PrivateKey((length) => new Uint8Array(length))).toThrow(RangeError);
  });
});
