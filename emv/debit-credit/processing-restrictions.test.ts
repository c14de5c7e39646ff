import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { fen, hex } from '../values/index.ts';
import { processingRestrictions, type RestrictionFacts } from './processing-restrictions.ts';

/** A merchant's attended terminal in China on 2025-06-01; a purchase. */
const FACTS: RestrictionFacts = {
  terminalVersion: hex('0030'),
  countryCode: hex('0156'),
  terminalType: 0x22,
  additionalCapabilities: hex('FF80F0A001'),
  transactionType: 0x00,
  amountOther: fen(0),
  date: { year: 2025, month: 6, day: 1 },
};

const CARD = { version: '0030', usage: 'FF00', country: '0156', effective: '200101', expiry: '301231' };

type CardHex = { readonly [K in keyof typeof CARD]?: string | undefined };

function bits(card: CardHex = {}, facts: Partial<RestrictionFacts> = {}): string {
  const { version, usage, country, effective, expiry } = { ...CARD, ...card };
  const rows: readonly (readonly [number, string | undefined])[] = [
    [TAG.cardVersion, version],
    [TAG.applicationUsageControl, usage],
    [TAG.issuerCountry, country],
    [TAG.effectiveDate, effective],
    [TAG.expiryDate, expiry],
  ];
  const objects = new Map(rows.flatMap(([tag, value]) => (value === undefined ? [] : [[tag, hex(value)] as const])));
  return processingRestrictions(objects, { ...FACTS, ...facts }).join(' ');
}

describe('application version number (EMV Book 3, §10.4.1)', () => {
  it.each([
    ['the same', '0030', ''],
    ['none', undefined, ''],
    ['an older one', '0020', 'different-application-versions'],
    ['a newer one', '0031', 'different-application-versions'],
    ['one that is too short', '30', 'different-application-versions'],
  ])('%s', (_, version, expected) => {
    expect(bits({ version })).toBe(expected);
  });
});

describe('application usage control (EMV Book 3, §10.4.2)', () => {
  const ATM = { terminalType: 0x14 };
  const CASH = { transactionType: 0x01 };
  const CASHBACK = { amountOther: fen(1) };

  it.each<[string, CardHex, Partial<RestrictionFacts>, boolean]>([
    ['no usage control', { usage: undefined }, {}, true],
    ['shop: at terminals other than ATMs', { usage: '2100' }, {}, true],
    ['shop: at ATMs alone', { usage: '2200' }, {}, false],
    ['ATM: at ATMs', { usage: '8200' }, { ...ATM, ...CASH }, true],
    ['ATM: at other terminals alone', { usage: '8100' }, { ...ATM, ...CASH }, false],
    [
      'bank terminal that gives no cash is no ATM',
      { usage: '2100' },
      { ...ATM, additionalCapabilities: hex('7F80F0A001') },
      true,
    ],
    ['no country: only the place counts', { usage: '0100', country: undefined }, {}, true],
    ['domestic goods', { usage: '2100' }, {}, true],
    ['domestic services do for a purchase too', { usage: '0900' }, {}, true],
    ['neither domestic goods nor services', { usage: 'D500' }, {}, false],
    ['international goods', { usage: '1100', country: '0840' }, {}, true],
    ['international services', { usage: '0500', country: '0840' }, {}, true],
    ['neither international goods nor services', { usage: 'E900', country: '0840' }, {}, false],
    ['domestic cash', { usage: '8100' }, CASH, true],
    ['no domestic cash', { usage: '7F00' }, CASH, false],
    ['international cash', { usage: '4100', country: '0840' }, CASH, true],
    ['no international cash', { usage: 'BF00', country: '0840' }, CASH, false],
    ['domestic cashback', { usage: '2180' }, CASHBACK, true],
    ['no domestic cashback', { usage: 'FF40' }, CASHBACK, false],
    ['international cashback', { usage: '1140', country: '0840' }, CASHBACK, true],
    ['no international cashback', { usage: 'FF80', country: '0840' }, CASHBACK, false],
    ['9C 09 is a cashback, whatever 9F03 says', { usage: 'FF40' }, { transactionType: 0x09 }, false],
    ['cashback, but no goods', { usage: '0180' }, CASHBACK, false],
    ['a refund asks for the place alone', { usage: '0100' }, { transactionType: 0x20 }, true],
    ['one byte, which has no bit of the second', { usage: 'FF' }, CASHBACK, false],
    ['no bytes', { usage: '' }, {}, false],
  ])('%s', (_, card, facts, allowed) => {
    expect(bits(card, facts)).toBe(allowed ? '' : 'service-not-allowed');
  });
});

describe('effective and expiration date (EMV Book 3, §10.4.3)', () => {
  it.each([
    ['no effective date', { effective: undefined }, ''],
    ['effective today', { effective: '250601' }, ''],
    ['effective tomorrow', { effective: '250602' }, 'application-not-yet-effective'],
    ['effective since 1999', { effective: '990101' }, ''],
    ['effective on no day', { effective: '250631' }, 'application-not-yet-effective'],
    ['expires today', { expiry: '250601' }, ''],
    ['expired yesterday', { expiry: '250531' }, 'expired-application'],
    ['expires in 2049', { expiry: '491231' }, ''],
    ['expired in 1950', { expiry: '501231' }, 'expired-application'],
    ['expires on no day', { expiry: '251301' }, 'expired-application'],
    ['no expiry', { expiry: undefined }, 'expired-application'],
    ['both', { effective: '260101', expiry: '250101' }, 'application-not-yet-effective expired-application'],
  ])('%s', (_, card, expected) => {
    expect(bits(card)).toBe(expected);
  });
});

it('everything at once', () => {
  expect(bits({ version: '0020', usage: '0000', effective: '260101', expiry: '250101' })).toBe(
    'different-application-versions service-not-allowed application-not-yet-effective expired-application',
  );
});

it('never throws on what a card gives', () => {
  const value = fc.uint8Array({ maxLength: 4 });
  const tags = [TAG.cardVersion, TAG.applicationUsageControl, TAG.issuerCountry, TAG.effectiveDate, TAG.expiryDate];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...tags), value)), (objects) => {
      expect(processingRestrictions(new Map(objects), FACTS).length).toBeLessThanOrEqual(4);
    }),
  );
});
