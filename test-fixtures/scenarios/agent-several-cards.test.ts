import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentUnderTest } from './agent-under-test.ts';
import { until } from './sandbox-under-test.ts';

/** Cards that come to two readers for one request. */
describe('two cards at once', () => {
  let agent: AgentUnderTest;
  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  const lay = (at: number, id: string): Promise<void> => {
    const card = agent.tray.card(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    return agent.readers.field(at).place(card);
  };
  const clear = async (): Promise<void> => {
    for (const at of [0, 1]) await agent.readers.field(at).remove();
  };
  const balances = () => agent.tray.list().map(({ balanceMinor }) => balanceMinor);

  it('are refused, and nothing is charged: one of them alone pays, once it has come again', async () => {
    const before = balances();
    const id = await agent.pay(100);
    await Promise.all([lay(0, 'rich'), lay(1, 'ec-contact')]);
    const again = await agent.reaches(id, 'present-again');
    expect(again).toMatchObject({ reason: 'several-cards', debited: 'none' });
    expect(balances()).toEqual(before);
    // The one that stays does not count, however long it lies there.
    await agent.readers.field(0).remove();
    await until('the reader to be empty', async () =>
      (await agent.status()).readers[0]?.state === 'empty' ? true : undefined,
    );
    expect(await agent.payment(id)).toMatchObject({ state: 'present-again', reason: 'several-cards' });
    await clear();
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'approved')).toMatchObject({ debited: 'chip', amountMinor: 100 });
    await clear();
    expect(agent.balance('rich')).toBe(80_000 - 100);
  });

  it('are none when one of them lay there before', async () => {
    await lay(1, 'ec-contact');
    const id = await agent.pay(100);
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'approved', 'present-again')).toMatchObject({ state: 'approved' });
    await clear();
  });

  it('are found when the second comes while the first is looked at', async () => {
    const before = balances();
    agent.onStep = async ({ name }) => {
      if (name === 'card-present') await lay(1, 'ec-contact');
    };
    const id = await agent.pay(100);
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'several-cards', debited: 'none' });
    agent.onStep = () => {};
    await agent.cancel(id);
    expect(await agent.reaches(id, 'cancelled')).toMatchObject({ debited: 'none' });
    expect(balances()).toEqual(before);
  });
});
