import { afterAll, beforeAll, expect, test } from 'vitest';
import { FINAL } from './final-states.ts';
import { overReader } from './readers-of-story.ts';
import { SandboxUnderTest } from './sandbox-under-test.ts';

/**
 * Purses and the PSAM in its slot, from the tap to the settlement at the centre, which checks every TAC. One sale over the reader in
 * process is in main-story.real.test.ts.
 */
overReader('purses', [], tell);

function tell(reader: 'pcsc' | 'in-process', skipped: boolean): void {
  const it = test.skipIf(skipped);
  /** Every command is torn in memory (agent-purse.test.ts); over PC/SC each tap takes its second. */
  const stride = reader === 'pcsc' ? 3 : 1;
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    if (!skipped) sandbox = await SandboxUnderTest.start(reader);
  });
  afterAll(() => (skipped ? undefined : sandbox.stop()));

  it('has a PSAM in a slot of its own', async () => {
    const readers = (await sandbox.status()).readers.filter(({ role, state }) => role === 'sam' && state === 'card');
    expect(readers).toHaveLength(1);
  });

  it('one pays by a tap, with the network and without', async () => {
    expect(await sandbox.sale('purse', 1280)).toMatchObject({ state: 'approved', fundedBy: 'chip', offline: true });
    await sandbox.network({ up: false, mode: 'refuse' });
    await sandbox.online(false);
    expect(await sandbox.sale('purse', 220)).toMatchObject({ state: 'approved', card: { balanceMinor: 18_500 } });
    await sandbox.network({ up: true });
    await sandbox.online(true);
  });

  it('others are refused, before they pay or after', async () => {
    expect(await sandbox.sale('purse-hotlisted', 100)).toMatchObject({ reason: 'hotlisted', debited: 'none' });
    expect(await sandbox.sale('purse', 20_000)).toMatchObject({ reason: 'insufficient-funds', debited: 'none' });
    expect(await sandbox.sale('purse-wrong-mac2', 330)).toMatchObject({ reason: 'not-genuine', debited: 'chip' });
  });

  it('one in the slot asks for its PIN', async () => {
    const { id } = await sandbox.pay(440);
    await sandbox.tap('deposit');
    await sandbox.reaches(id, 'awaiting-pin');
    await sandbox.pin({ pin: '123456' });
    expect(await sandbox.reaches(id, ...FINAL)).toMatchObject({ state: 'approved', card: { balanceMinor: 29_560 } });
  });

  it('one that leaves at any command is charged as the payment says', async () => {
    for (let command = 4; ; command += stride) {
      const before = await sandbox.balance('purse');
      const { id } = await sandbox.pay(command);
      await sandbox.tap('purse', { command, when: 'after-card' });
      const first = await sandbox.reaches(id, 'present-again', ...FINAL);
      if (first.state === 'present-again') await sandbox.tap('purse');
      expect((await sandbox.reaches(id, ...FINAL)).state).toBe('approved');
      expect(await sandbox.balance('purse')).toBe(before - command);
      if (first.state !== 'present-again') break;
    }
  });

  it('one that was cancelled while it was away is found at its next sale', async () => {
    for (let command = 4; ; command++) {
      const before = await sandbox.balance('purse');
      const { id } = await sandbox.pay(660);
      await sandbox.tap('purse', { command, when: 'after-card' });
      await sandbox.reaches(id, 'present-again');
      await sandbox.cancel(id);
      const paid = before - (await sandbox.balance('purse'));
      expect((await sandbox.sale('purse', 30)).state).toBe('approved');
      const { state, debited } = await sandbox.payment(id);
      expect([state, debited]).toEqual(paid > 0 ? ['declined', 'chip'] : ['cancelled', 'none']);
      if (paid > 0) break;
    }
  });

  it('survives the death of every process: the PSAM counts on', async () => {
    await sandbox.kill();
    await sandbox.up();
    expect((await sandbox.sale('purse', 500)).state).toBe('approved');
  });

  it('settles to the fen', async () => {
    const records = await sandbox.settledRecords();
    const sum = (outcome: string, pan: string): number =>
      records
        .filter((record) => record.outcome === outcome && record.maskedPan === pan)
        .reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(sum('declined-after-debit', '629999**********0101')).toBe(660);
    expect(sum('approved', '629999**********0101')).toBe(20_000 - 660 - (await sandbox.balance('purse')));
    expect(sum('approved', '629999**********0201')).toBe(440);
    expect(sum('declined-after-debit', '629999**********0103')).toBe(330);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, at) => at + 1));
  });
}
