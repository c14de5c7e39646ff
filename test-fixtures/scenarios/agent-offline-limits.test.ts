import { afterEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** Design 4.9: offline limits shrink with what the terminal cannot be sure of. */
describe('without the host', () => {
  let agent: AgentUnderTest;

  afterEach(() => agent.stop());

  const cut = async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
  };
  const refused = async (amountMinor: number) => {
    const before = agent.balance('rich');
    expect(await agent.sale('rich', amountMinor)).toMatchObject({
      state: 'declined',
      reason: 'offline-limit',
      debited: 'none',
    });
    expect(agent.balance('rich')).toBe(before);
  };

  it('the floor limit of the parameters holds: at it yes, above it no', async () => {
    agent = await AgentUnderTest.start();
    await cut();
    expect((await agent.sale('rich', 50_000)).state).toBe('approved');
    await refused(50_001);
  });

  it('no more is sold than may wait for the centre', async () => {
    agent = await AgentUnderTest.start({ offline: { maxUnacknowledgedSumMinor: 250 } });
    await cut();
    expect((await agent.sale('rich', 200)).state).toBe('approved');
    expect((await agent.status()).limits.floorMinor).toBe(50);
    await refused(51);
    expect((await agent.sale('rich', 50)).state).toBe('approved');
    await refused(1);
    agent.clearing.down = false;
    await agent.call('POST', '/v1/batches/close');
    await until('the queue to drain', async () =>
      (await agent.status()).limits.floorMinor === 250 ? true : undefined,
    );
    await cut();
    expect((await agent.sale('rich', 100)).state).toBe('approved');
  });

  it('nor more payments', async () => {
    agent = await AgentUnderTest.start({ offline: { maxUnacknowledgedCount: 1 } });
    await cut();
    expect((await agent.sale('rich', 1)).state).toBe('approved');
    await refused(1);
  });

  it('a clock that cannot be right approves nothing; with the host, the account pays', async () => {
    agent = await AgentUnderTest.prepare();
    agent.unusual = { builtAt: Date.now() + 3_600_000 };
    await agent.up();
    await agent.ready();
    expect((await agent.status()).limits.floorMinor).toBe(0);
    expect(await agent.sale('rich', 100)).toMatchObject({ state: 'approved', fundedBy: 'account', offline: false });
    expect(agent.queue.records.get(1, 1)?.record.clock).toBe('untrusted');
    // A card that would pay from its chip all the same has not listened: it is stopped before it does.
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', forgetsToGoOnline);
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({
      state: 'declined',
      reason: 'card-error',
      debited: 'none',
    });
    expect(agent.balance('rich')).toBe(before);
    await cut();
    await refused(100);
  });
});

/** The chip does not get to see that the terminal wants it to go online (TTQ byte 2 bit 8, first in its PDOL). */
const forgetsToGoOnline: Behaviour = (command, _n, next) =>
  next(command[1] === 0xa8 ? command.map((byte, at) => (at === 8 ? byte & 0x7f : byte)) : command);
