import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';

describe('with the disk full', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(async () => {
    agent.diskFull.clear();
    await agent.stop();
  });

  it('no payment begins', async () => {
    agent.diskFull.add('register');
    const body = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };
    const refused = await agent.call<{ detail: string }>('POST', '/v1/payments', body, { 'idempotency-key': 'k' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'storage-unavailable' } });
    expect(refused.body.detail).toContain('disk is full');
  });

  it('a card is refused before it pays', async () => {
    const before = agent.balance('rich');
    agent.diskFull.add('save');
    expect(await agent.sale('rich', 100)).toMatchObject({
      state: 'declined',
      reason: 'storage-unavailable',
      debited: 'none',
    });
    expect(agent.balance('rich')).toBe(before);
  });

  it('a card that has paid by then is asked for again, and the payment ends once there is space', async () => {
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    agent.diskFull.add('commitOutcome');
    await agent.tap('rich');
    expect(await agent.reaches(id, 'present-again', ...FINAL)).toMatchObject({
      state: 'present-again',
      reason: 'torn',
    });
    agent.diskFull.clear();
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('rich')).toBe(before - 100);
    expect(agent.outcomes()).toEqual(['approved']);
  });

  it('and is asked for again once there is space, when not even that can be stored before', async () => {
    const id = await agent.pay(100);
    agent.diskFull.add('commitOutcome');
    agent.onStep = ({ name }) => void (name === 'outcome-known' && agent.diskFull.add('update'));
    await agent.tap('rich');
    await until('the attempt', async () =>
      agent.logged.some((line) => line.includes('trying again')) ? true : undefined,
    );
    expect(await agent.payment(id)).toMatchObject({ state: 'card-present' });
    agent.onStep = () => {};
    agent.diskFull.clear();
    expect(await agent.reaches(id, 'present-again', ...FINAL)).toMatchObject({
      state: 'present-again',
      debited: 'unknown',
    });
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.outcomes()).toEqual(['approved']);
  });

  it('the host is not asked when its reversal cannot be written', async () => {
    const id = await agent.pay(2500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    agent.diskFull.add('write');
    agent.pad.act({ pin: '123456' });
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'declined', reason: 'storage-unavailable' });
    expect(agent.clearing.bodies('POST /v1/authorisations')).toEqual([]);
  });

  it('an approval that cannot be stored has not happened: failed, and reversed', async () => {
    const id = await agent.pay(2500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    agent.diskFull.add('commitOutcome');
    agent.pad.act({ pin: '123456' });
    await until('the attempts to store it', async () =>
      agent.logged.filter((line) => line.includes('trying again')).length > 0 ? true : undefined,
    );
    expect((await agent.payment(id)).state).toBe('authorising');
    agent.diskFull.clear();
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'failed', reason: 'storage-unavailable' });
    await until('the reversal', async () => agent.clearing.bodies('POST /v1/reversals')[0]);
    expect(agent.outcomes()).toEqual([]);
  });

  it('a cancellation waits for space and then holds', async () => {
    const id = await agent.pay(100);
    agent.diskFull.add('commitOutcome');
    const cancelled = agent.cancel(id);
    await until('the attempt', async () =>
      agent.logged.some((line) => line.includes('trying again')) ? true : undefined,
    );
    agent.diskFull.clear();
    expect((await cancelled).body).toMatchObject({ state: 'cancelled', debited: 'none' });
  });
});
