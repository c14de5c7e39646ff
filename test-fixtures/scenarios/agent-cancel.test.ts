import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentAt, tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** A cancellation in each state that a payment can be in (design 6). */
describe('cancelling', () => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  const awaitingPin = async (): Promise<string> => {
    const id = await agent.pay(2500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    return id;
  };

  const reversals = () => agent.clearing.bodies<{ paymentId: string; authorisation: string }>('POST /v1/reversals');

  it('awaiting-card: cancelled, without a record', async () => {
    const records = agent.outcomes().length;
    const id = await agent.pay(100);
    const { status, body } = await agent.cancel(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'cancelled', reason: 'cancelled', debited: 'none' });
    expect(body.record).toBeUndefined();
    expect(agent.outcomes()).toHaveLength(records);
    await agent.tap('rich');
    expect((await agent.payment(id)).state).toBe('cancelled');
    expect(agent.balance('rich')).toBe(80_000);
  });

  it('awaiting-pin: cancelled, the PIN pad is let go, the host is not asked', async () => {
    const id = await awaitingPin();
    expect((await agent.cancel(id)).body).toMatchObject({ state: 'cancelled', reason: 'cancelled', debited: 'none' });
    expect(agent.pad.act({ pin: '123456' })).toBe(false);
    expect(agent.clearing.bodies('POST /v1/authorisations')).toHaveLength(0);
  });

  it('at the PIN pad: cancelled by the customer', async () => {
    const id = await awaitingPin();
    agent.pad.act({ key: 'cancel' });
    expect(await agent.reaches(id, 'cancelled')).toMatchObject({ reason: 'pin-cancelled', debited: 'none' });
  });

  it('authorising: cancelled, and what the host may hold is reversed', async () => {
    agent.clearing.on('POST /v1/authorisations', () => 'never');
    const id = await awaitingPin();
    agent.pad.act({ pin: '123456' });
    await agent.reaches(id, 'authorising');
    await until('the host to be asked', async () => agent.clearing.bodies('POST /v1/authorisations')[0]);
    expect((await agent.cancel(id)).body).toMatchObject({ state: 'cancelled', reason: 'cancelled', debited: 'none' });
    agent.clearing.on('POST /v1/authorisations', undefined);
    const reversal = await until('the reversal', async () => reversals().find(({ paymentId }) => paymentId === id));
    const [asked] = agent.clearing.bodies<{ id: string }>('POST /v1/authorisations');
    expect(reversal.authorisation).toBe(asked?.id);
    await until('its acknowledgement', async () => (agent.queue.reversals.due().length === 0 ? true : undefined));
  });

  it('present-again without an intent: cancelled', async () => {
    const id = await agent.pay(100);
    await agent.tap('rich', tearAt(2, 'before-card'));
    await agent.reaches(id, 'present-again');
    expect((await agent.cancel(id)).body).toMatchObject({ state: 'cancelled', debited: 'none' });
  });

  it('present-again with an intent: undecided, on record', async () => {
    const last = await agent.commandsOf('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', tearAt(last, 'after-card'));
    await agent.reaches(id, 'present-again');
    const { body } = await agent.cancel(id);
    expect(body).toMatchObject({ state: 'undecided', debited: 'unknown' });
    expect(body.reasonText?.en).toContain('not known');
    expect(agent.outcomes().at(-1)).toBe('undecided');
    expect((await agent.status()).queue.unacknowledgedCount).toBeGreaterThan(0);
  });

  it('while the card is being read: as soon as the card has been read to its end', async () => {
    await agent.restartWith({ payment: { exchangeMs: 2_000 } });
    const id = await agent.pay(100);
    await agent.tap('two-applications', silentAt(3));
    await agent.reaches(id, 'card-present');
    const { status, body } = await agent.cancel(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'cancelled', debited: 'none' });
  });

  it('while the card is being read that then wants the host: the host is not asked', async () => {
    const asked = agent.clearing.bodies('POST /v1/authorisations').length;
    const id = await agent.pay(60_000);
    let cancelled: ReturnType<AgentUnderTest['cancel']> | undefined;
    agent.onStep = async ({ name }) => {
      if (name !== 'kernel-started') return;
      cancelled = agent.cancel(id);
      await until('the cancellation', async () =>
        agent.logged.some((line) => line.includes('cancelled by the register') && line.includes(id)) ? true : undefined,
      );
    };
    await agent.tap('sm4');
    expect(await agent.reaches(id, ...['cancelled', 'declined', 'approved'])).toMatchObject({ state: 'cancelled' });
    agent.onStep = () => {};
    expect((await cancelled)?.status).toBe(200);
    expect(agent.clearing.bodies('POST /v1/authorisations')).toHaveLength(asked);
  });

  it('while an intent is probed that turns out not to be debited: no new payment is begun on the card', async () => {
    const last = await agent.commandsOf('two-applications');
    const before = agent.balance('two-applications');
    const id = await agent.pay(100);
    await agent.tap('two-applications', tearAt(last, 'before-card'));
    await agent.reaches(id, 'present-again');
    let cancelled: ReturnType<AgentUnderTest['cancel']> | undefined;
    agent.onStep = async ({ name }) => {
      if (name !== 'intent-probed') return;
      cancelled = agent.cancel(id);
      await until('the cancellation', async () =>
        agent.logged.some((line) => line.includes('cancelled by the register') && line.includes(id)) ? true : undefined,
      );
    };
    await agent.tap('two-applications');
    expect(await agent.reaches(id, 'cancelled', 'approved')).toMatchObject({ state: 'cancelled', debited: 'none' });
    agent.onStep = () => {};
    expect((await cancelled)?.status).toBe(200);
    expect(agent.balance('two-applications')).toBe(before);
  });

  it('what is over stays as it is, and says so', async () => {
    const { id } = await agent.sale('two-applications', 100);
    const { status, body } = await agent.cancel(id);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'payment-final', payment: { state: 'approved' } });
  });

  it('twice is once', async () => {
    const id = await agent.pay(100);
    await agent.cancel(id);
    expect(await agent.cancel(id)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });

  it('nothing that exists', async () => {
    expect(await agent.cancel('no-such-payment')).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
  });

  it('a payment that nobody pays ends by itself', async () => {
    const quick = await AgentUnderTest.start({ payment: { awaitCardMs: 1_000 } });
    const id = await quick.pay(100);
    expect(await quick.reaches(id, 'cancelled')).toMatchObject({ reason: 'timeout', debited: 'none' });
    await quick.stop();
  });
});
