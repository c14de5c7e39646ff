import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tearAt } from '../card/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';

describe('a card that leaves when it may have paid', () => {
  let agent: AgentUnderTest;
  let last: number;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
    last = await agent.commandsOf('rich');
  });
  afterAll(() => agent.stop());

  /** A payment whose last command the card has acted on (`after-card`) or not. */
  const tear = async (amountMinor: number, when: 'before-card' | 'after-card'): Promise<string> => {
    const id = await agent.pay(amountMinor);
    await agent.tap('rich', tearAt(last, when));
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'torn', debited: 'unknown' });
    expect((await agent.status()).openIntent).toBe(true);
    return id;
  };

  it.each(['before-card', 'after-card'] as const)('%s: the same card finishes it, charged once', async (when) => {
    const before = agent.balance('rich');
    const id = await tear(250, when);
    await agent.tap('rich');
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({
      state: 'approved',
      card: { balanceMinor: before - 250 },
    });
    expect(agent.balance('rich')).toBe(before - 250);
    expect((await agent.status()).openIntent).toBe(false);
  });

  it('another card is not charged; the payment asks for the same one again', async () => {
    const id = await tear(250, 'after-card');
    const other = agent.balance('two-applications');
    await agent.tap('two-applications');
    await agent.reaches(id, 'present-again');
    const asked = await waitForReason(agent, id, 'other-card');
    expect(asked.reasonText?.zh).toContain('同一张卡');
    expect(agent.balance('two-applications')).toBe(other);
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
  });

  it('torn again while it is being probed, any number of times', async () => {
    const before = agent.balance('rich');
    const id = await tear(250, 'after-card');
    for (const command of [1, 2, 3, 4, 5]) {
      await agent.tap('rich', tearAt(command, 'after-card'));
      await agent.readers.field().remove();
    }
    if ((await agent.payment(id)).state !== 'approved') await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('rich')).toBe(before - 250);
  });

  it('cancelled, it is undecided; found debited at the next sale it becomes declined after debit', async () => {
    const before = agent.balance('rich');
    const id = await tear(250, 'after-card');
    const { status, body } = await agent.cancel(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'undecided', reason: 'cancelled', debited: 'unknown' });
    const { sequence } = body.record ?? { sequence: 0 };
    expect(agent.queue.records.get(1, sequence)?.record).toMatchObject({
      outcome: 'undecided',
      fundedBy: 'none',
      debited: 'unknown',
      card: { balanceBeforeMinor: before },
      chip: { cryptogramType: 'tc', amountAuthorised: '000000000250' },
    });

    expect(await agent.sale('rich', 100)).toMatchObject({ state: 'approved', record: { sequence: sequence + 2 } });
    expect(await agent.payment(id)).toMatchObject({
      state: 'declined',
      debited: 'chip',
      record: { sequence: sequence + 1 },
    });
    expect(agent.queue.records.get(1, sequence + 1)?.record).toMatchObject({
      paymentId: id,
      outcome: 'declined-after-debit',
      resolvesSequence: sequence,
      debited: 'chip',
    });
    expect(agent.balance('rich')).toBe(before - 250 - 100);
  });

  it('cancelled, and found not debited at the next sale, it is closed and nothing is owed', async () => {
    const before = agent.balance('rich');
    const id = await tear(250, 'before-card');
    const { body } = await agent.cancel(id);
    const { sequence } = body.record ?? { sequence: 0 };
    expect((await agent.sale('rich', 100)).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject({ state: 'cancelled', reason: 'found-not-debited', debited: 'none' });
    expect(agent.queue.records.get(1, sequence + 1)?.record).toMatchObject({
      outcome: 'declined',
      resolvesSequence: sequence,
      debited: 'none',
    });
    expect(agent.balance('rich')).toBe(before - 100);
  });

  it('cancelled, and never seen again: other cards pay as if nothing were', async () => {
    const id = await tear(250, 'after-card');
    await agent.cancel(id);
    expect((await agent.sale('two-applications', 100)).state).toBe('approved');
    expect((await agent.payment(id)).state).toBe('undecided');
    // Used at another terminal meanwhile: the counter has moved on, and the centre has to decide.
    const chip = agent.tray.chip('rich');
    for (const command of ['00A404000E325041592E5359532E4444463031', '00A4040008A000000333010101']) {
      chip?.transmit(Buffer.from(command, 'hex'));
    }
    chip?.transmit(
      Buffer.from(
        `80A80000238321${'36000080'}${'0'.repeat(11)}1${'0'.repeat(12)}0156${'0'.repeat(10)}015626112400AABBCCDD00`,
        'hex',
      ),
    );
    expect((await agent.sale('rich', 100)).state).toBe('approved');
    expect((await agent.payment(id)).state).toBe('undecided');
    expect(agent.queue.intents.pending()).toEqual([]);
  });

  it('many undecided payments cost a tap no more than one', async () => {
    const commands = await agent.commandsOf('two-applications');
    await tearAndCancel();
    const withOne = await agent.commandsOf('two-applications');
    for (const card of ['fdda-00', 'no-ppse', 'long-chain', 'cvn17']) await tearAndCancel(card);
    expect(agent.queue.intents.pending()).toHaveLength(5);
    expect(withOne).toBeGreaterThan(commands);
    expect(await agent.commandsOf('two-applications')).toBeLessThanOrEqual(withOne + 2);
    for (const card of ['rich', 'fdda-00', 'no-ppse', 'long-chain', 'cvn17']) {
      expect((await agent.sale(card, 1)).state).toBe('approved');
    }
    expect(agent.queue.intents.pending()).toEqual([]);
  });

  const tearAndCancel = async (card = 'rich'): Promise<void> => {
    const commands = await agent.commandsOf(card);
    const id = await agent.pay(10);
    await agent.tap(card, tearAt(commands, 'after-card'));
    await agent.reaches(id, 'present-again');
    await agent.cancel(id);
  };

  it('closes as undecided by itself when nobody comes in time', async () => {
    const quick = await AgentUnderTest.start({ payment: { presentAgainMs: 1_000 } });
    const commands = await quick.commandsOf('rich');
    const id = await quick.pay(250);
    await quick.tap('rich', tearAt(commands, 'after-card'));
    expect(await quick.reaches(id, 'undecided')).toMatchObject({ reason: 'timeout', debited: 'unknown' });
    await quick.stop();
  });
});

async function waitForReason(agent: AgentUnderTest, id: string, reason: string) {
  for (;;) {
    const payment = await agent.payment(id);
    if (payment.reason === reason) return payment;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
