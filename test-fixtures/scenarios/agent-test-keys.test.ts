import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** Design 4b: test keys are marked as such, and a production configuration refuses them. */
describe('test keys', () => {
  let agent: AgentUnderTest;

  afterEach(() => agent.stop());

  const logs = (text: string) => async () => (agent.logged.some((line) => line.includes(text)) ? true : undefined);
  const refusesToSell = async () => {
    const body = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };
    const answer = await agent.call('POST', '/v1/payments', body, { 'idempotency-key': 'key-1' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'terminal-not-ready' } });
  };

  it('of a centre: the terminal does not enrol with it', async () => {
    agent = await AgentUnderTest.prepare();
    agent.clearing.marked = { hostKeys: true };
    await agent.up();
    await until('the refusal', logs('this centre holds TEST keys'));
    expect(agent.queue.identity.get()).toBeUndefined();
    await refusesToSell();
  });

  it('of card schemes: the terminal does not take the parameters that bring them', async () => {
    agent = await AgentUnderTest.prepare();
    agent.clearing.marked = { caKeys: true };
    await agent.up();
    await until('the refusal', logs('"fault":"test-keys"'));
    await refusesToSell();
  });

  it('are taken where the settings say so, and no longer when they do not', async () => {
    agent = await AgentUnderTest.prepare({ acceptTestKeys: true });
    agent.clearing.marked = { hostKeys: true, caKeys: true };
    await agent.up();
    await agent.ready();
    expect(await agent.sale('rich', 100)).toMatchObject({ state: 'approved' });
    agent.settings = {};
    agent.logged.length = 0;
    await agent.restart();
    await until('the refusal', logs('"fault":"test-keys"'));
    await refusesToSell();
  });
});
