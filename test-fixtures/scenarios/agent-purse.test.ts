import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepName } from '../../agent/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { type Behaviour, tearAt } from '../card/index.ts';
import { TRAY_PURSES } from '../tray/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { FakeClearing } from './fake-clearing.ts';
import { FINAL } from './final-states.ts';

let agent: AgentUnderTest;
afterEach(() => agent.stop());

const records = () => {
  const page = agent.queue.records.list({ limit: 500 });
  return 'kind' in page ? [] : page.items.map(({ record }) => record).reverse();
};
const lastRecord = () => records().at(-1);
const logged = (words: string) => agent.logged.filter((line) => line.includes(words));

/** New parameters, which the agent takes at its next start. */
const publish = async (purses: FakeClearing['purses'], limits = {}): Promise<void> => {
  agent.clearing.purses = purses;
  agent.clearing.limits = { ...agent.clearing.limits, ...limits };
  agent.clearing.parametersVersion += 1;
  const before = logged('new parameters').length;
  await agent.restart();
  await until('the new parameters', async () => (logged('new parameters').length > before ? true : undefined));
};

describe('a purse', () => {
  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });

  it('pays, with the host and without, and its record says what card and PSAM said', async () => {
    for (const [down, left] of [
      [false, 18_720],
      [true, 17_440],
    ] as const) {
      agent.clearing.down = down;
      expect(await agent.sale('purse', 1280)).toMatchObject({
        state: 'approved',
        fundedBy: 'chip',
        debited: 'chip',
        offline: true,
        card: { maskedPan: '629999**********0101', label: '电子钱包', aid: 'A00000000386980701', balanceMinor: left },
      });
      expect(agent.balance('purse')).toBe(left);
    }
    expect(records().map(({ purse }) => [purse?.sequence, purse?.terminalSequence])).toEqual([
      [0, 42],
      [1, 43],
    ]);
    expect(lastRecord()).toMatchObject({
      outcome: 'approved',
      fundedBy: 'chip',
      cardholderVerification: 'none',
      interface: 'contactless',
      card: { token: agent.tokenOf('purse'), balanceBeforeMinor: 18_720, balanceAfterMinor: 17_440 },
      purse: {
        transactionType: '06',
        terminalId: '010203040506',
        samSerial: '53414D00000000000001',
        mac2Verdict: 'genuine',
        transactionCode: expect.stringMatching(/^[0-9A-F]{8}$/),
      },
    });
    expect(agent.queue.records.pan(1, 1)?.reveal()).toBe('62999900000000000101');
    expect(agent.logged.join('')).not.toContain('62999900000000000101');
    expect(logged('not in the book')).toEqual([]);
  });

  it('leaves no number, PIN or code in what is kept of a payment', async () => {
    const id = await agent.pay(700);
    await agent.tap('deposit');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    await agent.reaches(id, 'approved');
    const { body } = await agent.call<object>('GET', `/v1/payments/${id}/trace`);
    const text = JSON.stringify(body);
    const { mac1 = '', mac2 = '', transactionCode = '' } = lastRecord()?.purse ?? {};
    expect(text).toContain('00B09500');
    for (const hidden of ['62999900000000000201', '123456', mac1, mac2, transactionCode]) {
      expect(hidden).not.toBe('');
      expect(text).not.toContain(hidden);
    }
  });

  it.each([
    ['holds too little', 'purse', 20_001, 'insufficient-funds'],
    ['was reported lost', 'purse-hotlisted', 100, 'hotlisted'],
  ])('that %s is refused before it pays', async (_, card, amount, reason) => {
    agent.clearing.hotlist = [agent.tokenOf('purse-hotlisted')];
    agent.clearing.hotlistVersion = 2;
    await until('the hotlist', async () => ((await agent.status()).hotlist.version === 2 ? true : undefined));
    const before = agent.balance(card);
    expect(await agent.sale(card, amount)).toMatchObject({ state: 'declined', reason, debited: 'none' });
    expect(agent.balance(card)).toBe(before);
    expect(lastRecord()).toMatchObject({ outcome: 'declined', reason, card: { token: agent.tokenOf(card) } });
    expect(lastRecord()).not.toHaveProperty('purse');
    expect(agent.psam.stored().sequence).toBe(41);
  });

  it('whose MAC2 is wrong has paid for nothing: declined after debit, with the evidence', async () => {
    expect(await agent.sale('purse-wrong-mac2', 700)).toMatchObject({
      state: 'declined',
      reason: 'not-genuine',
      debited: 'chip',
      card: { balanceMinor: 9_300 },
    });
    expect(lastRecord()).toMatchObject({
      outcome: 'declined-after-debit',
      fundedBy: 'none',
      debited: 'chip',
      purse: { mac2Verdict: 'wrong', mac2: expect.any(String), transactionCode: expect.any(String) },
    });
    expect(logged('mac2-wrong')).toHaveLength(1);
  });

  it('that babbles after it has paid proves it', async () => {
    expect(await agent.sale('purse-mute-debit', 700)).toMatchObject({ state: 'approved', debited: 'chip' });
    expect(lastRecord()?.purse).toMatchObject({ mac2Verdict: 'genuine' });
  });

  it('of the deposit kind asks for its PIN, in the slot', async () => {
    const id = await agent.pay(700);
    await agent.tap('deposit');
    await agent.reaches(id, 'awaiting-pin');
    expect(agent.pad.act({ pin: '111111' })).toBe(true);
    await until('the PIN to be asked again', async () => (agent.pad.act({ pin: '123456' }) ? true : undefined));
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'approved', card: { label: '电子存折' } });
    expect(lastRecord()).toMatchObject({
      cardholderVerification: 'offline-pin',
      interface: 'contact',
      purse: { transactionType: '05', overdraftLimitMinor: 0 },
    });
    expect(agent.logged.join('')).not.toContain('123456');
  });

  it('is not debited when its cashier or its customer cancels at the PIN', async () => {
    const id = await agent.pay(700);
    await agent.tap('deposit');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ key: 'cancel' });
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'cancelled', reason: 'pin-cancelled' });
    const other = await agent.pay(700);
    await agent.tap('deposit');
    await agent.reaches(other, 'awaiting-pin');
    expect((await agent.cancel(other)).body).toMatchObject({ state: 'cancelled', reason: 'cancelled' });
    expect(agent.balance('deposit')).toBe(30_000);
  });

  it('of nobody is a card like any other, and costs the cards of PBOC nothing', async () => {
    const commands = await agent.commandsOf('rich');
    expect(await agent.sale('foreign-scheme', 100)).toMatchObject({ state: 'declined', debited: 'none' });
    await publish(undefined);
    expect(await agent.sale('purse', 100)).toMatchObject({ state: 'declined', debited: 'none' });
    expect(agent.balance('purse')).toBe(20_000);
    expect(await agent.commandsOf('rich')).toBe(commands);
  });

  it('pays no more than its parameters let it, also above the limit of a tap', async () => {
    await publish(
      TRAY_PURSES.map((purse) => ({ ...purse, limitMinor: 700 })),
      { transactionLimitMinor: 600 },
    );
    expect(await agent.sale('purse', 701)).toMatchObject({ state: 'declined', reason: 'transaction-limit' });
    expect(agent.balance('purse')).toBe(20_000);
    expect(agent.psam.stored().sequence).toBe(41);
    expect(await agent.sale('purse', 700)).toMatchObject({ state: 'approved' });
  });

  it('pays no more than what may be paid without the host', async () => {
    await agent.stop();
    agent = await AgentUnderTest.start({ offline: { maxUnacknowledgedSumMinor: 500 } });
    expect(await agent.sale('purse', 501)).toMatchObject({ state: 'declined', reason: 'offline-limit' });
    expect(await agent.sale('purse', 500)).toMatchObject({ state: 'approved' });
  });
});

describe('the PSAM', () => {
  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });

  it('missing: purses are refused, and pay again when it is back', async () => {
    await agent.pullSam();
    expect(await agent.sale('purse', 700)).toMatchObject({
      state: 'declined',
      reason: 'sam-unavailable',
      debited: 'none',
    });
    expect((await agent.sale('rich', 700)).state).toBe('approved');
    await agent.insertSam();
    expect((await agent.sale('purse', 700)).state).toBe('approved');
    expect(agent.balance('purse')).toBe(19_300);
  });

  it('pulled between two payments and put back pays on', async () => {
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    await agent.pullSam();
    await agent.insertSam();
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(records().map(({ purse }) => purse?.terminalSequence)).toEqual([42, 43]);
  });

  it.each(['before-card', 'after-card'] as const)('pulled at every command, %s', async (when) => {
    const seen = new Set<string>();
    // Three to know it, three and INIT SAM FOR PURCHASE, CREDIT SAM FOR PURCHASE; the ninth never comes.
    for (let command = 1; command <= 9; command++) {
      await agent.pullSam();
      await agent.insertSam(tearAt(command, when));
      const before = agent.balance('purse');
      const payment = await agent.sale('purse', 100);
      const paid = before - agent.balance('purse');
      expect({ command, paid, debited: payment.debited }).toEqual({
        command,
        paid: payment.debited === 'chip' ? 100 : 0,
        debited: payment.debited,
      });
      seen.add(`${payment.state} ${payment.reason ?? ''} ${payment.debited}`);
      expect((await agent.status()).openIntent).toBe(false);
    }
    expect(seen).toEqual(new Set(['declined sam-unavailable none', 'declined sam-unavailable chip', 'approved  chip']));
  });

  it('is powered once, however many purses pay', async () => {
    let powered = 0;
    const power = (): void => {
      powered += 1;
    };
    const psam = { ...agent.psam, power };
    await agent.readers.field(2).place(psam);
    for (const card of ['purse', 'purse-mute-debit', 'rich', 'purse']) await agent.sale(card, 100);
    expect(powered).toBe(1);
  });

  it('whose number does not rise is not believed', async () => {
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    // As an older PSAM of the same serial number would: its answer to INIT SAM FOR PURCHASE says 42 again.
    const stuck: Behaviour = (command, _n, next) => {
      const answer = next(command);
      return command[1] === 0x70 && answer instanceof Uint8Array ? hex(`0000002A${toHex(answer).slice(8)}`) : answer;
    };
    await agent.insertSam(stuck);
    expect(await agent.sale('purse', 100)).toMatchObject({ state: 'declined', reason: 'sam-unavailable' });
    expect(agent.balance('purse')).toBe(19_900);
    expect(logged('sam-sequence')).toHaveLength(1);
  });

  it('that has counted elsewhere is reported', async () => {
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    await agent.pullSam();
    agent.psam.transmit(hex('00A4000002DF0100'));
    const other = 'A1B2C3D4 0000 00000064 06 20250601 123015 01 00 6299990000000001'.replaceAll(' ', '');
    expect(toHex(agent.psam.transmit(hex(`807000001C${other}08`)))).toMatch(/^0000002B.{8}9000$/);
    await agent.insertSam();
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(logged('not in the book')).toHaveLength(1);
  });
});

describe('a purse that leaves', () => {
  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });

  it.each(['before-card', 'after-card'] as const)(
    'at every command, %s: charged as the payment says, recorded once',
    async (when) => {
      const commands = await agent.commandsOf('purse');
      for (let command = 1; command <= commands; command++) {
        // Not the same amount twice: its log names a payment by second and amount.
        const amount = 100 + command;
        const [before, recorded] = [agent.balance('purse'), records().length];
        const id = await agent.pay(amount);
        await agent.tap('purse', tearAt(command, when));
        let payment = await agent.reaches(id, 'present-again', ...FINAL);
        if (payment.state === 'present-again') {
          await agent.tap('purse');
          payment = await agent.reaches(id, ...FINAL);
        }
        // The PSAM was not reset: it still judges what the card proves.
        expect({ command, state: payment.state, debited: payment.debited }).toEqual({
          command,
          state: 'approved',
          debited: 'chip',
        });
        expect(before - agent.balance('purse')).toBe(amount);
        expect(records()).toHaveLength(recorded + 1);
        expect((await agent.status()).openIntent).toBe(false);
      }
      expect(agent.queue.verify().kind).toBe('sound');
    },
  );

  /** Loses the answer to DEBIT FOR PURCHASE, or the command itself. */
  const atDebit =
    (when: 'before-card' | 'after-card'): Behaviour =>
    (command, _n, next) => {
      if (command[1] !== 0x54) return next(command);
      if (when === 'after-card') next(command);
      return 'gone';
    };
  const tear = async (when: 'before-card' | 'after-card', card = 'purse'): Promise<string> => {
    const id = await agent.pay(250);
    await agent.tap(card, atDebit(when));
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'torn', debited: 'unknown' });
    return id;
  };

  it('is asked for again: neither another purse nor a card is charged', async () => {
    const id = await tear('after-card');
    for (const card of ['purse-mute-debit', 'rich']) {
      const before = agent.balance(card);
      await agent.tap(card);
      await until('the other card to be told apart', async () =>
        (await agent.payment(id)).reason === 'other-card' ? true : undefined,
      );
      expect(agent.balance(card)).toBe(before);
    }
    await agent.tap('purse');
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ state: 'approved', card: { balanceMinor: 19_750 } });
  });

  it('cancelled, it is undecided; found debited at the next sale it is declined after debit', async () => {
    const id = await tear('after-card');
    expect((await agent.cancel(id)).body).toMatchObject({ state: 'undecided', debited: 'unknown' });
    expect(lastRecord()).toMatchObject({
      outcome: 'undecided',
      purse: { terminalSequence: 42, mac1: expect.any(String) },
    });
    expect((await agent.sale('rich', 100)).state).toBe('approved');
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject({ state: 'declined', debited: 'chip' });
    expect(records().map(({ outcome }) => outcome)).toEqual([
      ...['undecided', 'approved', 'declined-after-debit', 'approved'],
    ]);
    expect(records()[2]).toMatchObject({ resolvesSequence: 1, purse: { transactionCode: expect.any(String) } });
    expect(agent.balance('purse')).toBe(19_650);
  });

  it('cancelled, and found not debited: closed, and nothing is owed', async () => {
    const id = await tear('before-card');
    await agent.cancel(id);
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject({ state: 'cancelled', reason: 'found-not-debited', debited: 'none' });
    expect(records()[1]).toMatchObject({ outcome: 'declined', resolvesSequence: 1, purse: { terminalSequence: 42 } });
    expect(agent.balance('purse')).toBe(19_900);
  });

  it('and when the PSAM has begun another purchase since, it is not asked about the first', async () => {
    const id = await tear('after-card');
    await agent.cancel(id);
    await agent.cancel(await tear('before-card', 'purse-mute-debit'));
    // The MAC2 of a purchase that it has not begun would be wrong, and cost it a try.
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject({ state: 'declined', debited: 'chip', reason: 'sam-unavailable' });
    expect(agent.psam.stored().triesLeft).toBe(3);
  });

  it('many undecided purses cost another card one question', async () => {
    const commands = await agent.commandsOf('rich');
    for (const card of ['purse', 'purse-mute-debit', 'purse-wrong-mac2'])
      await agent.cancel(await tear('after-card', card));
    expect(agent.queue.intents.pending()).toHaveLength(3);
    expect(await agent.commandsOf('rich')).toBeLessThanOrEqual(commands + 2);
  });

  it('and whose PSAM was reset meanwhile: declined after debit, for the centre', async () => {
    const id = await tear('after-card');
    await agent.pullSam();
    await agent.insertSam();
    await agent.tap('purse');
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({
      state: 'declined',
      reason: 'sam-unavailable',
      debited: 'chip',
    });
    expect(lastRecord()).toMatchObject({ outcome: 'declined-after-debit', purse: { mac2Verdict: 'not-asked' } });
  });

  it('comes back under other parameters than it was begun with', async () => {
    const id = await tear('after-card');
    await publish(undefined);
    await agent.tap('purse');
    expect(await agent.reaches(id, ...FINAL)).toMatchObject({ debited: 'chip' });
    expect(records()).toHaveLength(1);
  });

  it('while the disk is full when it has paid: the same card finishes it', async () => {
    agent.diskFull.add('commitOutcome');
    const id = await agent.pay(250);
    await agent.tap('purse');
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ debited: 'unknown' });
    agent.diskFull.clear();
    await agent.tap('purse');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(agent.balance('purse')).toBe(19_750);
  });

  it('is refused before it pays when the disk takes no intent', async () => {
    agent.diskFull.add('save');
    expect(await agent.sale('purse', 250)).toMatchObject({ state: 'declined', reason: 'storage-unavailable' });
    expect(agent.balance('purse')).toBe(20_000);
    agent.diskFull.clear();
    expect((await agent.sale('purse', 250)).state).toBe('approved');
    expect(logged('not in the book')).toEqual([]);
  });
});

/** What the register finds after the death, and what the payment comes to. After DEBIT nobody is left to judge MAC2. */
const DEATHS: readonly (readonly [StepName, string, string, number])[] = [
  ['registered', 'failed', 'failed', 0],
  ['card-arrived', 'failed', 'failed', 0],
  ['card-present', 'failed', 'failed', 0],
  ['kernel-started', 'failed', 'failed', 0],
  ['intent-saved', 'present-again', 'approved', 700],
  ['outcome-known', 'present-again', 'declined', 700],
  ['outcome-committed', 'approved', 'approved', 700],
  ['outcome-told', 'approved', 'approved', 700],
];

describe('dying after a step of a purse’s payment', () => {
  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });

  const died = () => until('the process to die', async () => (agent.isDead ? true : undefined));
  const payment = async () => {
    const [latest] = (await agent.call<{ items: { id: string }[] }>('GET', '/v1/payments')).body.items;
    return agent.payment(latest?.id ?? '');
  };

  it.each(DEATHS)('%s: %s, then %s', async (step, found, ends, paid) => {
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    agent.dieAfter(step);
    await agent.pay(700).catch(() => undefined);
    if (!agent.isDead) await agent.tap('purse');
    await died();
    await agent.readers.field().remove();
    await agent.restart();
    const { id, state } = await payment();
    expect(state).toBe(found);
    if (found === 'present-again') await agent.tap('purse');
    const ended = await agent.reaches(id, ...FINAL);
    expect(ended).toMatchObject({ state: ends, debited: paid > 0 ? 'chip' : 'none' });
    expect(agent.balance('purse')).toBe(19_900 - paid);
    expect(agent.outcomes()).toHaveLength(paid > 0 ? 2 : 1);
    expect(agent.queue.verify().kind).toBe('sound');
    expect((await agent.sale('purse', 100)).state).toBe('approved');
    expect(logged('not in the book')).toEqual([]);
  });

  it.each(['intent-probed', 'intent-resolved', 'outcome-committed'] as const)('of a recovery, %s', async (step) => {
    const when = step === 'intent-resolved' ? 'before-card' : 'after-card';
    const id = await agent.pay(700);
    await agent.tap('purse', (command, n, next) =>
      command[1] === 0x54 ? tearAt(n, when)(command, n, next) : next(command),
    );
    await agent.reaches(id, 'present-again');
    agent.dieAfter(step);
    await agent.tap('purse');
    await died();
    await agent.readers.field().remove();
    await agent.restart();
    if ((await agent.payment(id)).state === 'present-again') await agent.tap('purse');
    const ended = await agent.reaches(id, ...FINAL);
    expect(20_000 - agent.balance('purse')).toBe(ended.debited === 'chip' ? 700 : 0);
    expect(agent.outcomes()).toHaveLength(ended.debited === 'chip' ? 1 : 0);
  });
});
