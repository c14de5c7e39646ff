import { describe, expect, it } from 'vitest';
import { fen, hex, PurseSerial, toHex } from '../values/index.ts';
import { type PurseLoadFacts, purseLoadMac2, verifyPurseLoad, verifyPurseLoadRequest } from './purse-load.ts';

const serial = PurseSerial.parse(hex('31000000123456789012')) ?? expect.fail('no serial');
const LOADS = { masterKey: hex('202122232425262728292A2B2C2D2E2F'), serial };
const TACS = { masterKey: hex('303132333435363738393A3B3C3D3E3F'), serial };
const MOMENT = { date: { year: 2025, month: 6, day: 1 }, time: { hour: 12, minute: 31, second: 0 } };

const FACTS: PurseLoadFacts = {
  amount: fen(10_000),
  type: 0x02,
  terminalId: hex('010203040506'),
  balanceBefore: fen(5_000),
  onlineSequence: 3,
  random: hex('A1B2C3D4'),
};

describe('a load', () => {
  it('is asked for by the card, granted by the host, confirmed by the card', () => {
    expect(verifyPurseLoadRequest(LOADS, FACTS, hex('A4108BCA'))).toEqual({ kind: 'genuine' });
    expect(toHex(purseLoadMac2(LOADS, FACTS, MOMENT))).toBe('D753D841');
    expect(verifyPurseLoad(TACS, { ...FACTS, ...MOMENT }, hex('309FFC9C'))).toEqual({ kind: 'genuine' });
  });

  it.each<[string, Partial<PurseLoadFacts>]>([
    ['amount', { amount: fen(10_001) }],
    ['balance', { balanceBefore: fen(5_001) }],
    ['type', { type: 0x01 }],
    ['terminal', { terminalId: hex('010203040507') }],
    ['online number', { onlineSequence: 4 }],
  ])('with another %s is another', (_, change) => {
    const facts = { ...FACTS, ...change };
    expect(verifyPurseLoadRequest(LOADS, facts, hex('A4108BCA')).kind).toBe('wrong');
    expect(verifyPurseLoad(TACS, { ...facts, ...MOMENT }, hex('309FFC9C')).kind).toBe('wrong');
  });

  it('at another moment has another TAC', () => {
    const later = { ...FACTS, ...MOMENT, time: { hour: 12, minute: 31, second: 1 } };
    expect(verifyPurseLoad(TACS, later, hex('309FFC9C'))).toEqual({ kind: 'wrong', reason: 'code' });
    const next = { ...FACTS, ...MOMENT, date: { year: 2025, month: 6, day: 2 } };
    expect(verifyPurseLoad(TACS, next, hex('309FFC9C'))).toEqual({ kind: 'wrong', reason: 'code' });
  });

  it.each<[string, Partial<PurseLoadFacts>]>([
    ['more than a purse can count', { balanceBefore: fen(2 ** 32 - 10_000) }],
    ['a random number of three bytes', { random: hex('A1B2C3') }],
    ['a terminal of seven bytes', { terminalId: hex('01020304050607') }],
    ['an online number of three bytes', { onlineSequence: 0x10000 }],
  ])('with %s is malformed', (_, change) => {
    const facts = { ...FACTS, ...change };
    const malformed = { kind: 'wrong', reason: 'malformed-input' };
    expect(verifyPurseLoadRequest(LOADS, facts, hex('A4108BCA'))).toEqual(malformed);
    expect(verifyPurseLoad(TACS, { ...facts, ...MOMENT }, hex('309FFC9C'))).toEqual(malformed);
    expect(() => purseLoadMac2(LOADS, facts, MOMENT)).toThrow(RangeError);
  });
});
