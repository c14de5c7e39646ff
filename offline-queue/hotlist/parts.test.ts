import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HotlistPart } from '../interface/queue.ts';
import { AT, faultOf, type TestQueue, testQueue } from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const token = (n: number): string => n.toString(16).toUpperCase().padStart(64, '0');
const [A, B, C, D] = [token(1), token(2), token(3), token(4)];
const listed = (): string => ['A', 'B', 'C', 'D'].filter((_, at) => t.queue.hotlist.contains(token(at + 1))).join('');

const PART: HotlistPart = { from: 0, to: 5, full: true, hash: 'AB', at: AT, add: [], remove: [], debts: [] };
const stage = (part: Partial<HotlistPart>): void => t.queue.hotlist.stage({ ...PART, ...part });
const owes = (card: string) => t.queue.hotlist.debts(card).map(({ id, amountMinor }) => `${id} ${amountMinor}`);
const debt = (id: string, card: string, amountMinor: number) => ({ id, token: card, amountMinor });
const tidyAll = (): number => {
  for (let steps = 0; ; steps++) {
    expect(faultOf(t.queue.verify())).toBe('sound');
    if (!t.queue.hotlist.tidy()) return steps;
  }
};

describe('a list that arrives in parts', () => {
  it('holds only once it is there as a whole, and goes on after a restart', () => {
    t.queue.hotlist.apply({ version: 2, full: true, add: [D], remove: [], at: AT });
    stage({ through: B, add: [A] });
    expect(t.reopen().hotlist.arriving()).toEqual({
      ...{ from: 0, to: 5, full: true, hash: 'AB', through: B, complete: false, rows: 1 },
    });
    expect(listed()).toBe('D');
    stage({ after: B, add: [C], debts: [debt('d1', C, 300)] });
    expect(t.queue.hotlist.arriving()?.complete).toBe(true);
    expect([listed(), owes(C)]).toEqual(['D', []]);
    expect(t.reopen().hotlist.adopt()).toBe('adopted');
    expect([listed(), owes(C)]).toEqual(['AC', ['d1 300']]);
    expect(t.queue.hotlist.status()).toEqual({ version: 5, hash: 'AB', updatedAt: AT, entries: 2, debts: 1 });
    expect(t.queue.hotlist.arriving()).toBeUndefined();
    expect(tidyAll()).toBe(1);
    expect(listed()).toBe('AC');
  });

  it('is refused when it does not come to the cards that the host says', () => {
    t.queue.hotlist.apply({ version: 2, full: true, add: [D], remove: [], at: AT });
    stage({ expected: 3, add: [A, B] });
    expect(t.queue.hotlist.adopt()).toBe('wrong-count');
    expect([listed(), t.queue.hotlist.status().version]).toEqual(['D', 2]);
    t.queue.hotlist.discard();
    expect(t.queue.hotlist.arriving()).toBeUndefined();
    tidyAll();
    stage({ expected: 2, add: [A, B] });
    expect(t.queue.hotlist.adopt()).toBe('adopted');
    expect(listed()).toBe('AB');
  });

  it.each([
    ['another place', { after: C }],
    ['another version', { after: B, to: 6 }],
    ['another list of the same version', { after: B, hash: 'CD' }],
    ['a change instead of the list', { after: B, full: false }],
  ])('takes no part of %s', (_what, part) => {
    stage({ through: B, add: [A] });
    expect(() => stage({ add: [D], ...part })).toThrow('does not follow');
    expect(t.queue.hotlist.arriving()).toMatchObject({ through: B, rows: 1 });
  });

  it('is dropped when another begins', () => {
    stage({ through: B, add: [A] });
    stage({ to: 7, add: [C] });
    expect(t.queue.hotlist.adopt()).toBe('adopted');
    tidyAll();
    expect(listed()).toBe('C');
  });
});

describe('a change that arrives in parts', () => {
  beforeEach(() => {
    stage({ to: 1, add: [A, B], debts: [debt('d1', A, 100), debt('d2', A, 200)] });
    t.queue.hotlist.adopt();
  });
  const CHANGE = { from: 1, to: 2, full: false } as const;

  it('lies on top of the list until it is moved into it', () => {
    stage({ ...CHANGE, expected: 2, add: [C], remove: [A, D], debts: [debt('d1', A, 0), debt('d3', B, 50)] });
    t.queue.hotlist.adopt();
    expect([listed(), owes(A), owes(B)]).toEqual(['BC', ['d2 200'], ['d3 50']]);
    expect(t.queue.hotlist.status()).toMatchObject({ version: 2, entries: 2, debts: 2 });
    // Cards, then debts.
    expect(tidyAll()).toBe(2);
    expect([listed(), owes(A), owes(B)]).toEqual(['BC', ['d2 200'], ['d3 50']]);
  });

  it('may be followed by others before', () => {
    stage({ ...CHANGE, add: [C], remove: [A] });
    t.queue.hotlist.adopt();
    stage({ ...CHANGE, from: 2, to: 3, add: [A], remove: [C], debts: [debt('d2', A, 0)] });
    expect(listed()).toBe('BC');
    t.queue.hotlist.adopt();
    expect([listed(), owes(A)]).toEqual(['AB', ['d1 100']]);
    expect(tidyAll()).toBe(3);
    expect([listed(), owes(A)]).toEqual(['AB', ['d1 100']]);
  });

  it('must start from the version that holds', () => {
    stage({ ...CHANGE, from: 4, to: 5, add: [C] });
    expect(() => t.queue.hotlist.adopt()).toThrow('another version');
    expect(listed()).toBe('AB');
  });

  it('is moved and deleted in steps, each of which leaves a sound queue', () => {
    const many = Array.from({ length: 1_250 }, (_, n) => token(n + 10));
    stage({ ...CHANGE, add: many });
    t.queue.hotlist.adopt();
    expect(tidyAll()).toBe(3);
    stage({ to: 9, add: [D] });
    t.queue.hotlist.adopt();
    // Cards that came one by one lie in blocks that are half full.
    expect(tidyAll()).toBe(5);
    expect([listed(), t.queue.hotlist.contains(token(10))]).toEqual(['D', false]);
  });
});

it('a part with a card outside its bounds is a programmer’s error', () => {
  expect(() => stage({ through: B, add: [A, C] })).toThrow('outside its part');
  stage({ through: B, add: [A] });
  expect(() => stage({ after: B, add: [B] })).toThrow('outside its part');
  expect(() => stage({ after: B, add: [], debts: [debt('d1', A, 5)] })).toThrow('outside its part');
});

it('changes at random, many of them, come to what a plain set comes to', () => {
  const set = new Set<string>();
  let seed = 7;
  const drawn = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const some = (count: number): readonly string[] => Array.from({ length: count }, () => token(drawn(400)));
  stage({ to: 1, add: [] });
  t.queue.hotlist.adopt();
  for (let version = 1; version < 40; version++) {
    const add = some(drawn(60));
    const remove = some(drawn(60)).filter((card) => !add.includes(card));
    stage({ from: version, to: version + 1, full: false, add, remove });
    t.queue.hotlist.adopt();
    for (const card of remove) set.delete(card);
    for (const card of add) set.add(card);
    if (version % 3 === 0) tidyAll();
    expect(t.queue.hotlist.status().entries).toBe(set.size);
    const found = Array.from({ length: 400 }, (_, n) => token(n)).filter((card) => t.queue.hotlist.contains(card));
    expect(found).toEqual([...set].sort());
  }
  tidyAll();
  expect(t.queue.hotlist.status().entries).toBe(set.size);
});

it.each([
  ['deleted', 'delete from hotlist_cards where list = 2'],
  ['changed', `update hotlist_cards set cards = x'${B}01${C}00' where list = 2`],
  ['exchanged', `update hotlist_cards set cards = x'${B}01${D}01' where list = 2`],
  ['added', `update hotlist_cards set cards = x'${B}01${C}01${D}01' where list = 2`],
  ['changed of a debt', 'update hotlist_debts set value = 1'],
])('what another hand has %s in a change shows also when it has been moved into the list', (_what, sql) => {
  stage({ to: 1, add: [A] });
  t.queue.hotlist.adopt();
  stage({ from: 1, to: 2, full: false, add: [B, C], debts: [debt('d1', A, 500)] });
  t.queue.hotlist.adopt();
  t.tamper((db) => db.exec(sql));
  for (let steps = 0; t.queue.hotlist.tidy(); steps++) expect(steps).toBeLessThan(4);
  expect(t.queue.verify()).toMatchObject({ explanation: expect.stringContaining('hotlist') });
});

it('a confirmation changes the age alone', () => {
  stage({ add: [A] });
  t.queue.hotlist.adopt();
  t.queue.hotlist.confirmed('2026-03-10T00:00:00.000Z');
  expect(t.reopen().hotlist.status()).toEqual({
    ...{ version: 5, hash: 'AB', entries: 1, updatedAt: '2026-03-10T00:00:00.000Z' },
  });
  expect(faultOf(t.queue.verify())).toBe('sound');
});
