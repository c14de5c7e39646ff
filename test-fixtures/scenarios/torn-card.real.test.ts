import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxUnderTest } from './sandbox-under-test.ts';

const AMOUNT = 990;

/** Loses the answer to the command that makes the card pay: the payment waits for the same card. */
async function tearAfterDebit(sandbox: SandboxUnderTest): Promise<{ id: string; balanceBefore: number }> {
  for (let command = 4; ; command++) {
    const balanceBefore = await sandbox.balance('rich');
    const { id } = await sandbox.pay(AMOUNT);
    await sandbox.tap('rich', { command, when: 'after-card' });
    await sandbox.reaches(id, 'present-again', 'approved');
    if ((await sandbox.balance('rich')) < balanceBefore) return { id, balanceBefore };
    await sandbox.tap('rich');
    await sandbox.reaches(id, 'approved');
  }
}

describe('a card torn after it has paid', () => {
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
  });
  afterAll(() => sandbox.stop());

  it('another card presented instead is not charged, and the right one finishes', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    expect((await sandbox.status()).openIntent).toBe(true);
    const other = await sandbox.balance('two-applications');
    await sandbox.tap('two-applications');
    expect((await sandbox.payment(id)).state).toBe('present-again');
    expect(await sandbox.balance('two-applications')).toBe(other);
    await sandbox.tap('rich');
    expect(await sandbox.reaches(id, 'approved')).toMatchObject({ card: { balanceMinor: balanceBefore - AMOUNT } });
  });

  it('cancelled while torn it is undecided; found debited at the next sale it is declined after debit', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    await sandbox.cancel(id);
    expect(await sandbox.reaches(id, 'undecided')).toMatchObject({ debited: 'unknown' });

    const next = await sandbox.sale('rich', 250);
    expect(next).toMatchObject({ state: 'approved', card: { balanceMinor: balanceBefore - AMOUNT - 250 } });
    expect(await sandbox.payment(id)).toMatchObject({ state: 'declined', debited: 'chip' });
  });

  it('survives the death of every process while the card is away', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    await sandbox.kill();
    await sandbox.up();
    expect(await sandbox.reaches(id, 'present-again')).toBeTruthy();
    await sandbox.tap('rich');
    expect(await sandbox.reaches(id, 'approved')).toMatchObject({ card: { balanceMinor: balanceBefore - AMOUNT } });
  });

  it('adds up at the centre', async () => {
    const records = await sandbox.settledRecords();
    const sum = (outcome: string): number =>
      records.filter((record) => record.outcome === outcome).reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(sum('declined-after-debit')).toBe(AMOUNT);
    expect(sum('approved') + sum('declined-after-debit')).toBe(80_000 - (await sandbox.balance('rich')));
  });
});
