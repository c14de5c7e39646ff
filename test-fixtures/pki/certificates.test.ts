import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, hex, toHex } from '../../emv/values/index.ts';
import { type TestCaName, testCa, testCaKeys } from './ca-keys.ts';
import { certifyCard, certifyIssuer } from './certificates.ts';
import { testKey } from './test-key.ts';
import { TEST_PRIVATE_KEYS, type TestKeyName } from './test-keys.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const number = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

/** sig ^ e mod n by hand, as long as the modulus. */
function recover(signature: Uint8Array, modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const n = number(modulus);
  let result = 1n;
  for (const bit of number(exponent).toString(2)) {
    result = (result * result) % n;
    if (bit === '1') result = (result * number(signature)) % n;
  }
  return hex(result.toString(16).padStart(modulus.length * 2, '0'));
}

describe('test keys', () => {
  it.each([
    ['ca-f1', 248, '03'],
    ['ca-f2', 176, '010001'],
    ['ca-rogue', 176, '010001'],
    ['issuer-1984', 248, '03'],
    ['issuer-1408', 176, '03'],
    ['issuer-1152', 144, '010001'],
    ['icc-1984', 248, '03'],
    ['icc-1152', 144, '03'],
    ['icc-1024', 128, '03'],
    ['cloner-1152', 144, '03'],
  ] as const)('%s: %i bytes, exponent %s', (name, length, exponent) => {
    const key = testKey(name);
    expect(key.modulus.length).toBe(length);
    expect(key.modulus[0]).toBeGreaterThanOrEqual(0x80);
    expect(toHex(key.exponent)).toBe(exponent);
    const block = concat(hex('6A'), new Uint8Array(length - 1).fill(0x5a));
    expect(recover(key.sign(block), key.modulus, key.exponent)).toEqual(block);
  });

  it('all of them are in the table above', () => {
    expect(Object.keys(TEST_PRIVATE_KEYS)).toHaveLength(10);
  });
});

describe('CA keys', () => {
  it('are three, with indexes that UnionPay does not use', () => {
    expect(testCaKeys().map(({ rid, index, algorithm }) => [toHex(rid), index, algorithm])).toEqual([
      ['A000000333', 0xf1, 'rsa'],
      ['A000000333', 0xf2, 'rsa'],
      ['A000000333', 0xf3, 'sm2'],
    ]);
  });

  it('unknown names an index that is not among them; rogue names F1 with another key', () => {
    expect(testCaKeys().some(({ index }) => index === testCa('unknown').index)).toBe(false);
    expect(testCa('rogue').index).toBe(testCa('F1').index);
    expect(testCa('rogue').key.modulus).not.toEqual(testCa('F1').key.modulus);
  });
});

// SHA-256 of certificates that a second program (Python integers and hashlib) made from the same keys.
const ISSUER_CERTIFICATES: readonly (readonly [TestCaName, TestKeyName, number, string])[] = [
  ['F1', 'issuer-1408', 0, 'b339cab86eb8efa4b6e1c2f5851636341318dd56b30bbd5ee8387e1250a1f0d8'],
  ['F1', 'issuer-1984', 36, 'ca991aaba884fa710e06347cec327b0e47d84dd0503c8bfc68a4fa7d5d38dab1'],
  ['F2', 'issuer-1152', 4, 'a8b726de9dbac93665a521f751d572def4f2f4f637a6661338dc874c3c6905b2'],
];
const CARD_CERTIFICATES: readonly (readonly [TestKeyName, TestKeyName, number, string])[] = [
  ['issuer-1408', 'icc-1152', 10, '33912301f4832a8c7811107b95da6e59d0f0529f7de7b0723fe822f40ae78071'],
  ['issuer-1152', 'icc-1024', 26, '26d8255a26774871f5b9c97385b99b6d3bf4c0cfca1a3aae4fa77754e39ce141'],
];

describe('certificates', () => {
  it.each(ISSUER_CERTIFICATES)('%s certifies %s, %i bytes left over', (ca, name, leftOver, digest) => {
    const issuer = testKey(name);
    const made = certifyIssuer({
      ca: testCa(ca).key,
      issuer,
      issuerId: '629999',
      expiry: '1249',
      serial: hex('000001'),
    });
    expect(sha256(made.certificate)).toBe(digest);
    expect(made.remainder).toEqual(issuer.modulus.slice(issuer.modulus.length - leftOver));
    expect(made.exponent).toEqual(issuer.exponent);
  });

  it.each(CARD_CERTIFICATES)('%s certifies %s, %i bytes left over', (issuer, name, leftOver, digest) => {
    const card = testKey(name);
    const made = certifyCard({
      issuer: testKey(issuer),
      card,
      pan: '6299990000001234567',
      expiry: '1249',
      serial: hex('000002'),
      covered: hex('5A0A6299990000001234567F5F2403491231 7C00'),
    });
    expect(sha256(made.certificate)).toBe(digest);
    expect(made.remainder).toEqual(card.modulus.slice(card.modulus.length - leftOver));
  });

  it('recover to their plain fields, modulus padded with BB', () => {
    const f1 = testCa('F1').key;
    const issuer = testKey('issuer-1408');
    const { certificate } = certifyIssuer({
      ca: f1,
      issuer,
      issuerId: '629999',
      expiry: '1249',
      serial: hex('000001'),
    });
    const block = recover(certificate, f1.modulus, f1.exponent);
    expect(toHex(block.subarray(0, 15))).toBe('6A02629999FF12490000010101B001');
    expect(block.subarray(15, 191)).toEqual(issuer.modulus);
    expect(new Set(block.subarray(191, 227))).toEqual(new Set([0xbb]));
    expect(block[247]).toBe(0xbc);
  });
});
