import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { Payment } from './sandbox-under-test.ts';

/** 9F61 of the card of the tray that names a document. */
const DOCUMENT = '11010519491231002X';

interface Question {
  readonly id: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}
type Asking = Payment & { readonly question?: Question; readonly code?: string; readonly detail?: string };

/** What the card waits for somebody at the register to say. */
describe('a payment that asks', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const asks = (id: string): Promise<Question> =>
    until(`${id} to ask`, async () => ((await agent.payment(id)) as Asking).question);
  const answer = (id: string, body: object) => agent.call<Asking>('POST', `/v1/payments/${id}/answer`, body);
  const ended = (id: string) => agent.reaches(id, 'approved', 'declined', 'cancelled', 'failed');

  const start = async (card: string, kind = 'purchase') => {
    const id = await agent.ask(
      kind === 'balance' ? { kind } : { kind, amountMinor: 1280, currency: 'CNY', reference: 'r' },
    );
    await agent.tap(card);
    return { id, question: await asks(id) };
  };

  describe('which application', () => {
    const CANDIDATES = [
      { index: 0, label: 'JIANGDU CASH', aid: 'A000000333010106' },
      { index: 1, label: 'JIANGDU DEBIT', aid: 'A000000333010101' },
    ];

    it('while the card stays; the one that is chosen pays', async () => {
      const { id, question } = await start('choose-application');
      expect(question).toEqual({ id: question.id, kind: 'application', candidates: CANDIDATES });
      expect((await agent.payment(id)).state).toBe('card-present');
      const taken = await answer(id, { question: question.id, kind: 'application', index: 0 });
      expect(taken).toMatchObject({ status: 200, body: { id } });
      expect(taken.body.question).toBeUndefined();
      expect(await ended(id)).toMatchObject({ state: 'approved', fundedBy: 'chip', card: { aid: 'A000000333010106' } });
    });

    it('the other one pays where it is chosen, and not a fen of the first', async () => {
      const before = agent.balance('choose-application');
      const { id, question } = await start('choose-application');
      await answer(id, { question: question.id, kind: 'application', index: 1 });
      expect(await asks(id)).toMatchObject({ kind: 'pin', checkedBy: 'host', mayBypass: true });
      agent.pad.act({ pin: '123456' });
      const payment = await ended(id);
      expect(payment).toMatchObject({ state: 'approved', fundedBy: 'account', card: { label: 'JIANGDU DEBIT' } });
      expect(payment).not.toHaveProperty('question');
      expect(agent.balance('choose-application')).toBe(before);
    });

    it('also of an inquiry and of a load', async () => {
      const inquiry = await start('choose-application', 'balance');
      await answer(inquiry.id, { question: inquiry.question.id, kind: 'application', index: 0 });
      expect(await ended(inquiry.id)).toMatchObject({ state: 'approved', card: { balanceMinor: 10_000 } });
      const load = await start('choose-application', 'load');
      await agent.cancel(load.id);
      expect(await ended(load.id)).toMatchObject({ state: 'cancelled', reason: 'cancelled', debited: 'none' });
    });

    it('the same answer twice is one, another is refused, and so is one to another question', async () => {
      const { id, question } = await start('choose-application');
      const given = { question: question.id, kind: 'application', index: 0 };
      expect(await answer(id, { ...given, question: question.id + 1 })).toMatchObject({
        status: 409,
        body: { code: 'question-over', payment: { id, question: { id: question.id } } },
      });
      expect((await answer(id, given)).status).toBe(200);
      expect((await answer(id, given)).status).toBe(200);
      expect(await answer(id, { ...given, index: 1 })).toMatchObject({
        status: 409,
        body: { code: 'question-answered', payment: { id } },
      });
      expect(await ended(id)).toMatchObject({ state: 'approved', card: { label: 'JIANGDU CASH' } });
      expect(await answer(id, given)).toMatchObject({ status: 200, body: { state: 'approved' } });
      expect(await answer(id, { ...given, question: question.id + 1 })).toMatchObject({
        status: 409,
        body: { code: 'payment-final', payment: { state: 'approved' } },
      });
    });

    it.each<[string, object, number, string]>([
      ['an application that was not offered', { kind: 'application', index: 2 }, 422, 'answer-does-not-fit'],
      ['another kind of answer', { kind: 'id-document', matches: true }, 422, 'answer-does-not-fit'],
      ['a PIN left out', { kind: 'pin', bypass: true }, 422, 'answer-does-not-fit'],
      ['no index', { kind: 'application' }, 400, 'invalid-request'],
      ['half an index', { kind: 'application', index: 0.5 }, 400, 'invalid-request'],
      ['no kind', { index: 0 }, 400, 'invalid-request'],
      ['more than was asked', { kind: 'application', index: 0, tip: 1 }, 400, 'invalid-request'],
    ])('%s: the question stands', async (_, body, status, code) => {
      const { id, question } = await start('choose-application');
      expect(await answer(id, { question: question.id, ...body })).toMatchObject({ status, body: { code } });
      expect(await asks(id)).toEqual(question);
    });

    it('of no payment that there is', async () => {
      const body = { question: 1, kind: 'application', index: 0 };
      expect(await answer('nosuch', body)).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
    });

    it('cancelled: at once, and nothing is charged', async () => {
      const { id } = await start('choose-application');
      expect(await agent.cancel(id)).toMatchObject({ status: 200, body: { state: 'cancelled', reason: 'cancelled' } });
      expect(agent.outcomes()).toEqual([]);
    });

    it('a card that is pulled out is asked for again, and the same question is put anew', async () => {
      const { id, question } = await start('choose-application');
      await agent.readers.field(1).remove();
      const again = await agent.reaches(id, 'present-again');
      expect(again).toMatchObject({ reason: 'transmission', debited: 'none' });
      expect(again).not.toHaveProperty('question');
      const given = { question: question.id, kind: 'application', index: 1 };
      expect(await answer(id, given)).toMatchObject({ status: 409, body: { code: 'question-over' } });
      await agent.tap('choose-application');
      const second = await asks(id);
      expect(second.id).toBeGreaterThan(question.id);
      await answer(id, { question: second.id, kind: 'application', index: 0 });
      expect(await ended(id)).toMatchObject({ state: 'approved', card: { label: 'JIANGDU CASH' } });
    });

    it('a power cut meanwhile: failed, and nothing was charged', async () => {
      const { id } = await start('choose-application');
      await agent.restart();
      expect(await agent.payment(id)).toMatchObject({ state: 'failed', reason: 'restarted', debited: 'none' });
    });
  });

  it('nobody answers: cancelled, and said so', async () => {
    await agent.down();
    agent.settings = { payment: { pinEntryMs: 1_000 } };
    await agent.up();
    await agent.ready();
    for (const card of ['choose-application', 'id-document']) {
      const { id } = await start(card);
      expect(await ended(id)).toMatchObject({ state: 'cancelled', reason: 'not-answered', debited: 'none' });
    }
  });

  describe('for a document', () => {
    const document = (id: string) =>
      agent.call<{ number?: string; code?: string }>('GET', `/v1/payments/${id}/document`);

    it('whose number is told to those who ask for it, as long as it is needed', async () => {
      const { id, question } = await start('id-document');
      const documentType = { code: 'identity-card', zh: '身份证', en: 'identity card' };
      expect(question).toEqual({ id: question.id, kind: 'id-document', documentType });
      expect(await document(id)).toEqual({
        status: 200,
        body: { question: question.id, documentType, number: DOCUMENT },
      });
      await answer(id, { question: question.id, kind: 'id-document', matches: true });
      expect(await ended(id)).toMatchObject({ state: 'approved', fundedBy: 'account' });
      expect(await document(id)).toMatchObject({ status: 404, body: { code: 'document-not-asked' } });
      const { head } = agent.queue.records;
      expect(agent.queue.records.get(1, head().sequence)?.record).toMatchObject({
        cardholderVerification: 'id-document',
      });
    });

    it('which is another: declined, before anything is charged', async () => {
      const { id, question } = await start('id-document');
      await answer(id, { question: question.id, kind: 'id-document', matches: false });
      expect(await ended(id)).toMatchObject({ state: 'declined', reason: 'document-mismatch', debited: 'none' });
      expect(agent.clearing.bodies('POST /v1/authorisations')).toEqual([]);
    });

    it('and its number reaches no log, event or payment', async () => {
      const stop = new AbortController();
      const stream = await fetch(`${agent.url}/v1/events`, { signal: stop.signal });
      let events = '';
      const read = async (): Promise<void> => {
        for await (const chunk of stream.body ?? []) events += new TextDecoder().decode(chunk as Uint8Array);
      };
      const ending = read().catch(() => {});
      const { id, question } = await start('id-document');
      expect((await document(id)).body.number).toBe(DOCUMENT);
      const list = await agent.call('GET', '/v1/payments');
      await answer(id, { question: question.id, kind: 'id-document', matches: true });
      await ended(id);
      await until('the events', async () => (/"state":"approved"/.test(events) ? true : undefined));
      stop.abort();
      await ending;
      expect(events).toContain('identity-card');
      const trace = await agent.call('GET', `/v1/payments/${id}/trace`);
      const kept = JSON.stringify([events, agent.logged, list, trace, agent.queue.payments.get(id)]);
      expect(kept).not.toContain(DOCUMENT);
      expect(kept).not.toContain('313130313035313934393132333130303258');
    });
  });

  describe('for a PIN', () => {
    it('that the card checks: tries left, the last one too, and then it is blocked', async () => {
      const { id, question } = await start('offline-pin');
      expect(question).toMatchObject({ kind: 'pin', checkedBy: 'card', triesLeft: 3, mayBypass: true });
      for (const triesLeft of [2, 1]) {
        agent.pad.act({ pin: '999999' });
        await until(`${triesLeft} tries`, async () =>
          ((await agent.payment(id)) as Asking).question?.['triesLeft'] === triesLeft ? true : undefined,
        );
      }
      agent.pad.act({ pin: '999999' });
      // The list of the card goes on with an online PIN.
      await until('the next PIN', async () =>
        ((await agent.payment(id)) as Asking).question?.['checkedBy'] === 'host' ? true : undefined,
      );
      agent.pad.act({ pin: '123456' });
      expect(await ended(id)).toMatchObject({ card: { pinBlocked: true } });
    });

    it('left out at the register: the pad is let go, the card is told, and no other PIN is asked for', async () => {
      const { id, question } = await start('offline-pin');
      const taken = await answer(id, { question: question.id, kind: 'pin', bypass: true });
      expect(taken.status).toBe(200);
      const payment = await ended(id);
      expect(agent.pad.act({ pin: '123456' })).toBe(false);
      expect(payment).toMatchObject({ state: 'declined', reason: 'pin-not-entered', debited: 'none' });
      expect(payment).not.toHaveProperty('card.pinBlocked');
    });

    it('of a tap cannot be left out', async () => {
      const id = await agent.pay(2500);
      await agent.tap('over-cvm-limit');
      const question = await asks(id);
      expect(question).toMatchObject({ kind: 'pin', checkedBy: 'host', mayBypass: false });
      expect(question).not.toHaveProperty('triesLeft');
      expect(await answer(id, { question: question.id, kind: 'pin', bypass: true })).toMatchObject({
        status: 422,
        body: { code: 'answer-does-not-fit' },
      });
      agent.pad.act({ pin: '123456' });
      expect(await ended(id)).toMatchObject({ state: 'approved' });
    });

    it('whose card is pulled out: the pad is let go, and the card asked for again', async () => {
      const { id } = await start('offline-pin');
      await agent.readers.field(1).remove();
      expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'transmission', debited: 'none' });
      expect(agent.pad.act({ pin: '123456' })).toBe(false);
    });

    it('that is blocked: said of the card, and another method is taken', async () => {
      const { id } = await start('pin-blocked');
      agent.pad.act({ pin: '123456' });
      expect(await ended(id)).toMatchObject({ card: { pinBlocked: true } });
    });
  });
});
