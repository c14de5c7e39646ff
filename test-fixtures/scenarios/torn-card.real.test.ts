import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { MORE_THAN_A_TAP, SandboxUnderTest } from './sandbox-under-test.ts';

const AMOUNT = 990;
/** Of the sales that are torn at each command. */
const SMALL = 130;
const TEARS = Array.from({ length: MORE_THAN_A_TAP }, (_, at) => at + 1).flatMap((command) => [
  [command, 'before-card'] as const,
  [command, 'after-card'] as const,
]);

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

describe('a torn card', () => {
  let sandbox: SandboxUnderTest;
  let sold = 0;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
  });
  afterAll(() => sandbox.stop());

  it.each(TEARS)('at command %i, %s: charged once, recorded once', async (command, when) => {
    const before = await sandbox.balance('rich');
    const { id } = await sandbox.pay(SMALL);
    await sandbox.tap('rich', { command, when });
    const torn = await sandbox.reaches(id, 'present-again', 'approved');
    if (torn.state === 'present-again') await sandbox.tap('rich');
    const payment = await sandbox.reaches(id, 'approved', 'declined', 'undecided', 'failed');
    sold += 1;
    expect(payment).toMatchObject({ state: 'approved', fundedBy: 'chip', card: { balanceMinor: before - SMALL } });
    expect(await sandbox.balance('rich')).toBe(before - SMALL);
    expect((await sandbox.status()).openIntent).toBe(false);
  });

  it('torn again while it is being recovered, then finished', async () => {
    const tear = await sandbox.lastCommandTear();
    const before = await sandbox.balance('rich');
    const { id } = await sandbox.pay(SMALL);
    await sandbox.tap('rich', tear);
    await sandbox.reaches(id, 'present-again');
    for (const command of [1, 2, 3, 4]) {
      await sandbox.tap('rich', { command, when: 'after-card' });
      await until('the reader to be empty', async () =>
        (await sandbox.status()).readers.every(({ role, state }) => role === 'sam' || state === 'empty')
          ? true
          : undefined,
      );
      expect((await sandbox.payment(id)).state).toMatch(/present-again|approved/);
    }
    if ((await sandbox.payment(id)).state !== 'approved') await sandbox.tap('rich');
    await sandbox.reaches(id, 'approved');
    sold += 1;
    expect(await sandbox.balance('rich')).toBe(before - SMALL);
  });

  it('that has paid: another card presented instead is not charged, and the right one finishes', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    expect((await sandbox.status()).openIntent).toBe(true);
    const other = await sandbox.balance('two-applications');
    await sandbox.tap('two-applications');
    expect((await sandbox.payment(id)).state).toBe('present-again');
    expect(await sandbox.balance('two-applications')).toBe(other);
    await sandbox.tap('rich');
    expect(await sandbox.reaches(id, 'approved')).toMatchObject({ card: { balanceMinor: balanceBefore - AMOUNT } });
  });

  it('that has paid: cancelled while torn it is undecided; found debited at the next sale it is declined after debit', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    await sandbox.cancel(id);
    expect(await sandbox.reaches(id, 'undecided')).toMatchObject({ debited: 'unknown' });

    const next = await sandbox.sale('rich', 250);
    expect(next).toMatchObject({ state: 'approved', card: { balanceMinor: balanceBefore - AMOUNT - 250 } });
    expect(await sandbox.payment(id)).toMatchObject({ state: 'declined', debited: 'chip' });
  });

  it('that has paid survives the death of every process while the card is away', async () => {
    const { id, balanceBefore } = await tearAfterDebit(sandbox);
    await sandbox.kill();
    await sandbox.up();
    expect(await sandbox.reaches(id, 'present-again')).toBeTruthy();
    await sandbox.tap('rich');
    expect(await sandbox.reaches(id, 'approved')).toMatchObject({ card: { balanceMinor: balanceBefore - AMOUNT } });
  });

  it('and every fen of it settles once', async () => {
    const records = await sandbox.settledRecords();
    const small = records.filter(({ outcome, amountMinor }) => outcome === 'approved' && amountMinor === SMALL);
    expect(small).toHaveLength(sold);
    const sum = (outcome: string): number =>
      records.filter((record) => record.outcome === outcome).reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(sum('declined-after-debit')).toBe(AMOUNT);
    expect(sum('approved') + sum('declined-after-debit')).toBe(80_000 - (await sandbox.balance('rich')));
  });
});
