import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AT, faultOf, type TestQueue, testQueue } from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const [A, B, C] = ['A1'.repeat(32), 'B2'.repeat(32), 'C3'.repeat(32)];
const listed = () => [A, B, C].map((token) => t.queue.hotlist.contains(token));

describe('the hotlist', () => {
  it('is empty at first', () => {
    expect(t.queue.hotlist.status()).toEqual({ version: 0, entries: 0 });
    expect(listed()).toEqual([false, false, false]);
  });

  it('takes changes, and the whole list in place of what it had', () => {
    t.queue.hotlist.apply({ version: 3, full: true, add: [A, B], remove: [], at: AT });
    expect(listed()).toEqual([true, true, false]);
    t.queue.hotlist.apply({ version: 4, full: false, add: [C, C, A], remove: [B, 'D4'.repeat(32)], at: AT });
    expect(listed()).toEqual([true, false, true]);
    expect(t.reopen().hotlist.status()).toEqual({ version: 4, updatedAt: AT, entries: 2 });
    expect(faultOf(t.queue.verify())).toBe('sound');
    t.queue.hotlist.apply({ version: 9, full: true, add: [B], remove: [], at: AT });
    expect(listed()).toEqual([false, true, false]);
    expect(t.queue.hotlist.status()).toMatchObject({ version: 9, entries: 1 });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('takes a change as a whole or not at all', () => {
    t.queue.hotlist.apply({ version: 1, full: true, add: [A], remove: [], at: AT });
    const bad = () => t.queue.hotlist.apply({ version: 2, full: false, add: [B, 'b3'], remove: [A], at: AT });
    expect(bad).toThrow('64 upper-case hex digits');
    expect(listed()).toEqual([true, false, false]);
    expect(t.queue.hotlist.status().version).toBe(1);
  });
});
