import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIntent } from '../kernel/intent-codec.ts';
import { fen, hex, PurseSerial, toHex } from '../values/index.ts';
import type { PurseLoadIntent, PursePurchaseIntent } from './intent.ts';
import { decodePurseIntent, encodePurseIntent } from './intent-codec.ts';

const card = {
  serial: PurseSerial.parse(hex('31000000123456789012')) ?? expect.fail('no serial'),
  issuerId: hex('A1A2A3A4A5A6A7A8'),
  applicationType: 2,
  applicationVersion: 1,
  validFrom: { year: 2024, month: 1, day: 1 },
  expiry: { year: 2099, month: 12, day: 31 },
};
const common = {
  card,
  amount: fen(1_250),
  balanceBefore: fen(5_000),
  keyIndex: 1,
  keyVersion: 3,
  algorithm: 0,
  random: hex('A1B2C3D4'),
  mac1: hex('56D96987'),
};
const PURCHASE: PursePurchaseIntent = {
  path: 'purse-purchase',
  ...common,
  type: 6,
  offlineSequence: 7,
  overdraftLimit: fen(100),
  sam: {
    serial: hex('53414D00000000000001'),
    terminalId: hex('010203040506'),
    terminalSequence: 0x2a,
    skipped: 2,
  },
  date: { year: 2025, month: 6, day: 1 },
  time: { hour: 12, minute: 30, second: 15 },
};
const LOAD: PurseLoadIntent = {
  path: 'purse-load',
  ...common,
  type: 2,
  onlineSequence: 3,
  terminalId: hex('010203040506'),
};

const COMMON = '31000000123456789012 A1A2A3A4A5A6A7A8 02 01 20240101 20991231';
const MONEY = '01 03 00 000004E2 00001388 A1B2C3D4 56D96987';
const squeeze = (text: string) => text.replaceAll(' ', '');
const PURCHASE_BYTES = squeeze(
  `50 01 ${COMMON} 06 ${MONEY} 0007 000064 53414D00000000000001 010203040506 0000002A 00000002 20250601 123015`,
);
const LOAD_BYTES = squeeze(`4C 01 ${COMMON} 02 ${MONEY} 0003 010203040506`);

describe('a purse intent as bytes', () => {
  it('has layout 1', () => {
    expect(toHex(encodePurseIntent(PURCHASE))).toBe(PURCHASE_BYTES);
    expect(toHex(encodePurseIntent(LOAD))).toBe(LOAD_BYTES);
    expect(decodePurseIntent(hex(PURCHASE_BYTES))).toEqual(PURCHASE);
    expect(decodePurseIntent(hex(LOAD_BYTES))).toEqual(LOAD);
    expect(decodePurseIntent(hex(PURCHASE_BYTES))?.card.serial.equals(card.serial)).toBe(true);
  });

  it('says when it is not known how many numbers were skipped', () => {
    const { skipped: _, ...sam } = PURCHASE.sam;
    const bytes = PURCHASE_BYTES.replace('0000002A00000002', '0000002AFFFFFFFF');
    expect(toHex(encodePurseIntent({ ...PURCHASE, sam }))).toBe(bytes);
    const decoded = decodePurseIntent(hex(bytes));
    expect(decoded).toEqual({ ...PURCHASE, sam });
    expect(decoded?.path === 'purse-purchase' && Object.keys(decoded.sam)).not.toContain('skipped');
  });

  it('is none of the kernel’s, and the kernel’s are none of these', () => {
    expect(decodeIntent(hex(PURCHASE_BYTES))).toBeUndefined();
    expect(decodeIntent(hex(LOAD_BYTES))).toBeUndefined();
    expect(decodePurseIntent(hex('0100'))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['another layout', PURCHASE_BYTES.replace(/^5001/, '5002')],
    ['another kind', PURCHASE_BYTES.replace(/^50/, '51')],
    ['a load that calls itself a purchase', LOAD_BYTES.replace(/^4C/, '50')],
    ['a purchase that calls itself a load', PURCHASE_BYTES.replace(/^50/, '4C')],
    ['a byte less', LOAD_BYTES.slice(0, -2)],
    ['a byte more', `${PURCHASE_BYTES}00`],
    ['days that are none', PURCHASE_BYTES.replace('20240101', '20240132')],
    ['a time that is none', PURCHASE_BYTES.replace(/123015$/, '246015')],
    ['a date that is none', PURCHASE_BYTES.replace('20250601', '20250631')],
    ['days of a load that are none', LOAD_BYTES.replace('20991231', '20991331')],
  ])('refuses %s', (_, bytes) => {
    expect(decodePurseIntent(hex(bytes))).toBeUndefined();
  });

  it('does not keep the sealed buffer alive', () => {
    const bytes = hex(PURCHASE_BYTES);
    const decoded = decodePurseIntent(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(PURCHASE);
  });

  it('any bytes, and any one changed: what decodes encodes to the same', () => {
    const changed = [PURCHASE_BYTES, LOAD_BYTES].map((bytes) =>
      fc.tuple(fc.nat(bytes.length / 2 - 1), fc.nat(255)).map(([at, byte]) => hex(bytes).with(at, byte)),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), ...changed), (bytes) => {
        const decoded = decodePurseIntent(bytes);
        if (decoded) expect(toHex(encodePurseIntent(decoded))).toBe(toHex(bytes));
      }),
      { numRuns: 500 },
    );
  });
});
