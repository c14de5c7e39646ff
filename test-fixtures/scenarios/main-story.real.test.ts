import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READERS_TO_TEST, SandboxUnderTest } from './sandbox-under-test.ts';

/** The story of the README, told once over PC/SC and once with the reader in process, by HTTP alone. */
describe.each(READERS_TO_TEST)('the main story over %s', (reader) => {
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start(reader);
  });
  afterAll(() => sandbox.stop());

  it('lists the cards in their order', async () => {
    const ids = (await sandbox.cards()).map(({ id }) => id);
    expect(ids.slice(0, 5)).toEqual(['rich', 'poor', 'over-cvm-limit', 'hotlisted', 'expired']);
    expect(ids.length).toBeGreaterThanOrEqual(9);
  });

  it('approves a tap from the chip, with the balance that is left', async () => {
    const before = await sandbox.balance('rich');
    const payment = await sandbox.sale('rich', 1280, 'story 1');
    expect(payment).toMatchObject({
      state: 'approved',
      offline: true,
      fundedBy: 'chip',
      debited: 'chip',
      card: { balanceMinor: before - 1280 },
      record: { epoch: 1, sequence: 1 },
    });
    expect(await sandbox.balance('rich')).toBe(before - 1280);
  });

  it('queues five taps while the network is cut, and refuses those that cannot be', async () => {
    await sandbox.network({ up: false, mode: 'refuse' });
    await sandbox.online(false);
    const already = (await sandbox.status()).queue;
    for (const amount of [100, 200, 300, 400, 500]) {
      expect(await sandbox.sale('rich', amount, `offline ${amount}`)).toMatchObject({
        state: 'approved',
        offline: true,
      });
    }
    const { queue } = await sandbox.status();
    expect(queue.unacknowledgedCount - already.unacknowledgedCount).toBe(5);
    expect(queue.unacknowledgedSumMinor - already.unacknowledgedSumMinor).toBe(1500);

    for (const [card, reason] of [
      ['hotlisted', 'hotlisted'],
      ['expired', 'expired'],
      ['poor', 'insufficient-funds'],
    ] as const) {
      const before = await sandbox.balance(card);
      const payment = await sandbox.sale(card, 5000, `refused ${card}`);
      expect(payment).toMatchObject({ state: 'declined', reason, debited: 'none' });
      expect(payment.reasonText?.zh).toBeTruthy();
      expect(payment.reasonText?.en).toBeTruthy();
      expect(await sandbox.balance(card)).toBe(before);
    }
  });

  it('settles everything exactly once when the network is back', async () => {
    await sandbox.network({ up: true });
    await sandbox.online(true);
    const records = await sandbox.settledRecords();
    const places = records.map(({ terminal, epoch, sequence }) => `${terminal}/${epoch}/${sequence}`);
    expect(new Set(places).size).toBe(places.length);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, at) => at + 1));

    const approved = records.filter(({ outcome }) => outcome === 'approved');
    expect(approved.map(({ amountMinor }) => amountMinor)).toEqual([1280, 100, 200, 300, 400, 500]);
    expect(approved.every(({ fundedBy }) => fundedBy === 'chip')).toBe(true);
    const paid = approved.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(80_000 - (await sandbox.balance('rich'))).toBe(paid);
  });
});
