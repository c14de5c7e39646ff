import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STEPS, type StepName } from '../../agent/index.ts';
import { tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';

/** What the register finds after the restart. */
const FROM_CHIP: readonly (readonly [StepName, string])[] = [
  ['registered', 'failed'],
  ['card-arrived', 'failed'],
  ['card-present', 'failed'],
  ['kernel-started', 'failed'],
  ['intent-saved', 'present-again'],
  ['outcome-known', 'present-again'],
  ['outcome-committed', 'approved'],
  ['outcome-told', 'approved'],
];

const FROM_ACCOUNT: readonly (readonly [StepName, string])[] = [
  ['pin-awaited', 'failed'],
  ['pin-ended', 'failed'],
  ['reversal-written', 'failed'],
  ['host-answered', 'failed'],
  ['outcome-known', 'failed'],
  ['outcome-committed', 'approved'],
  ['outcome-told', 'approved'],
];

const RECOVERY: readonly (readonly [StepName, string])[] = [
  ['intent-probed', 'present-again'],
  ['outcome-committed', 'approved'],
];

/** The process dies after a numbered step, and comes up again: nothing is doubled, nothing is lost. */
describe('dying after a step', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const died = () => until('the process to die', async () => (agent.isDead ? true : undefined));

  /** The one payment there is, as a register finds it that was told nothing. */
  const payment = async () => {
    const { items } = (await agent.call<{ items: { id: string }[] }>('GET', '/v1/payments')).body;
    const [latest] = items;
    if (latest === undefined) throw new Error('no payment');
    return agent.payment(latest.id);
  };

  const askToPay = (amountMinor: number) =>
    // The answer is lost with the process.
    agent.pay(amountMinor).catch(() => undefined);

  it.each(FROM_CHIP)('of a payment from the chip, %s: %s', async (step, expected) => {
    const before = agent.balance('rich');
    agent.dieAfter(step);
    await askToPay(700);
    if (!agent.isDead) await agent.tap('rich');
    await died();
    await agent.readers.field().remove();
    await agent.restart();

    const found = await payment();
    expect(found.state).toBe(expected);
    if (expected === 'failed') expect(found).toMatchObject({ reason: 'restarted', debited: 'none' });
    if (expected === 'present-again') await agent.tap('rich');
    const ended = await agent.reaches(found.id, ...FINAL);
    expect(ended.state).toBe(expected === 'failed' ? 'failed' : 'approved');
    expect(agent.balance('rich')).toBe(expected === 'failed' ? before : before - 700);
    expect(agent.outcomes()).toEqual(expected === 'failed' ? [] : ['approved']);
    expect(agent.queue.verify().kind).toBe('sound');
    expect((await agent.sale('rich', 100)).state).toBe('approved');
  });

  it.each(FROM_ACCOUNT)('of a payment from the account, %s: %s', async (step, expected) => {
    agent.dieAfter(step);
    await askToPay(2500);
    await agent.tap('over-cvm-limit');
    await until('the PIN or the end', async () =>
      agent.isDead || agent.pad.act({ pin: '123456' }) ? true : undefined,
    );
    await died();
    await agent.restart();

    expect((await payment()).state).toBe(expected);
    const asked = agent.clearing.bodies<{ id: string }>('POST /v1/authorisations');
    expect(asked.length).toBeLessThanOrEqual(1);
    const written = step !== 'pin-awaited' && step !== 'pin-ended';
    if (expected === 'failed' && written) {
      // Whether the host was asked or not: it is told to undo what it may have done.
      const [reversal] = await until('the reversal', async () => {
        const sent = agent.clearing.bodies<{ authorisation: string }>('POST /v1/reversals');
        return sent.length > 0 ? sent : undefined;
      });
      if (asked[0]) expect(reversal?.authorisation).toBe(asked[0].id);
      await until('nothing to be due', async () => (agent.queue.reversals.due().length === 0 ? true : undefined));
    }
    expect(agent.queue.reversals.due()).toEqual([]);
    expect(agent.outcomes()).toEqual(expected === 'failed' ? [] : ['approved']);
    if (expected === 'approved') expect(agent.clearing.bodies('POST /v1/reversals')).toEqual([]);
  });

  it.each(RECOVERY)('of a recovery, %s: %s', async (step, expected) => {
    const last = await agent.commandsOf('rich');
    const before = agent.balance('rich');
    const id = await agent.pay(700);
    await agent.tap('rich', tearAt(last, 'after-card'));
    await agent.reaches(id, 'present-again');
    agent.dieAfter(step);
    await agent.tap('rich');
    await died();
    await agent.readers.field().remove();
    await agent.restart();
    expect((await agent.payment(id)).state).toBe(expected);
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('rich')).toBe(before - 700);
    expect(agent.outcomes()).toEqual(['approved', 'approved']);
  });

  it('every step there is is died after', () => {
    const tried = [...FROM_CHIP, ...FROM_ACCOUNT, ...RECOVERY].map(([step]) => step);
    expect(new Set([...tried, 'intent-resolved'])).toEqual(new Set(STEPS));
  });

  it('when the intent was found not to have been debited: the sale has failed and nothing is charged', async () => {
    const last = await agent.commandsOf('rich');
    const before = agent.balance('rich');
    const id = await agent.pay(700);
    await agent.tap('rich', tearAt(last, 'before-card'));
    await agent.reaches(id, 'present-again');
    agent.dieAfter('intent-resolved');
    await agent.tap('rich');
    await died();
    await agent.restart();
    expect(await agent.payment(id)).toMatchObject({ state: 'failed', reason: 'restarted' });
    expect(agent.balance('rich')).toBe(before);
  });

  it('the card that lies on the reader when the agent comes back finishes its payment', async () => {
    const before = agent.balance('rich');
    agent.dieAfter('outcome-known');
    await askToPay(700);
    await agent.tap('rich');
    await died();
    await agent.restart();
    const found = await payment();
    expect((await agent.reaches(found.id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('rich')).toBe(before - 700);
  });

  it('a key that was used before the death names the same payment after it', async () => {
    const body = { kind: 'purchase', amountMinor: 700, currency: 'CNY', reference: 'r' };
    const headers = { 'idempotency-key': 'key-1' };
    const first = await agent.call<{ id: string }>('POST', '/v1/payments', body, headers);
    await agent.restart();
    const second = await agent.call<{ id: string; state: string }>('POST', '/v1/payments', body, headers);
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, state: 'failed' } });
  });
});
