import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIntent } from '../../../emv/kernel/index.ts';
import { fen, hex, PurseSerial, toHex } from '../../../emv/values/index.ts';
import { undecidedOf } from '../undecided-of.ts';
import { decodeStoredPurse, encodeStoredPurse, type StoredPurseIntent } from './stored-intent.ts';

const serial = PurseSerial.parse(hex('31000000123456789012'));
if (serial === undefined) throw new Error('no serial number');

const STORED: StoredPurseIntent = {
  intent: {
    path: 'purse-purchase',
    card: {
      serial,
      issuerId: hex('A1A2A3A4A5A6A7A8'),
      applicationType: 2,
      applicationVersion: 1,
      validFrom: { year: 2024, month: 1, day: 1 },
      expiry: { year: 2099, month: 12, day: 31 },
    },
    type: 6,
    amount: fen(1_250),
    balanceBefore: fen(5_000),
    offlineSequence: 7,
    overdraftLimit: fen(0),
    keyIndex: 1,
    keyVersion: 1,
    algorithm: 0,
    random: hex('A1B2C3D4'),
    sam: { serial: hex('53414D00000000000001'), terminalId: hex('010203040506'), terminalSequence: 42, skipped: 0 },
    mac1: hex('56D96987'),
    date: { year: 2025, month: 6, day: 1 },
    time: { hour: 12, minute: 30, second: 15 },
  },
  terms: {
    kind: 'ep',
    aid: 'A00000000386980701',
    label: '电子钱包',
    applicationTypes: [2],
    purchaseKeyIndex: 1,
    loadKeyIndex: 1,
    proves: 'number-after',
    limitMinor: 50_000,
    sam: { application: 'DF01', diversifiedByIssuer: false },
  },
};

const kernel = { decodeIntent, describeIntent: () => undefined };

describe('a stored intent of a purse', () => {
  const bytes = encodeStoredPurse(STORED);

  it('is read as it was written, under the terms that it was begun with', () => {
    expect(decodeStoredPurse(bytes)).toMatchObject({ terms: STORED.terms, intent: { sam: STORED.intent.sam } });
    expect(toHex(bytes.subarray(0, 4))).toBe('57565001');
  });

  it('is none of the kernel’s, and none of the kernel’s is one', () => {
    expect(decodeIntent(bytes)).toBeUndefined();
    expect(decodeStoredPurse(hex('0100'))).toBeUndefined();
    expect(decodeStoredPurse(new Uint8Array())).toBeUndefined();
  });

  it('cut or changed is none, or another, and never throws', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeStoredPurse(bytes.subarray(0, length))).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        decodeStoredPurse(changed);
      }),
    );
  });

  it('that nobody waits for is undecided, with all that card and PSAM said', () => {
    const { ending, readable } = undecidedOf(bytes, 'timeout', kernel);
    expect(readable).toBe(true);
    expect(ending).toMatchObject({
      state: 'undecided',
      detail: {
        reason: 'timeout',
        debited: 'unknown',
        card: { maskedPan: '310000**********9012', balanceMinor: 5_000 },
      },
      record: { outcome: 'undecided' },
    });
    expect(ending.record?.purse).toEqual({
      transactionType: '06',
      sequence: 7,
      terminalId: '010203040506',
      terminalSequence: 42,
      samSerial: '53414D00000000000001',
      date: '20250601',
      time: '123015',
      keyIndex: 1,
      keyVersion: 1,
      random: 'A1B2C3D4',
      mac1: '56D96987',
    });
    expect(undecidedOf(hex('00'), 'timeout', kernel)).toMatchObject({
      readable: false,
      ending: { state: 'undecided' },
    });
  });
});
