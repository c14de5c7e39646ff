import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../agent/index.ts';
import { until } from '../until.ts';
import { FINAL } from './final-states.ts';
import { type Payment, SandboxUnderTest } from './sandbox-under-test.ts';

const AMOUNT = 310;
const CHIP_AT_START = 80_000;
/** Steps that only an online authorisation passes. */
const ONLINE_STEPS: readonly string[] = ['pin-awaited', 'pin-ended', 'reversal-written', 'host-answered'];
/** Steps after which nothing more is durable or told than before: agent-restart.test.ts dies after these as well. */
const NOTHING_NEW: readonly string[] = ['card-arrived', 'card-present', 'pin-awaited', 'pin-ended', 'outcome-known'];
/** Steps that only a tap passes that finds an open intent. */
const PROBING_STEPS: readonly string[] = ['intent-probed', 'intent-resolved'];

const deathsIn = (output: string): number => (output.match(/the agent process ended/g) ?? []).length;

describe('the agent killed after the steps of a payment', () => {
  let sandbox: SandboxUnderTest;
  /** Of the command by which `rich` pays; looked for once, by whichever test needs it first. */
  let lastTear: ReturnType<SandboxUnderTest['lastCommandTear']> | undefined;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
  });
  afterAll(() => sandbox.stop());

  /** The agent has died and is there again: it answers, and its reader is there. */
  const restarted = async (): Promise<void> => {
    await until('the agent to be back', async () => {
      const status = await sandbox.status().catch(() => undefined);
      return status?.clearing.reachable && status.readers.some(({ state }) => state !== 'unplugged') ? true : undefined;
    });
  };

  /** Does something that the agent is to die of, and waits until it is there again. */
  const dies = async (act: () => Promise<unknown>): Promise<void> => {
    const deaths = deathsIn(sandbox.output);
    await act();
    await until('the agent to die', async () => (deathsIn(sandbox.output) > deaths ? true : undefined));
    await restarted();
  };

  /** Starts a payment and lets the agent die after a step of it; gives the payment as it is after the restart. */
  const killedAfter = async (step: string, card: string): Promise<Payment> => {
    await sandbox.call('POST', '/sandbox/kill', { after: step });
    const key = `kill-${step}`;
    const body = { kind: 'purchase', amountMinor: AMOUNT, currency: 'CNY', reference: key };
    const post = () => sandbox.call<Payment>('POST', '/v1/payments', body, { 'idempotency-key': key });
    await dies(async () => {
      await post().catch(() => undefined);
      await sandbox.tap(card).catch(() => undefined);
      if (!ONLINE_STEPS.includes(step)) return;
      await until('the PIN to be awaited, or the agent to be dead', async () => {
        const typed = await sandbox.pin({ pin: '123456' }).catch(() => undefined);
        return typed === undefined || typed.status < 300 ? true : undefined;
      });
    });
    // The register repeats what it did not hear an answer to; the same key is the same payment.
    return (await post()).body;
  };

  const finish = async (payment: Payment): Promise<Payment> => {
    if (FINAL.includes(payment.state)) return payment;
    await sandbox.tap('rich');
    return sandbox.reaches(payment.id, ...FINAL);
  };

  it.each(STEPS.filter((step) => ![...ONLINE_STEPS, ...PROBING_STEPS, ...NOTHING_NEW].includes(step)))(
    'after %s: charged as the payment says, and no more',
    async (step) => {
      const before = await sandbox.balance('rich');
      const payment = await finish(await killedAfter(step, 'rich'));
      const charged = before - (await sandbox.balance('rich'));
      expect(charged).toBe(payment.state === 'approved' ? AMOUNT : 0);
      expect(['approved', 'failed', 'declined']).toContain(payment.state);
      expect((await sandbox.status()).openIntent).toBe(false);
      // And the next sale is as any other.
      expect(await sandbox.sale('rich', 1)).toMatchObject({ state: 'approved' });
    },
  );

  it.each([
    // The card has paid: the intent outlives the agent, and the next tap finishes the payment.
    ['intent-probed', 'after-card', { state: 'approved', debited: 'chip' }],
    // The card has not paid: that is on disk, so nothing is left to be recovered.
    ['intent-resolved', 'before-card', { state: 'failed', reason: 'restarted', debited: 'none' }],
  ] as const)('after %s, torn %s: charged as the payment says, and no more', async (step, when, expected) => {
    lastTear ??= sandbox.lastCommandTear();
    const { command } = await lastTear;
    const before = await sandbox.balance('rich');
    const { id } = await sandbox.pay(AMOUNT);
    await sandbox.tap('rich', { command, when });
    await sandbox.reaches(id, 'present-again');
    await sandbox.call('POST', '/sandbox/kill', { after: step });
    await dies(() => sandbox.tap('rich').catch(() => undefined));
    const payment = await finish(await sandbox.payment(id));
    expect(payment).toMatchObject(expected);
    expect(await sandbox.balance('rich')).toBe(before - (payment.state === 'approved' ? AMOUNT : 0));
    expect((await sandbox.status()).openIntent).toBe(false);
  });

  it.each(ONLINE_STEPS.filter((step) => !NOTHING_NEW.includes(step)))(
    'after %s: the account is charged as the payment says',
    async (step) => {
      const payment = await killedAfter(step, 'over-cvm-limit');
      expect(payment).toMatchObject({ state: 'failed', reason: 'restarted', debited: 'none' });
    },
  );

  it('adds up at the centre', async () => {
    const approved = (await sandbox.settledRecords()).filter(({ outcome }) => outcome === 'approved');
    const sum = approved.reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(sum).toBe(CHIP_AT_START - (await sandbox.balance('rich')));
    expect(new Set(approved.map(({ reference }) => reference)).size).toBe(approved.length);
  });
});
