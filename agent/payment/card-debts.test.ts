import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardToken } from '../../clearing/contract/record/index.ts';
import { MAX_FEN } from '../../emv/values/index.ts';
import { AT, IDENTITY, RICH, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { checkExceptionFile } from './card-debts.ts';
import type { TapInProgress } from './tap-in-progress.ts';

const TOKEN = cardToken(IDENTITY.cardTokenKey, RICH);

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

function ask(debts: TapInProgress['debts'], onlineCapable: boolean) {
  const notes = {} as TapInProgress['notes'];
  // Nothing else of a tap matters here.
  const tap = { tools: { queue: t.queue }, identity: IDENTITY, debts, onlineCapable, notes } as TapInProgress;
  return { answer: checkExceptionFile(tap, RICH), debt: notes.debt };
}

const hold = (add: readonly string[], ...owed: readonly number[]): void => {
  const debts = owed.map((amountMinor, at) => ({ id: `d${at}`, token: TOKEN, amountMinor }));
  t.queue.hotlist.stage({ from: 0, to: 1, full: true, at: AT, add, remove: [], debts });
  t.queue.hotlist.adopt();
};

const FREE = { listed: false };
const REFUSED = { listed: true };
const ONLINE = { listed: false, loggedAmount: MAX_FEN };

describe('a card that owes', () => {
  it.each([
    ['collect', true, ONLINE, false],
    ['collect', false, REFUSED, true],
    ['refuse', true, REFUSED, true],
    ['refuse', false, REFUSED, true],
  ] as const)('%s, host there: %s', (policy, online, answer, refused) => {
    hold([], 300, 20);
    expect(ask(policy, online)).toEqual({ answer, debt: { amountMinor: 320, refused } });
  });

  it.each([true, false])('is as any other where debts are ignored (host there: %s)', (online) => {
    hold([], 300);
    expect(ask('ignore', online)).toEqual({ answer: FREE, debt: undefined });
  });
});

it('a card that owes nothing is asked nothing more, and one on the list is refused for that', () => {
  hold([]);
  expect(ask('refuse', false)).toEqual({ answer: FREE, debt: undefined });
  hold([TOKEN], 300);
  expect(ask('collect', true)).toEqual({ answer: REFUSED, debt: undefined });
});
