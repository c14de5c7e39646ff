import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { applicationCryptogram, balanceData, mac, responseCryptogram } from './cryptogram.ts';
import { cardKey, sessionKey } from './keys.ts';

const MDK = hex('0123456789ABCDEFFEDCBA9876543210');
const PAN = '6299990000001234567';
const ATC = 7;

const DATA = {
  amount: hex('000000001250'),
  terminal: hex('000000000000 0156 0000000000 0156 250601 00'),
  unpredictableNumber: hex('11223344'),
  aip: hex('7C00'),
  atc: ATC,
  cvr: hex('03900000'),
};

const VECTORS = [
  {
    algorithm: '3des',
    udk: '2A4C9DF146DF641FAB8CF429193D9104',
    session: 'C8E01818D90E779EC8278EF215D4266A',
    cvn01: 'EAD5DD7F514E6EB8',
    cvn17: '4C606D4D3DBE9EC5',
    putData: '1A765087',
    arpc: '1F1EFB69FFE35C4F',
    balance: '0A010000003750E2D474A1',
  },
  {
    algorithm: 'sm4',
    udk: '3D13733C1D4F9E1DEA4595BA66C3D206',
    session: '80C6D21DCB0461748D11A5B97E55D919',
    cvn01: '73BF1AFC1DCB4377',
    cvn17: 'A747F41038135A70',
    putData: 'E686B8FB',
    arpc: '8591A8CA53286F3A',
    balance: '0A010000003750FFDBBC94',
  },
] as const;

describe.each(VECTORS)('$algorithm vectors of the scheme', (vector) => {
  const { algorithm } = vector;
  const key = hex(vector.session);

  it('card key', () => {
    expect(toHex(cardKey(algorithm, MDK, PAN, 1))).toBe(vector.udk);
  });

  it('session key', () => {
    expect(toHex(sessionKey(algorithm, hex(vector.udk), ATC))).toBe(vector.session);
  });

  it('application cryptogram, versions 01 and 17', () => {
    expect(toHex(applicationCryptogram(algorithm, 1, key, DATA))).toBe(vector.cvn01);
    expect(toHex(applicationCryptogram(algorithm, 17, key, DATA))).toBe(vector.cvn17);
  });

  it('ARPC on the cryptogram of version 01, ARC 3030', () => {
    expect(toHex(responseCryptogram(algorithm, key, hex(vector.cvn01), hex('3030')))).toBe(vector.arpc);
  });

  it('MAC over a script command', () => {
    const data = hex(`04DA9F790A 0007 ${vector.cvn01} 000000050000`);
    expect(toHex(mac(algorithm, key, data)).slice(0, 8)).toBe(vector.putData);
  });

  it('balance with its MAC', () => {
    expect(toHex(balanceData(algorithm, key, ATC, hex('000000003750')))).toBe(vector.balance);
  });
});

describe('card key', () => {
  it('pads a short PAN with zeroes on the left', () => {
    // Y = 0000000012345605; computed with the openssl command.
    expect(toHex(cardKey('sm4', MDK, '123456', 5))).toBe('F301F4112312F6C555A7143F6EBCF856');
  });
});
