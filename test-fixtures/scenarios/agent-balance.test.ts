import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describe('a balance inquiry', () => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  const ends = (id: string) => agent.reaches(id, 'approved', 'declined', 'cancelled', 'failed');
  const inquire = async (card: string, body: object = { kind: 'balance' }) => {
    const id = await agent.ask(body);
    await agent.tap(card);
    return ends(id);
  };

  it.each(['rich', 'ec-contact', 'debit-contactless'])('tells what %s holds, and changes nothing', async (card) => {
    const before = agent.balance(card);
    const counter = agent.tray.chip(card)?.stored().applications[0]?.atc;
    const payment = await inquire(card);
    expect(payment).toMatchObject({
      kind: 'balance',
      state: 'approved',
      amountMinor: 0,
      reference: '',
      debited: 'none',
      offline: false,
      card: { balanceMinor: before, aid: expect.stringMatching(/^A000000333/) },
    });
    expect(payment.card).not.toHaveProperty('maskedPan');
    expect(payment).not.toHaveProperty('record');
    expect(payment).not.toHaveProperty('fundedBy');
    expect(agent.balance(card)).toBe(before);
    expect(agent.tray.chip(card)?.stored().applications[0]?.atc).toBe(counter);
    expect(agent.outcomes()).toEqual([]);
    expect(agent.queue.verify()).toMatchObject({ kind: 'sound', records: 0 });
  });

  it('takes the register’s reference and a zero', async () => {
    const body = { kind: 'balance', amountMinor: 0, currency: 'CNY', reference: 'till 3' };
    expect(await inquire('rich', body)).toMatchObject({ state: 'approved', reference: 'till 3' });
  });

  it('of a card that shows none is a plain no', async () => {
    const payment = await inquire('debit-contact');
    expect(payment).toMatchObject({ state: 'declined', reason: 'no-balance', debited: 'none' });
    expect(payment.reasonText?.zh).toBe('此卡不提供余额。');
    expect(agent.outcomes()).toEqual([]);
  });

  it('needs no host', async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
    expect((await inquire('rich')).state).toBe('approved');
    agent.clearing.down = false;
    expect(agent.clearing.bodies('POST /v1/authorisations')).toEqual([]);
  });

  it('torn at any command asks for the card again, any card', async () => {
    const id = await agent.ask({ kind: 'balance' });
    for (const command of [1, 2, 3]) {
      await agent.tap('rich', tearAt(command, 'before-card'));
      expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'transmission', debited: 'none' });
    }
    await agent.tap('ec-contact');
    expect(await ends(id)).toMatchObject({ state: 'approved', card: { balanceMinor: agent.balance('ec-contact') } });
  });

  it('can be cancelled, and is over when the agent comes back', async () => {
    const cancelled = await agent.ask({ kind: 'balance' });
    expect((await agent.cancel(cancelled)).body).toMatchObject({ state: 'cancelled' });
    const id = await agent.ask({ kind: 'balance' });
    await agent.restart();
    expect(await agent.payment(id)).toMatchObject({ state: 'failed', reason: 'restarted' });
    expect((await agent.payment(id)).reasonText?.zh).not.toContain('扣款');
    expect(agent.outcomes()).toEqual([]);
  });

  it('finds out about an undecided payment of its card', async () => {
    await agent.ready();
    const last = await agent.commandsOf('rich');
    const id = await agent.pay(700);
    await agent.tap('rich', tearAt(last, 'after-card'));
    await agent.reaches(id, 'present-again');
    await agent.cancel(id);
    expect((await inquire('rich')).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject({ state: 'declined', debited: 'chip' });
  });
});
