import { describe, expect, it } from 'vitest';
import type { Answer } from './register-client.ts';
import { REFRESH_EVERY_MS } from './session.ts';
import { answered, later, page, paymentOf, REFUSED, STATUS, UNKNOWN } from './session-world.ts';
import { START_LIMIT_MS, START_RETRY_MS } from './starter.ts';
import type { Attempt } from './state.ts';
import type { Payment, Status } from './wire.ts';

describe('starting a payment', () => {
  it('sends the amount once, however often the button is pressed', async () => {
    const { session, starts, key, settle, view } = await page();
    key('1280');
    session.start();
    session.start();
    await settle();
    session.start();
    expect(starts).toHaveLength(1);
    expect(starts[0]).toMatchObject({ amountMinor: 1280, reference: 'P2611240205-000000000000' });
    expect(view()).toMatchObject({ kind: 'payment', face: 'tap' });
  });

  it('sends nothing without an amount, and nothing to a daemon that is away', async () => {
    const empty = await page();
    empty.session.start();
    expect(empty.session.state().notice).toEqual({ kind: 'no-amount' });
    const away = await page({ status: () => UNKNOWN });
    away.key('500');
    away.session.start();
    expect(away.session.state().notice).toEqual({ kind: 'unreachable' });
    expect(away.session.state().entry.digits).toBe('500');
    expect([...empty.starts, ...away.starts]).toEqual([]);
  });

  it('asks again with the same key when the answer is lost', async () => {
    const { session, starts, key, settle, pass, view } = await page({
      start: (attempt, n) => (n < 3 ? UNKNOWN : answered(paymentOf(attempt))),
    });
    key('700');
    session.start();
    await settle();
    expect(view()).toMatchObject({ kind: 'starting', amountMinor: 700, unanswered: true });
    await pass(START_RETRY_MS);
    await pass(START_RETRY_MS);
    expect(starts).toHaveLength(3);
    expect(new Set(starts.map((attempt) => JSON.stringify(attempt))).size).toBe(1);
    expect(view()).toMatchObject({ kind: 'payment', face: 'tap' });
    await pass(START_LIMIT_MS);
    expect(starts).toHaveLength(3);
  });

  it('stops asking once an event tells of the payment', async () => {
    const { session, starts, key, settle, hear, pass, view } = await page({ start: () => UNKNOWN });
    key('700');
    session.start();
    await settle();
    await hear(paymentOf(starts[0] as Attempt, { state: 'card-present' }));
    expect(view()).toMatchObject({ kind: 'payment', face: 'hold' });
    await pass(START_RETRY_MS);
    expect(starts).toHaveLength(1);
  });

  it('shows what the event said when the answer comes after it', async () => {
    const answer = later<Answer<Payment>>();
    const { session, starts, key, settle, hear, view } = await page({ start: () => answer.promise });
    key('700');
    session.start();
    const attempt = starts[0] as Attempt;
    await hear(paymentOf(attempt, { state: 'approved', debited: 'chip' }));
    answer.give(answered(paymentOf(attempt)));
    await settle();
    expect(view()).toMatchObject({ kind: 'payment', face: 'approved' });
  });

  it('gives the amount back when the daemon refuses', async () => {
    const { session, key, settle, view } = await page({ start: () => REFUSED });
    key('700');
    session.start();
    await settle();
    expect(view()).toEqual({ kind: 'entry' });
    expect(session.state().entry).toEqual({ digits: '700', kept: true, full: false });
    expect(session.state().notice).toEqual(REFUSED);
  });

  it('shows the payment that is in the way, and has the amount still after it', async () => {
    const other = paymentOf({ key: 'other', kind: 'purchase', reference: 'other', amountMinor: 99 });
    let known: readonly Payment[] = [];
    const { session, key, settle, hear, view } = await page({ start: () => REFUSED, listed: () => answered(known) });
    key('700');
    known = [other];
    session.start();
    await settle();
    expect(view()).toMatchObject({ kind: 'payment', payment: { amountMinor: 99 } });
    known = [{ ...other, state: 'approved' }];
    await hear({ ...other, state: 'approved' });
    session.next();
    expect(session.state().entry.digits).toBe('700');
  });

  it.each([
    ['was made', true],
    ['was not made', false],
  ])('asks the list in the end, when the payment %s', async (_case, made) => {
    const known: Payment[] = [];
    const { session, starts, key, settle, pass, view } = await page({
      start: () => UNKNOWN,
      listed: () => answered(known),
    });
    key('700');
    session.start();
    await settle();
    if (made) known.push(paymentOf(starts[0] as Attempt));
    await pass(START_LIMIT_MS);
    if (made) expect(view()).toMatchObject({ kind: 'payment', face: 'tap' });
    else {
      expect(view()).toEqual({ kind: 'entry' });
      expect(session.state().entry.digits).toBe('700');
      expect(session.state().notice).toEqual({ kind: 'not-started' });
    }
    const sent = starts.length;
    await pass(START_RETRY_MS);
    expect(starts).toHaveLength(sent);
  });
});

describe('a page that is loaded anew', () => {
  it('has the amount still', async () => {
    const kept = new Map<string, string>();
    const first = await page({ kept });
    first.key('1280');
    expect((await page({ kept })).session.state().entry.digits).toBe('1280');
  });

  it('sends nothing by itself, and takes the payment from the list', async () => {
    const kept = new Map<string, string>();
    const first = await page({ kept, start: () => later<Answer<Payment>>().promise });
    first.key('1280');
    first.session.start();
    const made = paymentOf(first.starts[0] as Attempt, { state: 'present-again', reason: 'torn' });
    const second = await page({ kept, listed: () => answered([made]) });
    expect(second.starts).toEqual([]);
    expect(second.view()).toMatchObject({ kind: 'payment', face: 'same-card-again' });
    expect([...kept]).toEqual([]);
  });

  it('offers the amount again when the list does not have the payment', async () => {
    const kept = new Map<string, string>();
    const first = await page({ kept, start: () => later<Answer<Payment>>().promise });
    first.key('1280');
    first.session.start();
    const second = await page({ kept });
    expect(second.view()).toEqual({ kind: 'entry' });
    expect(second.session.state().entry.digits).toBe('1280');
    expect(second.session.state().notice).toEqual({ kind: 'not-started' });
  });

  it('waits for the list while the daemon is away', async () => {
    const kept = new Map<string, string>();
    const first = await page({ kept, start: () => later<Answer<Payment>>().promise });
    first.key('1280');
    first.session.start();
    const second = await page({ kept, status: () => UNKNOWN });
    expect(second.view()).toMatchObject({ kind: 'starting', unanswered: true });
  });

  it.each(['{', '{}', '{"key":1,"reference":"r","amountMinor":1}'])('is not hurt by %s in its store', async (text) => {
    const kept = new Map([
      ['jdpos.attempt', text],
      ['jdpos.amount', '-5'],
    ]);
    const { view, session } = await page({ kept });
    expect(view()).toEqual({ kind: 'entry' });
    expect(session.state().entry.digits).toBe('');
  });
});

describe('cancelling', () => {
  it('waits for the answer to the start, then cancels once', async () => {
    const answer = later<Answer<Payment>>();
    const { session, starts, cancelled, key, settle, view } = await page({ start: () => answer.promise });
    key('700');
    session.start();
    session.cancel();
    session.cancel();
    expect(cancelled).toEqual([]);
    answer.give(answered(paymentOf(starts[0] as Attempt)));
    await settle();
    expect(cancelled).toHaveLength(1);
    expect(view()).toMatchObject({ face: 'cancelled' });
    session.next();
    expect(session.state().entry).toEqual({ digits: '700', kept: true, full: false });
  });

  it('asks before it gives up a card that may have paid', async () => {
    const { session, starts, cancelled, key, settle, hear } = await page();
    key('700');
    session.start();
    await settle();
    session.giveUp();
    await hear(paymentOf(starts[0] as Attempt, { state: 'present-again', reason: 'torn', debited: 'unknown' }));
    session.cancel();
    expect(session.state().confirming).toBe(true);
    session.keepWaiting();
    session.giveUp();
    expect(cancelled).toEqual([]);
    session.cancel();
    session.giveUp();
    await settle();
    expect(cancelled).toHaveLength(1);
  });

  it('withdraws the question when the card comes back', async () => {
    const { session, starts, cancelled, key, settle, hear } = await page();
    key('700');
    session.start();
    await settle();
    await hear(paymentOf(starts[0] as Attempt, { state: 'present-again', reason: 'torn' }));
    session.cancel();
    await hear(paymentOf(starts[0] as Attempt, { state: 'card-present' }));
    session.giveUp();
    expect(cancelled).toEqual([]);
  });
});

describe('what happens elsewhere', () => {
  const other = paymentOf({ key: 'x', kind: 'purchase', reference: 'from the register', amountMinor: 4_200 });

  it('is shown, and leaves alone what is keyed here', async () => {
    const { session, key, hear, view } = await page();
    key('15');
    await hear(other);
    expect(view()).toMatchObject({ kind: 'payment', payment: { amountMinor: 4_200 } });
    key('9');
    await hear({ ...other, state: 'declined' });
    session.next();
    expect(session.state().entry).toEqual({ digits: '15', kept: false, full: false });
  });

  it('that ended before the page was loaded is no news', async () => {
    const { view } = await page({ listed: () => answered([{ ...other, state: 'approved' }]) });
    expect(view()).toEqual({ kind: 'entry' });
  });

  it('a digit after a result begins the next amount and loses no digit', async () => {
    const { session, key, hear } = await page();
    await hear(other);
    await hear({ ...other, state: 'approved' });
    key('305');
    expect(session.state().entry.digits).toBe('305');
    expect(session.state().currentId).toBeUndefined();
  });

  it('a live payment that the daemon does not have any more is not in the way of the next one', async () => {
    let known: readonly Payment[] = [other];
    const { session, starts, key, settle, pass, view } = await page({ listed: () => answered(known) });
    known = [];
    await pass(REFRESH_EVERY_MS);
    expect(view()).toEqual({ kind: 'entry' });
    key('5');
    session.start();
    await settle();
    expect(starts).toHaveLength(1);
  });

  it('a daemon that falls silent is noticed, and one that is back is asked for everything', async () => {
    let answer: Answer<Status> = answered(STATUS);
    let listed: readonly Payment[] = [other];
    const { view, pass, fire } = await page({ status: () => answer, listed: () => answered(listed) });
    expect(view()).toMatchObject({ face: 'tap' });
    answer = UNKNOWN;
    await pass(REFRESH_EVERY_MS);
    expect(view()).toMatchObject({ face: 'lost' });
    answer = answered(STATUS);
    listed = [{ ...other, state: 'approved' }];
    await fire('open');
    expect(view()).toMatchObject({ face: 'approved' });
  });
});

describe('a code that was scanned', () => {
  const CODE = { family: 'wechat', reasonText: { zh: '这是微信付款码。', en: 'That is a WeChat payment code.' } };

  it('is spoken of until a key is pressed or a payment goes on', async () => {
    const world = await page();
    await world.fire('code', CODE);
    expect(world.session.state().scanned?.text).toEqual(CODE.reasonText);
    world.key('1');
    expect(world.session.state().scanned).toBeUndefined();
    expect(world.session.state().entry.digits).toBe('1');
    await world.fire('code', CODE);
    expect(world.session.state().scanned).toBeDefined();
    await world.hear(paymentOf({ key: 'k', reference: 'r', kind: 'purchase', amountMinor: 100 }));
    expect(world.session.state().scanned).toBeUndefined();
  });

  it('with no sentence is passed over', async () => {
    const world = await page();
    for (const data of [undefined, {}, { reasonText: 5 }]) await world.fire('code', data);
    expect(world.session.state().scanned).toBeUndefined();
  });
});

describe('beside selling', () => {
  it('a balance is asked for without an amount, and what is keyed stays', async () => {
    const { session, starts, key, settle, hear, view } = await page();
    key('1280');
    session.start('balance');
    await settle();
    expect(starts).toMatchObject([{ kind: 'balance', amountMinor: 0 }]);
    expect(view()).toMatchObject({ kind: 'payment', face: 'tap', payment: { kind: 'balance' } });
    await hear(paymentOf(starts[0] as Attempt, { state: 'approved' }));
    session.next();
    expect(session.state().entry).toEqual({ digits: '1280', kept: false, full: false });
  });

  it('a load takes what is keyed, and needs it', async () => {
    const { session, starts, key, settle, hear } = await page();
    session.start('load');
    expect(session.state().notice).toEqual({ kind: 'no-amount' });
    key('5000');
    session.start('load');
    session.start('load');
    await settle();
    expect(starts).toMatchObject([{ kind: 'load', amountMinor: 5_000 }]);
    // A load that came to nothing is not offered where a sale would be charged.
    await hear(paymentOf(starts[0] as Attempt, { state: 'declined', reason: 'not-loaded' }));
    session.next();
    expect(session.state().entry.digits).toBe('');
  });

  it('an inquiry that is refused leaves the amount as it was keyed', async () => {
    const { session, key, settle } = await page({ start: () => REFUSED });
    key('1280');
    session.start('balance');
    await settle();
    expect(session.state().entry).toEqual({ digits: '1280', kept: false, full: false });
    expect(session.state().notice).toEqual({ kind: 'refused', problem: REFUSED.problem });
  });

  it('a load whose answer was lost is the same load after a reload, never sent again', async () => {
    const kept = new Map<string, string>();
    const before = await page({ kept, start: () => UNKNOWN });
    before.key('5000');
    before.session.start('load');
    await before.settle();
    const [attempt] = before.starts;
    const after = await page({ kept, listed: () => answered([paymentOf(attempt as Attempt)]) });
    expect(after.starts).toEqual([]);
    expect(after.view()).toMatchObject({ kind: 'payment', payment: { kind: 'load', amountMinor: 5_000 } });
  });
});
