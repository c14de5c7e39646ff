import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describe('rotating the keys of a terminal that sells', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const rotate = () => agent.call<{ masterKey: string }>('POST', '/v1/keys/rotate');
  const rotating = async () => ((await agent.status()) as { keys?: { rotating: boolean } }).keys?.rotating;
  const ended = () => until('the rotation to end', async () => ((await rotating()) === false ? true : undefined));

  it('loses nothing, and goes on over a restart', async () => {
    const panBefore = () => agent.queue.records.pan(1, 1)?.reveal();
    await agent.sale('rich', 100);
    const pan = panBefore();
    // The master key of this agent is kept by somebody else.
    expect(await rotate()).toMatchObject({ status: 202, body: { masterKey: 'same' } });
    expect((await agent.sale('rich', 200)).state).toBe('approved');
    await ended();
    await rotate();
    await agent.restart();
    await agent.ready();
    await ended();
    expect((await agent.sale('rich', 300)).state).toBe('approved');
    expect(panBefore()).toBe(pan);
    expect(agent.queue.verify()).toMatchObject({ kind: 'sound', records: 3 });
  });

  it('a payment that waits for its card ends under the new ones', async () => {
    const id = await agent.pay(100);
    await rotate();
    await ended();
    await agent.tap('rich');
    expect((await agent.reaches(id, 'approved')).state).toBe('approved');
    expect(agent.queue.verify().kind).toBe('sound');
  });
});
