import { describe, expect, it } from 'vitest';
import { KeyCache } from '../emv/oda/index.ts';
import { bareWorkOf } from './bare-work.ts';
import { recordTap, replayTap } from './recorded-tap.ts';
import { compare, median, takeTurns } from './rounds.ts';
import { parsing, RECORD, walking } from './tlv.ts';

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 1], 9.5],
  ])('of %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is none', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('compare', () => {
  it('takes the ratio within each round', () => {
    // The machine is ten times slower in the second round, for both.
    expect(compare([2, 20, 3], [1, 10, 1])).toEqual({ product: 3, floor: 1, ratio: 2 });
  });
});

describe('takeTurns', () => {
  it('lets each contestant work as often as any other, made ready outside its work', () => {
    const done = { a: 0, b: 0, ready: 0 };
    const before = (calls: number): void => {
      done.ready += calls;
    };
    const times = takeTurns(
      [
        { name: 'a', work: () => done.a++ },
        { name: 'b', before, work: () => done.b++ },
      ],
      { rounds: 3, calls: 2 },
    );
    expect(done.a).toBe(done.b);
    expect(done.ready).toBe(done.b);
    expect([times.a.length, times.b.length]).toEqual([3, 3]);
  });
});

describe('what is measured', () => {
  it('is the same record, of 215 bytes, a template with sixteen objects', () => {
    expect(RECORD).toHaveLength(215);
    expect(walking(RECORD).work()).toHaveLength(17);
    expect(parsing(RECORD).work()).toBeGreaterThan(0);
  });

  it.each([
    ['RSA', false, 10],
    ['SM2', true, 8],
  ])('is a whole %s tap, and the bare work is its own', (_, sm, exchanges) => {
    const tap = recordTap({ sm });
    expect(tap.answers).toHaveLength(exchanges);
    const cache = new KeyCache(4);
    const replay = replayTap(tap, () => cache);
    expect(replay()).toMatchObject({ kind: 'approved', fundedBy: 'chip', offlineAuthentication: 'fdda-01' });
    expect(cache.size).toBe(2);
    const bare = bareWorkOf(tap);
    expect(bare.cold()).toBeDefined();
    expect(() => bareWorkOf({ ...tap, answers: tap.answers.slice(0, -1) })).toThrow('9f69');
  });
});
