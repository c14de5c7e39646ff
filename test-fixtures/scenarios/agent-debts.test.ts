import { afterEach, describe, expect, it } from 'vitest';
import type { ParametersContent } from '../../clearing/contract/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { Payment } from './sandbox-under-test.ts';

/** Design 4.13: what a card could not pay of a deferred authorisation is told to every terminal. */
describe('a card that owes', () => {
  let agent: AgentUnderTest;

  afterEach(() => agent.stop());

  const start = async (owes: string, policy?: ParametersContent['debts']): Promise<void> => {
    agent = await AgentUnderTest.prepare();
    const token = agent.tokenOf(owes);
    agent.clearing.debts = [
      { id: 'd1', token, amountMinor: 1_250 },
      { id: 'd2', token, amountMinor: 30 },
    ];
    agent.clearing.debtPolicy = policy;
    await agent.up();
    await agent.ready();
  };
  const settle = async () => {
    agent.clearing.debts = [{ id: 'd3', token: agent.tokenOf('poor'), amountMinor: 1 }];
    agent.clearing.hotlistVersion = 2;
    await until('the next list', async () => ((await agent.status()).hotlist.version === 2 ? true : undefined));
  };
  const cut = async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
  };
  const OWED = { debt: { amountMinor: 1_280 } };
  const REFUSED = { state: 'declined', reason: 'debt', debited: 'none', ...OWED };

  it('pays nothing offline, is told why, and pays again once it owes nothing', async () => {
    await start('rich');
    const before = agent.balance('rich');
    const payment: Payment & { reasonText?: { zh: string } } = await agent.sale('rich', 100);
    expect(payment).toMatchObject(REFUSED);
    expect(payment.reasonText?.zh).toContain('欠款');
    expect(agent.balance('rich')).toBe(before);
    expect(agent.queue.records.get(1, 1)?.record).toMatchObject({ outcome: 'declined', reason: 'debt' });
    await settle();
    expect(await agent.sale('rich', 100)).toMatchObject({ state: 'approved' });
    expect(await agent.sale('rich', 100)).not.toMatchObject(OWED);
  });

  it('may ask the centre, which collects first', async () => {
    await start('over-cvm-limit');
    const id = await agent.pay(2_500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({ state: 'approved', ...OWED });
  });

  it('is told what the centre says when that could not collect', async () => {
    await start('over-cvm-limit');
    agent.clearing.on('POST /v1/authorisations', ({ json }) => ({
      status: 200,
      json: { id: (json as { id: string }).id, result: 'declined', reason: 'debt' },
    }));
    const id = await agent.pay(2_500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject(REFUSED);
  });

  it('pays nothing while the centre is away', async () => {
    await start('rich');
    await cut();
    expect(await agent.sale('rich', 100)).toMatchObject(REFUSED);
    await agent.restart();
    expect(await agent.sale('rich', 100)).toMatchObject(REFUSED);
  });

  it('in the slot pays nothing offline either', async () => {
    await start('ec-contact');
    agent.clearing.on('POST /v1/authorisations', ({ json }) => ({
      status: 200,
      json: { id: (json as { id: string }).id, result: 'declined', reason: 'debt' },
    }));
    const before = agent.balance('ec-contact');
    expect(await agent.sale('ec-contact', 100)).toMatchObject({ state: 'declined', reason: 'debt', ...OWED });
    expect(agent.balance('ec-contact')).toBe(before);
  });

  it('pays nothing at all where the parameters refuse it', async () => {
    await start('over-cvm-limit', 'refuse');
    expect(await agent.sale('over-cvm-limit', 2_500)).toMatchObject(REFUSED);
    expect(agent.clearing.bodies('POST /v1/authorisations')).toEqual([]);
  });

  it('pays as any other where the parameters ignore it', async () => {
    await start('rich', 'ignore');
    const payment = await agent.sale('rich', 100);
    expect(payment).toMatchObject({ state: 'approved' });
    expect(payment).not.toMatchObject(OWED);
  });

  it('and is on the hotlist is told that', async () => {
    await start('rich');
    agent.clearing.hotlist = [agent.tokenOf('rich')];
    agent.clearing.hotlistVersion = 2;
    await until('the next list', async () => ((await agent.status()).hotlist.version === 2 ? true : undefined));
    const payment = await agent.sale('rich', 100);
    expect(payment).toMatchObject({ state: 'declined', reason: 'hotlisted' });
    expect(payment).not.toMatchObject(OWED);
  });
});
