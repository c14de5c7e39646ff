import { describe, expect, it } from 'vitest';
import type { ParametersContent } from '../../clearing/contract/index.ts';
import { KeyCache } from '../../emv/oda/index.ts';
import { fen, hex, toHex } from '../../emv/values/index.ts';
import { localTime } from '../clock.ts';
import { caKeysByParameters, type TapFacts, transactionInput } from './kernel-input.ts';

const MODULUS = 'C1'.repeat(128);

const parameters: ParametersContent = {
  version: 4,
  issuedAt: '2026-01-01T00:00:00Z',
  terminal: 'T-0001',
  merchant: { id: 'M-1', name: 'TEST SHOP', categoryCode: '5411' },
  rules: {
    countryCode: '0156',
    terminalType: '22',
    capabilities: 'E0E9C8',
    onlinePin: true,
    signature: true,
    statusCheck: false,
  },
  applications: [
    {
      aid: 'A000000333010101',
      partialSelection: true,
      version: '0030',
      transactionLimitMinor: 500_000,
      cvmLimitMinor: 100_000,
      offlineFloorLimitMinor: 50_000,
    },
    { aid: 'A000000333010106', partialSelection: false, version: '0020', terminalFloorLimitMinor: 30_000 },
    { aid: 'A000000333010103', partialSelection: false, version: '0020' },
  ],
  caKeys: [
    { algorithm: 'rsa', rid: 'A000000333', index: 0x0b, expiry: '2030-12-31', modulus: MODULUS, exponent: '03' },
    { algorithm: 'sm2', rid: 'A000000333', index: 0x18, point: 'AB'.repeat(64) },
  ],
};

const tap: TapFacts = {
  amount: fen(1250),
  transactionType: 0x60,
  local: localTime(Date.parse('2026-06-01T04:30:15Z'), 'Asia/Shanghai'),
  unpredictableNumber: hex('11223344'),
  transactionCounter: 7,
  onlineCapable: true,
  pinPad: true,
  pinForCard: true,
  encipheredPinForCard: true,
  contactSlot: false,
  randomPercent: 50,
  pinPadding: new Uint8Array(),
  floorFor: (floor) => fen(Math.floor(floor / 2)),
  caKeys: caKeysByParameters()(parameters),
  keyCache: new KeyCache(2),
};

describe('transactionInput', () => {
  const input = transactionInput(parameters, tap);

  it('is in yuan, at the terminal’s own date and time', () => {
    expect(input).toMatchObject({
      amount: 1250,
      transactionType: 0x60,
      date: { year: 2026, month: 6, day: 1 },
      time: { hour: 12, minute: 30, second: 15 },
      transactionCounter: 7,
    });
    expect(toHex(input.currencyCode)).toBe('0156');
    expect(toHex(input.unpredictableNumber)).toBe('11223344');
  });

  it('gives each application the floor that holds now, 9F1B where there is no DF19, and none where there is neither', () => {
    expect(input.terminal.applications.map(({ aid, ...rest }) => ({ aid: toHex(aid), ...rest }))).toMatchObject([
      { aid: 'A000000333010101', transactionLimit: 500_000, cvmLimit: 100_000, offlineFloorLimit: 25_000 },
      { aid: 'A000000333010106', offlineFloorLimit: 15_000, terminalFloorLimit: 15_000 },
      { aid: 'A000000333010103', offlineFloorLimit: 0 },
    ]);
    expect(input.terminal.applications[2]).not.toHaveProperty('transactionLimit');
  });

  it('offers a PIN only where there is a pad, and a contact slot where there is one', () => {
    expect(input.terminal).toMatchObject({
      onlinePin: true,
      contactInterface: false,
      onlineCapable: true,
      terminalType: 0x22,
    });
    expect(transactionInput(parameters, { ...tap, pinPad: false }).terminal.onlinePin).toBe(false);
    expect(transactionInput(parameters, { ...tap, contactSlot: true }).terminal.contactInterface).toBe(true);
  });

  it.each([
    ['everything', {}, 'E0E9C8'],
    ['no online PIN without a pad', { pinPad: false }, 'E0A9C8'],
    ['nor while the host is away', { onlineCapable: false }, 'E0A9C8'],
    ['no PIN for the card where the pad cannot', { pinForCard: false, encipheredPinForCard: false }, 'E069C8'],
  ])('9F33 offers %s', (_, change, expected) => {
    const { capabilities } = transactionInput(parameters, { ...tap, ...change }).terminal;
    expect(toHex(capabilities)).toBe(expected);
  });

  it('9F33 offers an enciphered PIN where the scheme and the pad have it', () => {
    const scheme = { ...parameters, rules: { ...parameters.rules, capabilities: 'E0F9C8' } };
    const offered = (encipheredPinForCard: boolean): string =>
      toHex(transactionInput(scheme, { ...tap, encipheredPinForCard }).terminal.capabilities);
    expect([offered(true), offered(false)]).toEqual(['E0F9C8', 'E0E9C8']);
  });

  it.each([
    [0x9f15, '5411'],
    [0x9f16, '4D2D31202020202020202020202020'],
    [0x9f1c, '542D303030312020'],
    [0x9f4e, '544553542053484F502020202020202020202020'],
  ])('tells the card %i as %s', (tag, expected) => {
    expect(toHex(input.terminal.data.get(tag) ?? new Uint8Array())).toBe(expected);
  });

  it('hands on the terminal’s cache of keys', () => {
    expect(input.keyCache).toBe(tap.keyCache);
  });

  it('knows whether cards can be verified by SM2', () => {
    expect(input.caKeys.verifiesSm2(hex('A000000333'), input.date)).toBe(true);
    expect(input.caKeys.verifiesSm2(hex('A000000003'), input.date)).toBe(false);
  });

  it('finds CA keys by RID and index', () => {
    const { caKeys } = input;
    expect(caKeys.find(hex('A000000333'), 0x0b)).toMatchObject({ algorithm: 'rsa', expiry: '20301231' });
    expect(caKeys.find(hex('A000000333'), 0x18)).toMatchObject({ algorithm: 'sm2' });
    expect(caKeys.find(hex('A000000333'), 0x18)).not.toHaveProperty('expiry');
    expect(caKeys.find(hex('A000000003'), 0x0b)).toBeUndefined();
    expect(caKeys.find(hex('A000000333'), 0x0c)).toBeUndefined();
  });
});

describe('caKeysByParameters', () => {
  const rid = hex('A000000333');

  it('makes the keys once of the same parameters, and anew of others', () => {
    const caKeys = caKeysByParameters();
    const keys = caKeys(parameters);
    expect(caKeys(parameters)).toBe(keys);
    expect(keys.find(rid, 0x0b)).toMatchObject({ algorithm: 'rsa', expiry: '20301231' });
    const others = { ...parameters, version: 5, caKeys: parameters.caKeys.slice(1) };
    expect(caKeys(others).find(rid, 0x0b)).toBeUndefined();
    expect(caKeys(others).find(rid, 0x18)).toMatchObject({ algorithm: 'sm2' });
    expect(caKeys(parameters).find(rid, 0x0b)).toMatchObject({ algorithm: 'rsa' });
  });
});
