import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MORE_THAN_A_TAP, SandboxUnderTest, until } from './sandbox-under-test.ts';

const AMOUNT = 130;
const TEARS = Array.from({ length: MORE_THAN_A_TAP }, (_, at) => at + 1).flatMap((command) => [
  [command, 'before-card'] as const,
  [command, 'after-card'] as const,
]);

describe('a card torn at every command', () => {
  let sandbox: SandboxUnderTest;
  let sold = 0;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
  });
  afterAll(() => sandbox.stop());

  it.each(TEARS)('command %i, %s: charged once, recorded once', async (command, when) => {
    const before = await sandbox.balance('rich');
    const { id } = await sandbox.pay(AMOUNT);
    await sandbox.tap('rich', { command, when });
    const torn = await sandbox.reaches(id, 'present-again', 'approved');
    if (torn.state === 'present-again') await sandbox.tap('rich');
    const payment = await sandbox.reaches(id, 'approved', 'declined', 'undecided', 'failed');
    sold += 1;
    expect(payment).toMatchObject({ state: 'approved', fundedBy: 'chip', card: { balanceMinor: before - AMOUNT } });
    expect(await sandbox.balance('rich')).toBe(before - AMOUNT);
    expect((await sandbox.status()).openIntent).toBe(false);
  });

  it('torn again while it is being recovered, then finished', async () => {
    const tear = await sandbox.lastCommandTear();
    const before = await sandbox.balance('rich');
    const { id } = await sandbox.pay(AMOUNT);
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
    expect(await sandbox.balance('rich')).toBe(before - AMOUNT);
  });

  it('and every fen of it settles once', async () => {
    const approved = (await sandbox.settledRecords()).filter(({ outcome }) => outcome === 'approved');
    expect(approved.filter(({ amountMinor }) => amountMinor === AMOUNT)).toHaveLength(sold);
    expect(approved.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(
      80_000 - (await sandbox.balance('rich')),
    );
  });
});
