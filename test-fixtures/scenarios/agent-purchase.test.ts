import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { replaced } from '../card/faults.ts';
import { type Behaviour, garbageAt, silentAt, tearAt } from '../card/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';

describe('a purchase at the agent', () => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  it('is approved from the chip, and its record holds what the host checks', async () => {
    const payment = await agent.sale('rich', 1280);
    expect(payment).toMatchObject({
      state: 'approved',
      offline: true,
      fundedBy: 'chip',
      debited: 'chip',
      card: { balanceMinor: 80_000 - 1280 },
      record: { epoch: 1, sequence: 1 },
    });
    expect(payment.reason).toBeUndefined();
    expect(agent.balance('rich')).toBe(80_000 - 1280);
    expect(agent.queue.records.get(1, 1)?.record).toMatchObject({
      paymentId: payment.id,
      outcome: 'approved',
      fundedBy: 'chip',
      debited: 'chip',
      offline: true,
      amountMinor: 1280,
      merchant: 'M-1',
      reference: 'test',
      offlineAuthentication: 'fdda-01',
      card: { maskedPan: payment.card?.maskedPan, balanceBeforeMinor: 80_000, balanceAfterMinor: 80_000 - 1280 },
      chip: { cryptogramType: 'tc', amountAuthorised: '000000001280', currencyCode: '0156', transactionType: '00' },
      hotlistVersion: 1,
      clock: 'trusted',
      reader: 'Memory Reader',
      software: 'jdpos/test',
    });
  });

  it.each([
    ['poor', 5000, 'insufficient-funds'],
    ['expired', 100, 'expired'],
    ['foreign-scheme', 100, 'no-common-application'],
    ['wrong-ca', 100, 'unknown-ca-key'],
    ['always-declines', 100, 'card-declined'],
  ])('%s is declined before anything is taken: %i fen, %s', async (card, amount, reason) => {
    const before = agent.balance(card);
    agent.clearing.on('POST /v1/authorisations', ({ json }) => ({
      status: 200,
      json: { id: (json as { id: string }).id, result: 'declined', reason: 'insufficient-funds' },
    }));
    const payment = await agent.sale(card, amount);
    expect(payment).toMatchObject({ state: 'declined', reason, debited: 'none' });
    expect(payment.reasonText?.zh).toContain('未扣款');
    expect(agent.balance(card)).toBe(before);
    expect(agent.outcomes().at(-1)).toBe('declined');
  });

  it('tells a card that knows SM that it does too, and takes its SM4 cryptogram', async () => {
    const { record } = await agent.sale('sm2', 100);
    const kept = agent.queue.records.get(record?.epoch ?? 0, record?.sequence ?? 0)?.record;
    expect(kept).toMatchObject({ outcome: 'approved', offlineAuthentication: 'fdda-01' });
    // 9F10: key index 01, cryptogram version 01, TC, algorithm 04.
    expect(kept?.chip?.issuerApplicationData.slice(0, 16)).toBe('0701010390000004');
  });

  it('a forged signature is found after the chip has paid: declined after debit', async () => {
    const payment = await agent.sale('forged-fdda', 100);
    expect(payment).toMatchObject({ state: 'declined', reason: 'not-genuine', debited: 'chip' });
    expect(payment.reasonText?.en).toContain('was charged');
    expect(agent.outcomes().at(-1)).toBe('declined-after-debit');
  });

  it('takes no card that was there before the request', async () => {
    await agent.tap('rich');
    const id = await agent.pay(100);
    await agent.readers.field().remove();
    expect((await agent.payment(id)).state).toBe('awaiting-card');
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
  });

  it('waits for another tap when a card is taken away before it could pay; any card may come', async () => {
    const id = await agent.pay(100);
    await agent.tap('rich', tearAt(2, 'after-card'));
    const torn = await agent.reaches(id, 'present-again');
    expect(torn).toMatchObject({ reason: 'transmission', debited: 'none' });
    expect((await agent.status()).openIntent).toBe(false);
    await agent.tap('two-applications');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
  });

  it('a silent card is given up within its limit', async () => {
    await agent.restartWith({ payment: { exchangeMs: 2_000 } });
    const id = await agent.pay(100);
    await agent.tap('rich', silentAt(3));
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'transmission', debited: 'none' });
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
  });

  it('garbage at any command ends the tap within a second, and the next tap works', async () => {
    const commands = await agent.commandsOf('rich');
    for (let command = 1; command <= commands; command++) {
      const before = agent.balance('rich');
      const id = await agent.pay(100);
      await agent.tap('rich', garbageAt(command, hex('DEADBEEF9000')));
      const started = performance.now();
      const payment = await agent.reaches(id, 'present-again', ...FINAL);
      expect(performance.now() - started).toBeLessThan(1000);
      if (payment.state === 'present-again') await agent.cancel(id);
      if (payment.state !== 'approved') {
        expect({ command, payment }).toMatchObject({ payment: { reasonText: { zh: expect.any(String) } } });
      }
      expect(agent.balance('rich')).toBe(payment.state === 'approved' ? before - 100 : before);
      expect((await agent.sale('rich', 1)).state).toBe('approved');
    }
  });

  it('a card that makes the terminal say what no record can hold is refused before it has paid', async () => {
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', wantsLongCurrency);
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({
      state: 'declined',
      reason: 'use-contact',
      debited: 'none',
    });
    expect(agent.balance('rich')).toBe(before);
  });

  it('what breaks in the agent itself fails the payment when nothing can have been charged', async () => {
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', breaksAt(3));
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'failed', reason: 'internal-error' });
    expect(agent.balance('rich')).toBe(before);
    expect((await agent.sale('rich', 1)).state).toBe('approved');
  });

  it('and asks for the same card when it may have been: the last command breaks after the card has paid', async () => {
    const commands = await agent.commandsOf('rich');
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', breaksAt(commands));
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'torn', debited: 'unknown' });
    expect(agent.balance('rich')).toBe(before - 100);
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('rich')).toBe(before - 100);
  });

  it('keeps every PAN out of log and events', () => {
    const log = agent.logged.join('');
    expect(log).toContain('paymentId');
    expect(log).not.toMatch(/629999[0-9]{6,}/);
    expect(agent.clearing.badSignatures).toBe(0);
  });
});

/** The transport throws, after the card has acted on the command. */
const breaksAt =
  (command: number): Behaviour =>
  (bytes, n, next) => {
    const answer = next(bytes);
    if (n === command) throw new Error('a fault of ours');
    return answer;
  };

/** Asks for the currency (5F2A) in three bytes instead of two; the chip behind it gets its two. */
const wantsLongCurrency: Behaviour = (command, n, next) => {
  const isOptions = command[1] === 0xa8;
  const passed = isOptions ? withoutByte(command, 4 + 3 + 4 + 6 + 6 + 2 + 5) : command;
  return replaced(0x9f38, (pdol) => hex(toHex(pdol).replace('5F2A02', '5F2A03')))(passed, n, next);
};

/** GPO without one byte of its values: Lc and the length in 83 are one less. */
const withoutByte = (command: Uint8Array, at: number): Uint8Array => {
  const shorter = Uint8Array.from([...command.subarray(0, at), ...command.subarray(at + 1)]);
  shorter[4] = (shorter[4] ?? 0) - 1;
  shorter[6] = (shorter[6] ?? 0) - 1;
  return shorter;
};
