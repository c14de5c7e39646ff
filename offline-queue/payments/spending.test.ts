import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardToken } from '../../clearing/contract/record/index.ts';
import { openDatabase } from '../database/database.ts';
import type { CommitOutcome, Queue } from '../interface/queue.ts';
import {
  acknowledge,
  approval,
  draft,
  faultOf,
  IDENTITY,
  pan,
  RICH,
  registration,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
  uncounted,
} from '../test-support.ts';

const DAY = '2026-03-09';

/** What the first version of the schema did not have, taken out again. */
const BACK_TO_VERSION_1 = `
  delete from spendings;
  drop table spendings;
  drop index batches_to_upload;
  drop index batches_to_settle;
  drop table hotlist_cards;
  drop table hotlist_debts;
  drop table hotlist_head;
  create table hotlist (token blob primary key check (length(token) = 32)) strict, without rowid;
  create table hotlist_state (id integer primary key) strict;
  drop table archives;
  drop index reversals_of_payment;
  drop table closes;
  alter table payments drop column changes;
  alter table intents drop column changes;
  alter table reversals drop column changes;
  alter table batches drop column changes;
  alter table settings drop column changes;
  pragma user_version = 1`;
const OTHER = pan('6228480000000000025');
const tokenOf = (card = RICH) => cardToken(IDENTITY.cardTokenKey, card);
const NOTHING = { count: 0, sumMinor: 0, tripped: false };

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

let payments = 0;
/** One payment with the record that is given, by default of an approval without the host. */
function pay(change: Parameters<typeof draft>[1] = {}, rest: Partial<CommitOutcome> = {}, card = RICH): void {
  payments++;
  const id = `s${payments}`;
  t.queue.payments.register(registration(id, { amountMinor: change.amountMinor ?? 1280 }));
  const approved = approval(id);
  t.queue.commitOutcome({ ...approved, record: { draft: draft(id, change, card), pan: card }, ...rest });
}
const refuse = (breaker: CommitOutcome['breaker'], change: Parameters<typeof draft>[1] = {}): void =>
  pay(
    { outcome: 'declined', fundedBy: 'none', debited: 'none', ...change },
    { state: 'declined', ...(breaker && { breaker }) },
  );
const card = (queue: Queue = t.queue) => queue.spending.ofCard(DAY, tokenOf());

describe('what was approved without the host', () => {
  it('is counted for the day of the terminal, and for each card', () => {
    expect([t.queue.spending.ofTerminal(DAY), card()]).toEqual([NOTHING, NOTHING]);
    pay({ amountMinor: 100 });
    pay({ amountMinor: 250, at: '2026-03-09T23:59:59+08:00' });
    pay({ amountMinor: 7 }, {}, OTHER);
    expect(card()).toEqual({ count: 2, sumMinor: 350, latestAt: '2026-03-09T23:59:59+08:00', tripped: false });
    expect(t.queue.spending.ofCard(DAY, tokenOf(OTHER))).toMatchObject({ count: 1, sumMinor: 7 });
    expect(t.queue.spending.ofTerminal(DAY)).toMatchObject({ count: 3, sumMinor: 357 });
    expect(t.queue.verify().kind).toBe('sound');
  });

  it.each([
    ['a refusal', { outcome: 'declined', fundedBy: 'none', debited: 'none' }, 'declined'],
    ['a debit for nothing', { outcome: 'declined-after-debit', fundedBy: 'none' }, 'declined'],
    ['what the host has approved', { offline: false, fundedBy: 'account', debited: 'account' }, 'approved'],
  ] as const)('%s is not counted, but its time is known', (_name, change, state) => {
    pay(change, { state });
    expect(card()).toEqual(NOTHING);
    expect(t.queue.spending.ofTerminal(DAY)).toEqual({ ...NOTHING, latestAt: '2026-03-09T10:15:30.000+08:00' });
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('is the day of the terminal, not that of UTC', () => {
    pay({ at: '2026-03-09T00:30:00+08:00' });
    expect(card().count).toBe(1);
    expect(t.queue.spending.ofCard('2026-03-10', tokenOf())).toEqual(NOTHING);
  });

  it('survives a restart, an acknowledgement and another epoch', () => {
    pay({ amountMinor: 100 });
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    t.reopen().identity.enrol({ ...IDENTITY, epoch: 2 });
    pay({ amountMinor: 30 });
    expect(card()).toMatchObject({ count: 2, sumMinor: 130 });
    expect(t.reopen().verify().kind).toBe('sound');
  });

  it('is there with its outcome, or neither is', () => {
    t.queue.payments.register(registration('p1'));
    const broken = { ...approval('p1'), cancelReversal: 'none such' };
    expect(() => t.queue.commitOutcome(broken)).toThrow('none such');
    expect(card()).toEqual(NOTHING);
    expect(t.queue.records.head().sequence).toBe(0);
  });

  it('goes to the day that the clock shows; a clock set back forgets nothing of what was later', () => {
    pay({ amountMinor: 100 });
    refuse('card');
    pay({ amountMinor: 5, at: '2026-03-08T10:00:00+08:00' });
    expect(card()).toMatchObject({ count: 1, sumMinor: 100, tripped: true });
    const setBack = { count: 2, sumMinor: 105, tripped: true, latestAt: '2026-03-09T10:15:30.000+08:00' };
    expect(t.queue.spending.ofCard('2026-03-08', tokenOf())).toEqual(setBack);
    expect(t.queue.spending.ofTerminal('2026-03-02')).toMatchObject({ count: 2, sumMinor: 105, tripped: false });
    // A clock that was further ahead was broken, and must not count for months.
    expect(t.queue.spending.ofTerminal('2026-03-01')).toMatchObject({ count: 1, sumMinor: 5 });
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('has a last payment of a card, whatever the day, within a week', () => {
    const { lastOf } = t.queue.spending;
    expect(lastOf(DAY, tokenOf())).toBeUndefined();
    const at = '2026-03-02T23:59:59+08:00';
    pay({ at });
    expect([lastOf('2026-03-02', tokenOf()), lastOf(DAY, tokenOf()), lastOf(DAY, tokenOf(OTHER))]).toEqual([
      at,
      at,
      undefined,
    ]);
    expect([lastOf('2026-03-10', tokenOf()), lastOf('2026-02-23', tokenOf())]).toEqual([undefined, at]);
    // One that was refused has not paid.
    refuse('card');
    expect(lastOf(DAY, tokenOf())).toBe(at);
    pay({ at: '2026-03-08T00:00:00+08:00' });
    expect(lastOf(DAY, tokenOf())).toBe('2026-03-08T00:00:00+08:00');
  });

  it('is forgotten by whole days, once there are seven newer ones, however far apart', () => {
    for (const day of [1, 2, 3, 4, 5, 6, 7]) pay({ at: `20${day}6-03-09T10:00:00+08:00` });
    expect(t.queue.spending.ofCard('2016-03-09', tokenOf()).count).toBe(1);
    pay({ at: '2099-03-09T10:00:00+08:00' });
    expect(t.queue.spending.ofCard('2016-03-09', tokenOf())).toEqual(NOTHING);
    expect(t.queue.spending.ofTerminal('2016-03-09').count).toBe(0);
    expect(t.queue.spending.ofCard('2026-03-09', tokenOf()).count).toBe(1);
    expect(t.queue.verify().kind).toBe('sound');
    pay({ at: '2006-03-09T10:00:00+08:00' });
    expect(t.queue.spending.ofCard('2006-03-09', tokenOf()).count).toBe(1);
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('of an earlier version of the queue is counted from its records', () => {
    for (let n = 0; n < 3; n++) pay({ amountMinor: 100 });
    const before = card();
    t.tamper((db) => {
      uncounted(db);
      rmSync(`${t.path}.tail`);
      db.exec(BACK_TO_VERSION_1);
    });
    expect(card()).toEqual(before);
    expect(t.queue.spending.ofTerminal(DAY)).toMatchObject({ count: 3, sumMinor: 300 });
    expect(t.queue.verify().kind).toBe('sound');
  });
});

describe('the breaker', () => {
  it('of a card opens with the record of the refusal, and stays open for the day', () => {
    pay({ amountMinor: 100 });
    refuse('card');
    expect(card()).toMatchObject({ count: 1, sumMinor: 100, tripped: true });
    expect(t.queue.spending.ofTerminal(DAY).tripped).toBe(false);
    expect(card(t.reopen()).tripped).toBe(true);
    expect(t.queue.spending.ofCard('2026-03-10', tokenOf()).tripped).toBe(false);
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('of a card that has spent nothing yet, and a second time', () => {
    refuse('card');
    refuse('card');
    expect(card()).toMatchObject({ count: 0, tripped: true });
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('of the terminal', () => {
    refuse('terminal', {});
    expect(t.queue.spending.ofTerminal(DAY).tripped).toBe(true);
    expect(card().tripped).toBe(false);
  });

  it('does not open by an approval', () => {
    expect(() => pay({}, { breaker: 'card' })).toThrow('refusal');
  });

  it('is open where another hand has changed the row', () => {
    pay({ amountMinor: 100 });
    t.tamper((db) => db.exec("update spendings set sum_minor = 1, count = 0 where name like 'card%'"));
    expect(card().tripped).toBe(true);
    expect(faultOf(t.queue.verify())).toBe('changed 0/0');
  });
});

describe('rows deleted by hand', () => {
  it.each([["name like 'card%'"], ["name not like 'card%'"], ['true'], ["name like '%2026-03-09%'"]])(
    'where %s: noticed',
    (where) => {
      pay({ at: '2026-03-08T10:00:00+08:00' });
      pay();
      pay({}, {}, OTHER);
      t.queue.close();
      const db = openDatabase(t.path);
      db.prepare(`delete from spendings where ${where}`).run();
      db.close();
      // Whoever deletes all of it makes the queue count anew.
      expect([faultOf(t.reopen().verify()), card().count]).toEqual(
        where === 'true' ? ['changed 0/0', 1] : ['missing 0/0', expect.any(Number)],
      );
    },
  );

  it('sells on', () => {
    sell(t.queue, 'p1');
    expect(t.queue.verify().kind).toBe('sound');
  });
});
