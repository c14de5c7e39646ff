import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingForVirtualReader } from '../reader/index.ts';
import { until } from '../until.ts';
import { SandboxUnderTest } from './sandbox-under-test.ts';

/** The story of the README, told once over PC/SC and once with the reader in process, by HTTP alone. */
describe.each(['pcsc', 'in-process'] as const)('the main story over %s', (reader) => {
  const missing = reader === 'pcsc' ? missingForVirtualReader() : [];
  if (missing.length > 0) console.warn(`the main story over ${reader} is skipped; missing: ${missing.join(', ')}`);
  tell(reader, missing.length > 0);
});

function tell(reader: 'pcsc' | 'in-process', skipped: boolean): void {
  const it = test.skipIf(skipped);
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    if (!skipped) sandbox = await SandboxUnderTest.start(reader);
  });
  afterAll(() => (skipped ? undefined : sandbox.stop()));

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

  it('has its slips on the paper of the printer', async () => {
    const merchant = await until('two slips', async () => {
      const slips = await sandbox.receipts();
      return slips.length === 2 ? slips[1] : undefined;
    });
    expect(merchant.text).toContain('商户存根 MERCHANT COPY');
    expect(merchant.text).toMatch(/金额 AMOUNT +RMB 12\.80/);
    const picture = await fetch(`http://127.0.0.1:${sandbox.port}${merchant.picture}`);
    expect([picture.headers.get('content-type'), (await picture.text()).slice(0, 4)]).toEqual([
      'image/svg+xml',
      '<svg',
    ]);
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

  it('takes a card that speaks SM, and the centre verifies its SM4 cryptogram', async () => {
    const payment = await sandbox.sale('sm2', 700, 'national algorithms');
    expect(payment).toMatchObject({ state: 'approved', offline: true, fundedBy: 'chip', debited: 'chip' });
    // A record whose TC does not verify goes to suspense and is not settled.
    const settled = (await sandbox.settledRecords()).find(({ reference }) => reference === 'national algorithms');
    expect(settled).toMatchObject({ outcome: 'approved', amountMinor: 700 });
  });

  it('takes a purse, whose PSAM is in a slot of its own, and the centre verifies its TAC', async () => {
    expect(await sandbox.sale('purse', 1280, 'purse')).toMatchObject({ state: 'approved', fundedBy: 'chip' });
    const settled = (await sandbox.settledRecords()).find(({ reference }) => reference === 'purse');
    expect(settled).toMatchObject({ outcome: 'approved', amountMinor: 1280 });
  });
}
