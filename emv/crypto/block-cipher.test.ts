import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, hex, toHex } from '../values/index.ts';
import { cbcResidue, cipherOf, sm4, sm4CounterKey, sm4Key, tripleDes } from './block-cipher.ts';

const KEY = hex('0123456789ABCDEFFEDCBA9876543210');

describe('sm4', () => {
  it('enciphers the example of GB/T 32907 annex A.1, and back', () => {
    expect(toHex(sm4.encrypt(KEY, KEY))).toBe('681EDF34D206965E86B3E94F536E4246');
    expect(toHex(sm4.decrypt(KEY, hex('681EDF34D206965E86B3E94F536E4246')))).toBe(toHex(KEY));
  });

  it('enciphers a million times (annex A.2)', () => {
    // Chaining zeros feeds each result into the next encipherment.
    const blocks = concat(KEY, new Uint8Array(16 * 999_999));
    expect(toHex(cbcResidue('sm4', KEY, blocks))).toBe('595298C7C6FD271F0402F804C33D3F66');
  });

  it('enciphers blocks independently', () => {
    const one = toHex(sm4.encrypt(KEY, KEY));
    expect(toHex(sm4.encrypt(KEY, concat(KEY, KEY)))).toBe(one + one);
  });
});

describe('tripleDes', () => {
  it.each([
    // NIST SP 800-20: single-DES vectors hold for triple DES with one key throughout.
    ['01010101010101010101010101010101', '8000000000000000', '95F8A5E5DD31D900'],
    ['01010101010101010101010101010101', '0000000000000001', '166B40B44ABA4BD6'],
    ['80010101010101018001010101010101', '0000000000000000', '95A8D72813DAA94D'],
    // Two keys (E-D-E), by a second implementation.
    ['0123456789ABCDEFFEDCBA9876543210', '9000000123456701', '2A4D9CF147DE641F'],
  ])('under %s enciphers %s', (key, plain, cipher) => {
    expect(toHex(tripleDes.encrypt(hex(key), hex(plain)))).toBe(cipher);
    expect(toHex(tripleDes.decrypt(hex(key), hex(cipher)))).toBe(plain);
  });
});

describe('sm4Key', () => {
  it('enciphers blocks each on its own, however often', () => {
    const key = sm4Key(hex('0123456789ABCDEFFEDCBA9876543210'));
    // GB/T 32907, example 1.
    const [plain, cipher] = ['0123456789ABCDEFFEDCBA9876543210', '681EDF34D206965E86B3E94F536E4246'];
    expect(toHex(key.encrypt(hex(plain)))).toBe(cipher);
    expect(toHex(key.encrypt(hex(plain + plain)))).toBe(cipher + cipher);
    expect(toHex(key.encrypt(new Uint8Array()))).toBe('');
  });
});

describe('sm4CounterKey', () => {
  const ready = () => sm4CounterKey(KEY);

  it('counts over the whole block: the counter wraps from FF…FF to 00…00', () => {
    const stream = ready().apply(new Uint8Array(16).fill(0xff), new Uint8Array(32));
    expect(toHex(stream)).toBe(toHex(sm4.encrypt(KEY, concat(new Uint8Array(16).fill(0xff), new Uint8Array(16)))));
  });

  it('does the same each time, and as the counter mode of OpenSSL', () => {
    const key = ready();
    const property = fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ maxLength: 70 }),
      (iv, data) => {
        const expected = createCipheriv('sm4-ctr', KEY, iv).update(data);
        expect(toHex(key.apply(iv, data))).toBe(toHex(expected));
      },
    );
    fc.assert(property);
  });

  it('leaves iv and data as they are, Buffers as well', () => {
    const [iv, data] = [Buffer.alloc(16, 0xff), Buffer.alloc(40, 7)];
    ready().apply(iv, data);
    expect([iv, data]).toEqual([Buffer.alloc(16, 0xff), Buffer.alloc(40, 7)]);
  });

  it('is of no use once it is wiped, which may be said twice', () => {
    const key = ready();
    key.apply(KEY, KEY);
    key.wipe();
    key.wipe();
    expect(() => key.apply(KEY, KEY)).toThrow();
  });
});

describe('wrong use', () => {
  it.each([
    ['a short key for counting', () => sm4CounterKey(KEY.subarray(1))],
    ['a short key that is made ready', () => sm4Key(KEY.subarray(1))],
    ['part of a block under a key made ready', () => sm4Key(KEY).encrypt(KEY.subarray(1))],
    ['a short key', () => sm4.encrypt(KEY.subarray(1), KEY)],
    ['a three-key triple DES key', () => tripleDes.encrypt(new Uint8Array(24), new Uint8Array(8))],
    ['part of a block', () => sm4.encrypt(KEY, KEY.subarray(1))],
    ['part of a block to decipher', () => tripleDes.decrypt(KEY, KEY.subarray(1))],
    ['a short iv', () => sm4CounterKey(KEY).apply(KEY.subarray(1), KEY)],
  ])('throws RangeError on %s', (_, use) => {
    expect(use).toThrow(RangeError);
  });
});

describe('both ciphers', () => {
  it.each(['3des', 'sm4'] as const)('%s deciphers what it enciphered', (algorithm) => {
    const cipher = cipherOf(algorithm);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.array(fc.uint8Array({ minLength: cipher.blockSize, maxLength: cipher.blockSize }), { maxLength: 4 }),
        (key, blocks) => {
          const plain = concat(...blocks);
          expect(toHex(cipher.decrypt(key, cipher.encrypt(key, plain)))).toBe(toHex(plain));
        },
      ),
    );
  });
});
