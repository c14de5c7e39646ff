import { describe, expect, it } from 'vitest';
import { hex, Pan, Secret, toHex } from '../values/index.ts';
import {
  applicationBlock,
  applicationUnblock,
  cardBlock,
  issuerScript,
  pinChange,
  pinUnblock,
  putData,
} from './issuer-script.ts';

const CRYPTOGRAMS = { '3des': 'EAD5DD7F514E6EB8', sm4: '73BF1AFC1DCB4377' } as const;

function context(algorithm: '3des' | 'sm4') {
  const pan = Pan.parse('6299990000001234567');
  if (pan === undefined) throw new RangeError('no PAN');
  const mdk = hex('0123456789ABCDEFFEDCBA9876543210');
  return { mdk, algorithm, pan, panSequence: 1, atc: hex('0007'), cryptogram: hex(CRYPTOGRAMS[algorithm]) };
}

describe('putData', () => {
  it.each([
    // The scheme's vectors: a balance of 500.00.
    ['3des', 0x9f79, '04DA9F790A0000000500001A765087'],
    ['sm4', 0x9f79, '04DA9F790A000000050000E686B8FB'],
    // The second currency's balance; by a second implementation of the formulas, as all that follows.
    ['3des', 0xdf79, '04DADF790A000000050000EC7C7B92'],
    ['sm4', 0xdf79, '04DADF790A000000050000BB781B55'],
  ] as const)('%s, tag %i', (algorithm, tag, expected) => {
    expect(toHex(putData({ ...context(algorithm), tag, value: hex('000000050000') }))).toBe(expected);
  });

  it('throws RangeError on a tag that does not fit P1 and P2', () => {
    expect(() => putData({ ...context('3des'), tag: 0xdf8101, value: hex('00') })).toThrow(RangeError);
  });
});

describe('commands without data', () => {
  it.each([
    ['APPLICATION BLOCK', applicationBlock, '841E000004101837FE', '841E000004AB8053FF'],
    ['APPLICATION UNBLOCK', applicationUnblock, '841800000477E23D04', '8418000004F50A309F'],
    ['CARD BLOCK', cardBlock, '84160000041B5B5B2C', '841600000450B4D4EB'],
    ['PIN UNBLOCK', pinUnblock, '8424000004CEE4A14A', '8424000004A013C519'],
  ] as const)('%s', (_, command, tripleDes, sm4) => {
    expect(toHex(command(context('3des')))).toBe(tripleDes);
    expect(toHex(command(context('sm4')))).toBe(sm4);
  });
});

describe('pinChange', () => {
  const pin = (digits: string): Secret => new Secret(new TextEncoder().encode(digits));
  const order = {
    ...context('3des'),
    mdk: hex('1ED3E35FE9A7FB456C81BC58F1830512'),
    encMdk: hex('00112233445566778899AABBCCDDEEFF'),
    acMdk: hex('0123456789ABCDEFFEDCBA9876543210'),
  };

  it.each([
    ['1234', '8424000214519FACEA39DE41A98902FA0CB3542825214B3398'],
    ['123456', '84240002141ABA90EFE86789A08902FA0CB35428250CC12F59'],
  ])('to %s, on the issuer’s word', (digits, expected) => {
    expect(toHex(pinChange({ ...order, newPin: pin(digits) }))).toBe(expected);
  });

  it.each([
    ['654321', '123456', '842400011467618534B170A3048902FA0CB3542825AABBA614'],
    ['999999999999', '888888888888', '84240001144F84C7113D38FB078902FA0CB3542825152C62EE'],
  ])('to %s, if the current one is %s', (digits, current, expected) => {
    expect(toHex(pinChange({ ...order, newPin: pin(digits), currentPin: pin(current) }))).toBe(expected);
  });

  it.each(['123', '1234567890123', '12a4', ''])(
    'throws RangeError on "%s", which is no PIN, and does not repeat it',
    (digits) => {
      const plain = digits === '' ? /not a PIN/ : new RegExp(`^((?!${digits}).)*$`);
      expect(() => pinChange({ ...order, newPin: pin(digits) })).toThrow(RangeError);
      expect(() => pinChange({ ...order, newPin: pin(digits) })).toThrow(plain);
      expect(() => pinChange({ ...order, newPin: pin('1234'), currentPin: pin(digits) })).toThrow(RangeError);
    },
  );

  it('leaves the PIN to its owner to wipe', () => {
    const newPin = pin('123456');
    pinChange({ ...order, newPin });
    expect(newPin.use((digits) => toHex(digits))).toBe('313233343536');
  });

  it('is not known for SM4', () => {
    const sm4 = { ...context('sm4'), encMdk: order.encMdk, acMdk: order.acMdk, newPin: pin('1234') };
    expect(() => pinChange(sm4)).toThrow(RangeError);
  });
});

describe('issuerScript', () => {
  const command = hex('04DA9F790A0000000500001A765087');

  it('puts identifier and commands into 71 or 72', () => {
    const identifier = hex('00000001');
    const one = issuerScript({ when: 'after-final-cryptogram', identifier, commands: [command] });
    expect(toHex(one)).toBe('72189F180400000001860F04DA9F790A0000000500001A765087');
    const two = issuerScript({ when: 'before-final-cryptogram', identifier, commands: [hex('84240000'), command] });
    expect(toHex(two)).toBe('711E9F180400000001860484240000860F04DA9F790A0000000500001A765087');
  });

  it.each([
    ['an identifier of three bytes', hex('000001'), [command]],
    ['no command', hex('00000001'), []],
    ['more than 128 bytes', hex('00000001'), Array(8).fill(command)],
  ])('throws RangeError on %s', (_, identifier, commands) => {
    expect(() => issuerScript({ when: 'after-final-cryptogram', identifier, commands })).toThrow(RangeError);
  });
});
