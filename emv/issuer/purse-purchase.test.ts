import { describe, expect, it } from 'vitest';
import { fen, hex, PurseSerial } from '../values/index.ts';
import { type PursePurchaseFacts, verifyPurseMac1, verifyPurseMac2, verifyPursePurchase } from './purse-purchase.ts';

const serial = PurseSerial.parse(hex('31000000123456789012')) ?? expect.fail('no serial');
const PURCHASES = { masterKey: hex('101112131415161718191A1B1C1D1E1F'), serial };
const TACS = { masterKey: hex('303132333435363738393A3B3C3D3E3F'), serial };

const FACTS: PursePurchaseFacts = {
  amount: fen(1250),
  type: 0x06,
  terminalId: hex('010203040506'),
  terminalSequence: 0x2a,
  date: { year: 2025, month: 6, day: 1 },
  time: { hour: 12, minute: 30, second: 15 },
};
const SESSION = { random: hex('A1B2C3D4'), offlineSequence: 7 };
const GENUINE = { kind: 'genuine' };
const WRONG = { kind: 'wrong', reason: 'code' };
const MALFORMED = { kind: 'wrong', reason: 'malformed-input' };

describe('a purchase', () => {
  it('is the card’s by its TAC; MAC1 was a PSAM’s, MAC2 the card’s', () => {
    expect(verifyPursePurchase(TACS, FACTS, hex('9AA91D39'))).toEqual(GENUINE);
    expect(verifyPursePurchase(TACS, { ...FACTS, type: 0x05 }, hex('DE9E9BB2'))).toEqual(GENUINE);
    expect(verifyPursePurchase(TACS, { ...FACTS, terminalSequence: 0x1002a }, hex('9451DCC7'))).toEqual(GENUINE);
    expect(verifyPurseMac1(PURCHASES, FACTS, SESSION, hex('56D96987'))).toEqual(GENUINE);
    expect(verifyPurseMac2(PURCHASES, FACTS, SESSION, hex('D5BA4A53'))).toEqual(GENUINE);
  });

  it.each<[string, Partial<PursePurchaseFacts>]>([
    ['amount', { amount: fen(1251) }],
    ['type', { type: 0x05 }],
    ['terminal', { terminalId: hex('010203040507') }],
    ['terminal’s number', { terminalSequence: 0x2b }],
    ['date', { date: { year: 2025, month: 6, day: 2 } }],
    ['time', { time: { hour: 12, minute: 30, second: 16 } }],
  ])('with another %s is another', (_, change) => {
    expect(verifyPursePurchase(TACS, { ...FACTS, ...change }, hex('9AA91D39'))).toEqual(WRONG);
    expect(verifyPurseMac1(PURCHASES, { ...FACTS, ...change }, SESSION, hex('56D96987'))).toEqual(WRONG);
  });

  it('of another card, another session or with a short code is none of it', () => {
    const other = PurseSerial.parse(hex('31000000123456789013')) ?? serial;
    expect(verifyPursePurchase({ ...TACS, serial: other }, FACTS, hex('9AA91D39'))).toEqual(WRONG);
    expect(verifyPurseMac2(PURCHASES, FACTS, { ...SESSION, offlineSequence: 8 }, hex('D5BA4A53'))).toEqual(WRONG);
    expect(verifyPurseMac2(PURCHASES, FACTS, { ...SESSION, random: hex('A1B2C3D5') }, hex('D5BA4A53'))).toEqual(WRONG);
    expect(verifyPursePurchase(TACS, FACTS, hex('9AA91D'))).toEqual(WRONG);
  });

  it.each<[string, Partial<PursePurchaseFacts>]>([
    ['an amount of five bytes', { amount: fen(2 ** 32) }],
    ['a terminal of five bytes', { terminalId: hex('0102030405') }],
    ['a type of two bytes', { type: 0x106 }],
    ['a number of five bytes', { terminalSequence: 2 ** 32 }],
    ['a number that is none', { terminalSequence: Number.NaN }],
  ])('with %s is malformed', (_, change) => {
    const facts = { ...FACTS, ...change };
    expect(verifyPursePurchase(TACS, facts, hex('9AA91D39'))).toEqual(MALFORMED);
    expect(verifyPurseMac1(PURCHASES, facts, SESSION, hex('56D96987'))).toEqual(MALFORMED);
    expect(verifyPurseMac2(PURCHASES, facts, SESSION, hex('D5BA4A53'))).toEqual(MALFORMED);
  });

  it.each([
    ['a random number of five bytes', { ...SESSION, random: hex('A1B2C3D400') }],
    ['an offline number of three bytes', { ...SESSION, offlineSequence: 0x10000 }],
  ])('with %s is malformed', (_, session) => {
    expect(verifyPurseMac1(PURCHASES, FACTS, session, hex('56D96987'))).toEqual(MALFORMED);
    expect(verifyPurseMac2(PURCHASES, FACTS, session, hex('D5BA4A53'))).toEqual(MALFORMED);
  });
});
