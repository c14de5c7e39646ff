import { afterAll, beforeAll, expect, test } from 'vitest';
import { overReader } from './readers-of-story.ts';
import { type Payment, SandboxUnderTest } from './sandbox-under-test.ts';

const CARD = 'ec-contact';
/** What the tray gives it. */
const CHIP_MINOR = 10_000;
const ACCOUNT_MINOR = 50_000;
/** Commands of a load, GET RESPONSE included. */
const MORE_THAN_A_LOAD = 48;
const FINAL = ['approved', 'declined', 'failed', 'undecided', 'cancelled'];

/** A card in the slot is loaded from its account and pays with it, before the real host, by HTTP alone. */
overReader('a load', [], tell);

function tell(reader: 'pcsc' | 'in-process', skipped: boolean): void {
  const it = test.skipIf(skipped);
  /** Every command is torn in memory (agent-load.test.ts); here each tap takes its time. */
  const stride = 2;
  let sandbox: SandboxUnderTest;
  let loaded = 0;
  /** By the chip, and by the account: after a load that was torn the card wants the host's word. */
  const paid = { chip: 0, account: 0 };

  beforeAll(async () => {
    if (!skipped) sandbox = await SandboxUnderTest.start(reader);
  });
  afterAll(() => (skipped ? undefined : sandbox.stop()));

  const load = async (amountMinor: number, tear?: { command: number; when: 'before-card' | 'after-card' }) => {
    const { id } = await sandbox.ask({ kind: 'load', amountMinor, currency: 'CNY', reference: `load ${amountMinor}` });
    await sandbox.tap(CARD, tear);
    return sandbox.reaches(id, ...FINAL, 'present-again');
  };
  const sell = async (amountMinor: number): Promise<Payment> => {
    const payment = await sandbox.sale(CARD, amountMinor);
    if (payment.state === 'approved') paid[payment.fundedBy === 'chip' ? 'chip' : 'account'] += amountMinor;
    return payment;
  };
  const balance = async (): Promise<Payment> => {
    const { id } = await sandbox.ask({ kind: 'balance' });
    await sandbox.tap(CARD);
    return sandbox.reaches(id, ...FINAL);
  };

  it('tells what the card holds', async () => {
    expect(await balance()).toMatchObject({ state: 'approved', card: { balanceMinor: CHIP_MINOR } });
  });

  it('loads 50.00, and the card pays with it', async () => {
    expect(await load(5_000)).toMatchObject({
      state: 'approved',
      fundedBy: 'account',
      debited: 'account',
      card: { balanceMinor: CHIP_MINOR + 5_000 },
    });
    loaded += 5_000;
    expect(await sell(12_000)).toMatchObject({ state: 'approved', fundedBy: 'chip' });
    expect(await sandbox.balance(CARD)).toBe(CHIP_MINOR + loaded - paid.chip);
  });

  it.each(['before-card', 'after-card'] as const)('torn %s near its end: the same card tells', async (when) => {
    const ends = new Set<string>();
    for (let command = MORE_THAN_A_LOAD; command > 28; command -= 3 * stride) {
      const first = await load(100, { command, when });
      const { id } = first;
      if (first.state === 'present-again') await sandbox.tap(CARD);
      const payment = await sandbox.reaches(id, ...FINAL);
      if (payment.state === 'approved') loaded += 100;
      expect(await sandbox.balance(CARD), `${command} ${JSON.stringify(payment)}`).toBe(
        CHIP_MINOR + loaded - paid.chip,
      );
      ends.add(payment.state);
    }
    expect(ends).toContain('approved');
  });

  it('given up, it waits at the centre until the card comes by', async () => {
    const found = new Set<string>();
    // From the end on: the last tears find the chip loaded, those before its script do not.
    for (let command = MORE_THAN_A_LOAD; command > 0 && found.size < 2; command -= stride) {
      const torn = await load(100, { command, when: 'before-card' });
      if (torn.state === 'approved') loaded += 100;
      if (torn.state !== 'present-again') continue;
      const given = await sandbox.cancel(torn.id);
      await sandbox.remove(CARD);
      // Cancelled where nothing can have been loaded; otherwise the next sale finds out.
      expect((await sell(1)).state).toBe('approved');
      const { state, reason } = await sandbox.payment(torn.id);
      if (state === 'approved') loaded += 100;
      if (given.state === 'undecided') found.add(`${state} ${reason}`);
      expect(await sandbox.balance(CARD)).toBe(CHIP_MINOR + loaded - paid.chip);
    }
    expect(found).toEqual(new Set(['approved found-loaded', 'cancelled found-not-loaded']));
  });

  it('the account has exactly what the chip has not got: not a fen more can be loaded', async () => {
    // What was undecided is settled by its records.
    await sandbox.settledRecords();
    const left = ACCOUNT_MINOR - loaded - paid.account;
    expect(await load(left + 1)).toMatchObject({ state: 'declined', reason: 'insufficient-funds', debited: 'none' });
    expect(await load(left)).toMatchObject({ state: 'approved' });
    loaded += left;
    expect(await load(1)).toMatchObject({ state: 'declined', reason: 'insufficient-funds' });
    expect(await sandbox.balance(CARD)).toBe(CHIP_MINOR + loaded - paid.chip);
  });

  it('everything settles, and only the sale pays the merchant', async () => {
    const records = await sandbox.settledRecords();
    const approved = records.filter(({ outcome }) => outcome === 'approved');
    const sum = (kind: string) =>
      approved.filter((record) => record.kind === kind).reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(sum('load')).toBe(loaded);
    expect(sum('purchase')).toBe(paid.chip + paid.account);
    const { items } = (
      await sandbox.call<{ items: { totalMinor: number }[] }>('GET', '/central/v1/batches?state=settled&limit=500')
    ).body;
    expect(items.reduce((total, { totalMinor }) => total + totalMinor, 0)).toBe(paid.chip + paid.account);
  });
}
