import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen, hex, Pan, toHex } from '../../values/index.ts';
import type { DebitCreditIntent, LoadIntent } from '../intent.ts';
import { decodeIntent, encodeIntent } from '../intent-codec.ts';

const CASH: DebitCreditIntent = {
  path: 'debit-credit',
  electronicCash: true,
  cardInterface: 'contactless',
  aid: hex('A000000333010101'),
  label: 'CARD',
  pan: Pan.parse('6299990000001234567') ?? expect.fail('no PAN'),
  panSequence: 1,
  amount: fen(1250),
  atc: 0x0adc,
  balanceBefore: fen(5000),
  fci: hex('6F00'),
  pdolValues: hex('01'),
  gpoAnswer: hex('8006'),
  records: [{ sfi: 2, record: 1, data: hex('7000') }],
  request: 'tc',
  cdol1Values: hex('AABB'),
};
const { balanceBefore: _balance, atc: _atc, ...bare } = CASH;
const ACCOUNT: DebitCreditIntent = { ...bare, electronicCash: false, cardInterface: 'contact', request: 'arqc' };
const { electronicCash: _, ...facts } = CASH;
const LOAD: LoadIntent = {
  ...facts,
  path: 'load',
  cardInterface: 'contact',
  request: 'arqc',
  balanceBefore: fen(5000),
  authorisationId: 'A1',
  chip: {
    cryptogramType: 'arqc',
    cryptogram: hex('A1A2A3A4A5A6A7A8'),
    amountAuthorised: hex('000000001250'),
    amountOther: hex('000000000000'),
    terminalCountryCode: hex('0156'),
    tvr: hex('8000000000'),
    currencyCode: hex('0156'),
    transactionDate: hex('250601'),
    transactionType: hex('60'),
    unpredictableNumber: hex('11223344'),
    aip: hex('1C00'),
    atc: hex('0ADC'),
    issuerApplicationData: hex('07010103A0000001'),
    tsi: hex('6800'),
    cvmResults: hex('1E0300'),
  },
};
const GRANT = `0002 4131
  0008 A1A2A3A4A5A6A7A8 0006 000000001250 0006 000000000000 0002 0156 0005 8000000000 0002 0156 0003 250601 0001 60
  0004 11223344 0002 1C00 0002 0ADC 0008 07010103A0000001 0002 6800 0003 1E0300`;

const bytes = (
  path: string,
  cardInterface: string,
  atc: string,
  balance: string,
  request: string,
  grant = '',
): string =>
  [
    '02',
    `0001 ${path}`,
    `0001 ${cardInterface}`,
    '0008 A000000333010101',
    '0004 43415244',
    '0013 36323939393930303030303031323334353637',
    '0001 01',
    '0006 0000000004E2',
    atc,
    balance,
    '0002 6F00',
    '0001 01',
    '0002 8006',
    `0001 ${request}`,
    '0002 AABB',
    grant,
    '01',
    '02 01 0002 7000',
  ]
    .join('')
    .replaceAll(/\s/g, '');

const FULL = ['0002 0ADC', '0006 000000001388'] as const;

describe('layout 2', () => {
  it.each([
    ['electronic cash', CASH, bytes('01', '01', ...FULL, '01')],
    ['an account', ACCOUNT, bytes('00', '00', '0000', '0000', '02')],
    ['a load', LOAD, bytes('02', '00', ...FULL, '02', GRANT)],
    [
      'a load of an empty chip',
      { ...LOAD, balanceBefore: fen(0) },
      bytes('02', '00', FULL[0], '0006 000000000000', '02', GRANT),
    ],
  ])('%s', (_name, intent, encoded) => {
    expect(toHex(encodeIntent(intent))).toBe(encoded);
    expect(decodeIntent(hex(encoded))).toEqual(intent);
    expect(Object.keys(decodeIntent(hex(encoded)) ?? {}).sort()).toEqual(Object.keys(intent).sort());
  });

  it.each([
    ['a path that is none', bytes('03', '01', ...FULL, '01')],
    ['an interface that is none', bytes('01', '02', ...FULL, '01')],
    ['a request that is none', bytes('01', '01', ...FULL, '03')],
    ['a counter of three bytes', bytes('01', '01', '0003 000ADC', FULL[1], '01')],
    ['a balance of five bytes', bytes('01', '01', FULL[0], '0005 0000001388', '01')],
    ['a balance above what an amount holds', bytes('01', '01', FULL[0], '0006 FFFFFFFFFFFF', '01')],
    ['a load without a balance', bytes('02', '00', FULL[0], '0000', '02', GRANT)],
    ['a load without its grant', bytes('02', '00', ...FULL, '02')],
    ['a cryptogram of seven bytes', bytes('02', '00', ...FULL, '02', GRANT.replace('0008 A1', '0007 '))],
    ['CVM results of two bytes', bytes('02', '00', ...FULL, '02', GRANT.replace('0003 1E0300', '0002 1E03'))],
    ['the grant of a payment', bytes('01', '01', ...FULL, '01', GRANT)],
    ['something behind', `${bytes('01', '01', ...FULL, '01')}00`],
    ['another layout', `03${bytes('01', '01', ...FULL, '01').slice(2)}`],
  ])('refuses %s', (_name, encoded) => {
    expect(decodeIntent(hex(encoded))).toBeUndefined();
  });

  it('cut short anywhere is none; changed anywhere never throws', () => {
    const whole = hex(bytes('02', '00', ...FULL, '02', GRANT));
    for (let length = 0; length < whole.length; length++) {
      expect(decodeIntent(whole.subarray(0, length))).toBeUndefined();
    }
    const changed = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte));
    fc.assert(fc.property(changed, (some) => void decodeIntent(some)));
  });
});
