import { afterEach, describe, expect, it } from 'vitest';
import { isDeferred } from '../../clearing/contract/record/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const BOUNDS = { amountMinor: 60_000, count: 3, sumMinor: 100_000 };

/** An ARQC that nobody could show to the host, approved on trust (design 4.13). */
describe('while the host is away', () => {
  let agent: AgentUnderTest;

  afterEach(() => agent.stop());

  const start = async (offline: object = { deferral: BOUNDS }) => {
    agent = await AgentUnderTest.start({ offline });
    await cut();
  };
  const cut = async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
  };
  const last = () => agent.queue.records.get(1, agent.queue.records.head().sequence)?.record;
  const asked = () => agent.clearing.bodies('POST /v1/authorisations').length;
  const deferred = async (card: string, amountMinor: number) => {
    const before = agent.balance(card);
    expect(await agent.sale(card, amountMinor)).toMatchObject({
      state: 'approved',
      fundedBy: 'account',
      debited: 'account',
      offline: true,
    });
    expect(agent.balance(card)).toBe(before);
    const record = last();
    expect(record && isDeferred(record)).toBe(true);
    expect(record).not.toHaveProperty('authorisationId');
    expect(agent.queue.reversals.due()).toEqual([]);
  };
  const refused = async (card: string, amountMinor: number, reason: string) =>
    expect(await agent.sale(card, amountMinor)).toMatchObject({ state: 'declined', reason, debited: 'none' });

  it('nothing is trusted by default', async () => {
    await start({});
    await refused('rich', 60_000, 'offline-limit');
    await refused('poor', 2_500, 'insufficient-funds');
    expect(last()).toMatchObject({ outcome: 'declined' });
  });

  it('an ARQC is, where it is turned on: above the floor limit, and beyond what the chip holds', async () => {
    await start();
    await deferred('rich', 60_000);
    await deferred('poor', 2_500);
    expect(asked()).toBe(0);
    expect(agent.queue.backlog().deferred).toEqual({ count: 2, sumMinor: 62_500 });
  });

  it('a chip that can pay pays as ever', async () => {
    await start();
    expect(await agent.sale('rich', 1_000)).toMatchObject({ state: 'approved', fundedBy: 'chip', offline: true });
  });

  it('no more at once, no more of them and no more together than is allowed, until the centre has them', async () => {
    await start();
    await refused('rich', 60_001, 'offline-limit');
    await deferred('rich', 60_000);
    // 40,000 are left of the sum.
    await refused('poor', 40_001, 'insufficient-funds');
    await deferred('poor', 1_000);
    await deferred('poor', 1_000);
    await refused('poor', 1_000, 'insufficient-funds');
    agent.clearing.down = false;
    await agent.call('POST', '/v1/batches/close');
    await until('the centre to have them', async () => (agent.queue.backlog().deferred.count === 0 ? true : undefined));
    await cut();
    await deferred('poor', 1_000);
  });

  it('a card on the hotlist is not trusted', async () => {
    agent = await AgentUnderTest.prepare({ offline: { deferral: BOUNDS } });
    agent.clearing.hotlist = [agent.tokenOf('hotlisted')];
    await agent.up();
    await agent.ready();
    await cut();
    await refused('hotlisted', 60_000, 'hotlisted');
  });

  it('nor one whose PIN nobody can check; it is not even asked for', async () => {
    await start();
    // The card hears that no PIN can be checked, and refuses by itself.
    await refused('over-cvm-limit', 2_500, 'card-declined');
    expect(agent.logged.join('')).not.toContain('PIN entry');
  });

  it('nor any card by a clock that cannot be right', async () => {
    agent = await AgentUnderTest.prepare({ offline: { deferral: BOUNDS } });
    agent.unusual = { builtAt: Date.now() + 3_600_000 };
    await agent.up();
    await agent.ready();
    await cut();
    await refused('poor', 1_000, 'offline-limit');
  });

  it('nor one that has come to the bound of its day', async () => {
    await start({ deferral: BOUNDS, card: { daySumMinor: 2_000 } });
    await deferred('poor', 1_000);
    await refused('poor', 1_001, 'card-day-limit');
    // Its breaker is open: nobody feels a way up to the bound.
    await refused('poor', 1_000, 'card-day-limit');
    await refused('poor', 100, 'card-day-limit');
  });

  it('a host that has come back is asked; one whose answer is lost has not been away', async () => {
    await start();
    agent.onStep = async ({ name }) => {
      if (name !== 'kernel-started') return;
      agent.clearing.down = false;
      await until('the host to be back', async () => ((await agent.status()).clearing.reachable ? true : undefined));
    };
    expect(await agent.sale('poor', 1_000)).toMatchObject({ state: 'approved', offline: false });
    expect(last()).toMatchObject({ authorisationId: 'A-1' });
    agent.onStep = () => {};
    agent.clearing.on('POST /v1/authorisations', () => 'break');
    await refused('poor', 1_000, 'host-unreachable');
  });

  it('a TC whose signature is wrong is not made good by trust', async () => {
    await start();
    const before = agent.balance('ctq-online');
    expect(await agent.sale('ctq-online', 300)).toMatchObject({ state: 'declined', debited: 'chip' });
    expect(agent.balance('ctq-online')).toBe(before - 300);
    expect(asked()).toBe(0);
  });

  it('a load is granted by the host or not at all', async () => {
    await start();
    const id = await agent.load(1_000);
    await agent.tap('ec-contact');
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({ state: 'declined', debited: 'none' });
  });

  it('a card in the slot hears that nobody could be reached; its ARQC stands', async () => {
    await start();
    await deferred('cda-contact', 60_000);
    expect(last()).toMatchObject({
      interface: 'contact',
      chip: { cryptogramType: 'arqc' },
      confirmation: { cryptogramType: 'aac', authorisationResponseCode: '5A33' },
    });
  });

  it('the centre may turn it on, and bounds what the installation allows', async () => {
    agent = await AgentUnderTest.prepare();
    agent.clearing.offlineRisk = { deferral: { amountMinor: 1_000, count: 1, sumMinor: 1_000 } };
    await agent.up();
    await agent.ready();
    await cut();
    await refused('poor', 1_001, 'insufficient-funds');
    await deferred('poor', 1_000);
    await refused('poor', 1_000, 'insufficient-funds');
  });
});
