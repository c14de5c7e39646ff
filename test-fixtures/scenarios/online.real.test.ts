import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { SandboxUnderTest } from './sandbox-under-test.ts';

describe('a card that must ask the host', () => {
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
  });
  afterAll(() => sandbox.stop());

  const awaitingPin = async (amountMinor: number): Promise<string> => {
    const { id } = await sandbox.pay(amountMinor);
    await sandbox.tap('over-cvm-limit');
    await sandbox.reaches(id, 'awaiting-pin');
    return id;
  };

  it('is approved from its account with the right PIN', async () => {
    const chip = await sandbox.balance('over-cvm-limit');
    const id = await awaitingPin(2_500);
    expect((await sandbox.pin({ pin: '123456' })).status).toBeLessThan(300);
    expect(await sandbox.reaches(id, 'approved', 'declined')).toMatchObject({
      state: 'approved',
      fundedBy: 'account',
      debited: 'account',
      offline: false,
    });
    expect(await sandbox.balance('over-cvm-limit')).toBe(chip);
  });

  it('is declined with a wrong PIN', async () => {
    const id = await awaitingPin(2_500);
    await sandbox.pin({ pin: '654321' });
    expect(await sandbox.reaches(id, 'approved', 'declined')).toMatchObject({
      state: 'declined',
      reason: 'pin-wrong',
      debited: 'none',
    });
  });

  it('is cancelled at the PIN pad, and by the register', async () => {
    const atThePad = await awaitingPin(2_500);
    await sandbox.pin({ key: 'cancel' });
    expect(await sandbox.reaches(atThePad, 'cancelled', 'declined', 'approved')).toMatchObject({
      state: 'cancelled',
      debited: 'none',
    });
    const byTheRegister = await awaitingPin(2_500);
    await sandbox.cancel(byTheRegister);
    await sandbox.reaches(byTheRegister, 'cancelled');
  });

  it('needs a PIN to be awaited before one is typed', async () => {
    expect((await sandbox.pin({ pin: '123456' })).status).toBe(409);
  });

  it('declines when the answer is lost, and the host gives the hold back', async () => {
    const id = await awaitingPin(180_000);
    await sandbox.network({ up: false, mode: 'lose-answers' });
    await sandbox.pin({ pin: '123456' });
    expect(await sandbox.reaches(id, 'declined', 'approved')).toMatchObject({
      state: 'declined',
      reason: 'host-unreachable',
      debited: 'none',
    });
    await sandbox.network({ up: true });
    await sandbox.online(true);
    // ¥1,800.00 of ¥1,975.00 were held: the same sale is only possible again when the reversal has freed them.
    const again = await until('the hold to be given back', async () => {
      const retry = await awaitingPin(180_000);
      await sandbox.pin({ pin: '123456' });
      const payment = await sandbox.reaches(retry, 'declined', 'approved');
      return payment.state === 'approved' ? payment : undefined;
    });
    expect(again).toMatchObject({ fundedBy: 'account', debited: 'account' });
  });

  it('is refused while the host is away, without being asked for a PIN', async () => {
    await sandbox.network({ up: false, mode: 'blackhole' });
    await sandbox.online(false);
    expect(await sandbox.sale('over-cvm-limit', 2_500)).toMatchObject({ state: 'declined', debited: 'none' });
    await sandbox.network({ up: true });
    await sandbox.online(true);
  });

  it('settles what was approved, from the account, once', async () => {
    const approved = (await sandbox.settledRecords()).filter(({ outcome }) => outcome === 'approved');
    expect(approved.map(({ fundedBy, amountMinor }) => [fundedBy, amountMinor])).toEqual([
      ['account', 2_500],
      ['account', 180_000],
    ]);
  });
});
