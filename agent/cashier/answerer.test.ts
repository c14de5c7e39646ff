import { describe, expect, it } from 'vitest';
import type { Reply } from './question.ts';
import type { Answer } from './register-client.ts';
import { answered, later, page, paymentOf, REFUSED, STATUS, UNKNOWN } from './session-world.ts';
import type { Attempt } from './state.ts';
import type { Payment, Question } from './wire.ts';

const candidate = (index: number) => ({ index, label: `APP ${index}`, aid: 'A000000333010106' });
const WHICH: Question = { id: 7, kind: 'application', candidates: [candidate(0), candidate(1)] };
const ONE: Question = { ...WHICH, candidates: [candidate(0)] };
const DOCUMENT: Question = { id: 8, kind: 'id-document', documentType: { zh: '护照', en: 'passport' } };
const PIN: Question = { id: 9, kind: 'pin', triesLeft: 1, mayBypass: true };

/** A page on which a payment asks, and a daemon that has this payment. */
async function asking(question: Question, world: Parameters<typeof page>[0] = {}) {
  let listed: Payment[] = [];
  const at = await page({ listed: () => answered(listed), ...world });
  at.key('500');
  at.session.start();
  await at.settle();
  const attempt = at.starts[0] as Attempt;
  const hear = async (change: Partial<Payment>): Promise<void> => {
    listed = [paymentOf(attempt, { state: 'card-present', ...change })];
    await at.hear(listed[0] as Payment);
  };
  await hear({ question, state: question.kind === 'pin' ? 'awaiting-pin' : 'card-present' });
  return { ...at, hear, goesOn: paymentOf(attempt, { state: 'card-present' }) };
}

describe('answering what a payment asks', () => {
  it('sends the answer once, however often it is pressed, and follows the payment', async () => {
    const { promise, give } = later<Answer<Payment>>();
    const { session, replies, settle, view, goesOn } = await asking(WHICH, { replied: () => promise });
    session.choose(2);
    session.choose(1);
    session.choose(2);
    expect(replies).toEqual([{ question: 7, kind: 'application', index: 1 }]);
    expect(session.state().replying).toBe(7);
    give(answered(goesOn));
    await settle();
    expect(session.state().replying).toBeUndefined();
    expect(view()).toMatchObject({ face: 'hold' });
  });

  it('has no answer beyond those that are offered, and none where nothing is asked', async () => {
    const { session, replies, hear } = await asking(WHICH);
    session.choose(3);
    session.bypassPin();
    await hear({});
    session.choose(1);
    session.confirm();
    expect(replies).toEqual([]);
  });

  it('confirms where there is one answer alone', async () => {
    const two = await asking(WHICH);
    two.session.confirm();
    expect(two.replies).toEqual([]);
    const one = await asking(ONE);
    one.session.confirm();
    expect(one.replies).toHaveLength(1);
  });

  it('an answer that is lost may be given again, one that comes too late is said to be', async () => {
    const lost = await asking(WHICH, { replied: () => UNKNOWN });
    lost.session.choose(1);
    await lost.settle();
    expect(lost.session.state()).toMatchObject({ notice: { kind: 'reply-lost' } });
    lost.session.choose(1);
    expect(lost.replies).toHaveLength(2);
    const late = await asking(WHICH, { replied: () => REFUSED });
    late.session.choose(1);
    await late.settle();
    expect(late.session.state()).toMatchObject({ notice: { kind: 'reply-late' } });
  });

  it('is not sent to a daemon that is away', async () => {
    let away = false;
    const status = () => (away ? UNKNOWN : answered(STATUS));
    const { session, replies, fire, settle, view } = await asking(WHICH, { status });
    away = true;
    await fire('error');
    await settle();
    expect(view()).toMatchObject({ face: 'lost' });
    session.choose(1);
    expect(replies).toEqual([]);
  });

  it('a document is compared when its number is there, and forgotten with its question', async () => {
    let number = '';
    const document = () => (number === '' ? UNKNOWN : answered({ question: 8, number }));
    const { session, replies, pass, hear } = await asking(DOCUMENT, { document });
    session.choose(1);
    expect(replies).toEqual([]);
    number = 'E12345678';
    await pass(10_000);
    expect(session.state().document).toEqual({ question: 8, number });
    session.confirm();
    expect(replies).toEqual([]);
    session.choose(2);
    expect(replies).toEqual<Reply[]>([{ question: 8, kind: 'id-document', matches: false }]);
    await hear({});
    expect(session.state().document).toBeUndefined();
  });

  it('leaves a PIN out where that is allowed, and never by a number', async () => {
    const may = await asking(PIN);
    may.session.choose(1);
    may.session.confirm();
    expect(may.replies).toEqual([]);
    may.session.bypassPin();
    expect(may.replies).toEqual([{ question: 9, kind: 'pin', bypass: true }]);
    const mayNot = await asking({ ...PIN, mayBypass: false });
    mayNot.session.bypassPin();
    expect(mayNot.replies).toEqual([]);
  });
});
