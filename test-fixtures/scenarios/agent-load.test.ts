import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STEPS, type StepName } from '../../agent/index.ts';
import type { AuthorisationRequest, ReversalRequest } from '../../clearing/contract/index.ts';
import { tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';
import type { Payment } from './sandbox-under-test.ts';

const CARD = 'ec-contact';
const AMOUNT = 5_000;

let agent: AgentUnderTest;

beforeEach(async () => {
  agent = await AgentUnderTest.start();
});
afterEach(() => agent.stop());

const lastRecord = () => agent.queue.records.get(1, agent.queue.records.head().sequence)?.record;
const asked = () => agent.clearing.bodies<AuthorisationRequest>('POST /v1/authorisations');
const reversals = () => agent.clearing.bodies<ReversalRequest>('POST /v1/reversals');
const nothingDue = () =>
  until('every reversal to be acknowledged', async () => (agent.queue.reversals.due().length === 0 ? true : undefined));
const ends = (id: string): Promise<Payment> => agent.reaches(id, ...FINAL);

async function load(card = CARD): Promise<Payment> {
  const id = await agent.load(AMOUNT);
  await agent.tap(card);
  return ends(id);
}

/** How many commands an undisturbed load takes, and which of them is the first to move anything: GENERATE AC. */
async function commandsOfLoad(): Promise<{ readonly commands: number; readonly generateAc: number }> {
  let commands = 0;
  let generateAc = 0;
  const id = await agent.load(1);
  await agent.tap(CARD, (command, n, next) => {
    commands = n;
    if (command[1] === 0xae && generateAc === 0) generateAc = n;
    return next(command);
  });
  expect((await ends(id)).state).toBe('approved');
  return { commands, generateAc };
}

/** The number of the command that puts the new balance (04DA). */
async function putDataOf(): Promise<number> {
  let at = 0;
  const id = await agent.load(1);
  await agent.tap(CARD, (command, n, next) => {
    if (command[0] === 0x04 && command[1] === 0xda) at = n;
    return next(command);
  });
  expect((await ends(id)).state).toBe('approved');
  return at;
}

/**
 * What must hold however a load went: the chip has what the payment says, and the centre was asked to take back exactly what
 * the chip has not got, in words that leave nothing to wait for.
 */
async function adds(before: number, payment: Payment, askedBefore: number): Promise<void> {
  const loaded = payment.state === 'approved';
  expect(agent.balance(CARD) - before, JSON.stringify(payment)).toBe(loaded ? AMOUNT : 0);
  expect(payment.debited).toBe(loaded ? 'account' : 'none');
  await nothingDue();
  const questions = asked().slice(askedBefore);
  const undone = reversals().filter(({ paymentId }) => paymentId === payment.id);
  for (const { id } of questions) {
    const own = undone.filter(({ authorisation }) => authorisation === id);
    if (loaded) expect(own).toEqual([]);
    else expect(own[0]).toMatchObject({ authorisation: id, notLoaded: true });
  }
  expect((await agent.status()).openIntent).toBe(false);
}

describe('a load', () => {
  it('is approved when the chip shows the new balance, and the card pays with it', async () => {
    const before = agent.balance(CARD);
    const payment = await load();
    expect(payment).toMatchObject({
      kind: 'load',
      state: 'approved',
      amountMinor: AMOUNT,
      fundedBy: 'account',
      debited: 'account',
      offline: false,
      card: { balanceMinor: before + AMOUNT },
    });
    expect(agent.balance(CARD)).toBe(before + AMOUNT);
    expect(asked()).toMatchObject([{ purpose: 'load', issuerData: true, amountMinor: AMOUNT }]);
    expect(lastRecord()).toMatchObject({
      kind: 'load',
      outcome: 'approved',
      fundedBy: 'account',
      debited: 'account',
      interface: 'contact',
      authorisationId: 'A-1',
      chip: { cryptogramType: 'arqc', transactionType: '60' },
      confirmation: { cryptogramType: 'tc', authorisationResponseCode: '3030' },
      scriptResults: '2000000001',
      card: { balanceBeforeMinor: before, balanceAfterMinor: before + AMOUNT },
    });
    expect((await agent.status()).queue.unacknowledgedSumMinor).toBe(0);
    expect((await agent.sale(CARD, before + AMOUNT)).state).toBe('approved');
    expect(agent.balance(CARD)).toBe(0);
    await nothingDue();
    expect(reversals()).toEqual([]);
  });

  it('loads an empty chip', async () => {
    await agent.sale(CARD, agent.balance(CARD));
    expect(agent.balance(CARD)).toBe(0);
    expect((await load()).state).toBe('approved');
    expect(agent.balance(CARD)).toBe(AMOUNT);
  });

  it.each([
    ['insufficient-funds', 'insufficient-funds'],
    ['balance-limit', 'balance-limit'],
    ['balance-unknown', 'host-declined'],
  ])('that the host declines (%s) changes nothing, and nothing is reversed', async (reason, told) => {
    agent.clearing.on('POST /v1/authorisations', ({ json }) => ({
      status: 200,
      json: { id: (json as AuthorisationRequest).id, result: 'declined', reason },
    }));
    const before = agent.balance(CARD);
    const payment = await load();
    expect(payment).toMatchObject({ state: 'declined', reason: told, debited: 'none' });
    expect(payment.reasonText?.zh).toContain('未圈存');
    expect(agent.balance(CARD)).toBe(before);
    expect(lastRecord()).toMatchObject({ kind: 'load', outcome: 'declined', reason: told, offline: false });
    await nothingDue();
    expect(reversals()).toEqual([]);
  });

  it.each(['never', 'break'] as const)('whose answer is lost (%s) is reversed: no script has gone', async (how) => {
    if (how === 'never') await agent.restartWith({ sync: { authorisationTimeoutMs: 1_000 } });
    agent.clearing.on('POST /v1/authorisations', () => how);
    const before = agent.balance(CARD);
    const payment = await load();
    expect(payment).toMatchObject({ state: 'declined', reason: 'host-unreachable' });
    await adds(before, payment, 0);
    expect(reversals()).toHaveLength(1);
  });

  it('needs the host: nobody is asked while it is away', async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
    expect(await load()).toMatchObject({ state: 'declined', reason: 'host-unreachable', debited: 'none' });
    expect(agent.queue.reversals.due()).toEqual([]);
  });

  it('is cancelled while the host is asked, and reversed', async () => {
    agent.clearing.on('POST /v1/authorisations', () => 'never');
    const before = agent.balance(CARD);
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD);
    await agent.reaches(id, 'authorising');
    await agent.cancel(id);
    const payment = await ends(id);
    expect(payment).toMatchObject({ state: 'cancelled', reason: 'cancelled' });
    await adds(before, payment, 0);
  });

  it('on a full disk is refused before the script goes to the card, and reversed', async () => {
    agent.diskFull.add('save');
    const before = agent.balance(CARD);
    const payment = await load();
    expect(payment).toMatchObject({ state: 'declined', reason: 'storage-unavailable' });
    await adds(before, payment, 0);
    expect(lastRecord()).toMatchObject({ outcome: 'declined', authorisationId: 'A-1' });
  });

  it('a card that takes the script and refuses in the end has the money all the same', async () => {
    // GENERATE AC the second: an AAC (80, CID 00, ATC, cryptogram, 9F10) in place of the card's TC.
    const before = agent.balance(CARD);
    const id = await agent.load(AMOUNT);
    let generated = 0;
    await agent.tap(CARD, (command, _, next) => {
      const answer = next(command);
      if (command[1] !== 0xae && command[1] !== 0xc0) return answer;
      if (command[1] === 0xae) generated += 1;
      if (generated < 2 || !(answer instanceof Uint8Array) || answer.length < 10) return answer;
      const cid = answer.findIndex((byte, at) => at > 0 && byte === 0x40);
      return answer.with(cid, 0x00);
    });
    expect((await ends(id)).state).toBe('approved');
    expect(agent.balance(CARD)).toBe(before + AMOUNT);
    expect(lastRecord()).toMatchObject({ outcome: 'approved' });
    expect(lastRecord()?.confirmation).toBeUndefined();
  });

  it('over the air only where the parameters allow debit/credit there', async () => {
    const before = agent.balance('debit-contactless');
    const refused = await load('debit-contactless');
    expect(refused).toMatchObject({ state: 'declined', reason: 'use-contact' });
    expect(refused.reasonText?.zh).toContain('插入');
    expect(asked()).toEqual([]);
    await agent.stop();

    agent = await AgentUnderTest.prepare();
    agent.clearing.contactlessDebitCredit = true;
    await agent.up();
    await agent.ready();
    const id = await agent.load(AMOUNT);
    await agent.tap('debit-contactless');
    await until('the end, or a PIN', async () => {
      agent.pad.act({ pin: '123456' });
      return FINAL.includes((await agent.payment(id)).state) ? true : undefined;
    });
    expect(await ends(id)).toMatchObject({ state: 'approved', card: { balanceMinor: before + AMOUNT } });
    expect(agent.balance('debit-contactless')).toBe(before + AMOUNT);
    expect(lastRecord()).toMatchObject({ interface: 'contactless', kind: 'load' });
  });

  it('one key is one load', async () => {
    const body = { kind: 'load', amountMinor: AMOUNT, currency: 'CNY', reference: 'r' };
    const headers = { 'idempotency-key': 'key-1' };
    const first = await agent.call<Payment>('POST', '/v1/payments', body, headers);
    await agent.tap(CARD);
    await ends(first.body.id);
    expect(await agent.call<Payment>('POST', '/v1/payments', body, headers)).toMatchObject({
      status: 200,
      body: { id: first.body.id, state: 'approved' },
    });
    const other = { ...body, kind: 'purchase' };
    expect(await agent.call('POST', '/v1/payments', other, headers)).toMatchObject({ status: 422 });
    expect(asked()).toHaveLength(1);
  });
});

describe('a card that leaves during its load', () => {
  it.each(['before-card', 'after-card'] as const)('torn at every command, %s', async (when) => {
    const { commands, generateAc } = await commandsOfLoad();
    expect([generateAc > 5, commands - generateAc > 5]).toEqual([true, true]);
    const ended = new Set<string>();
    // A card that was only read is as it was: with the answer lost, or torn before the next command, is the same to it.
    for (let command = when === 'before-card' ? 1 : generateAc; command <= commands; command++) {
      const before = agent.balance(CARD);
      const questions = asked().length;
      const id = await agent.load(AMOUNT);
      await agent.tap(CARD, tearAt(command, when));
      let payment = await agent.reaches(id, 'present-again', ...FINAL);
      if (payment.state === 'present-again') {
        // Nothing is sent while nobody knows.
        expect(agent.queue.reversals.due()).toEqual([]);
        await agent.tap(CARD);
        payment = await ends(id);
      }
      await adds(before, payment, questions);
      ended.add(`${payment.state} ${payment.reason ?? ''}`);
      if (payment.state === 'approved') await agent.sale(CARD, AMOUNT);
    }
    expect(ended).toEqual(new Set(['approved ', 'declined not-loaded']));
    expect(agent.queue.verify().kind).toBe('sound');
  });

  it('torn again by the probe: it waits on, and the third time tells', async () => {
    const putData = await putDataOf();
    const before = agent.balance(CARD);
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, 'after-card'));
    await agent.reaches(id, 'present-again');
    for (const command of [1, 2, 3]) {
      await agent.tap(CARD, tearAt(command, 'before-card'));
      await until('the probe to be torn', async () =>
        agent.logged.filter((line) => line.includes('"found":"torn"')).length >= command ? true : undefined,
      );
      expect((await agent.payment(id)).state).toBe('present-again');
    }
    await agent.tap(CARD);
    const payment = await ends(id);
    expect(payment.state).toBe('approved');
    await adds(before, payment, 1);
  });

  it('another card is told apart, and keeps its balance', async () => {
    const putData = await putDataOf();
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, 'before-card'));
    await agent.reaches(id, 'present-again');
    const rich = agent.balance('rich');
    await agent.tap('rich');
    const waiting = await until('the other card to be told apart', async () => {
      const payment = await agent.payment(id);
      return payment.reason === 'other-card' ? payment : undefined;
    });
    expect(waiting).toMatchObject({ state: 'present-again', debited: 'unknown' });
    expect(waiting.reasonText?.zh).toContain('不会重复圈存');
    expect(agent.balance('rich')).toBe(rich);
    await agent.tap(CARD);
    expect(await ends(id)).toMatchObject({ state: 'declined', reason: 'not-loaded' });
  });

  /** The card is used elsewhere, up to its GPO: its counter moves. */
  function useElsewhere(commands: readonly Uint8Array[]): void {
    const chip = agent.tray.chip(CARD) ?? expect.fail();
    const counter = () => chip.stored().applications[0]?.atc ?? Number.NaN;
    const before = counter();
    chip.power();
    for (const command of commands) chip.transmit(command);
    expect(counter()).toBe(before + 1);
  }

  it('and has moved on since is for the centre: the money waits there', async () => {
    const putData = await putDataOf();
    const commands: Uint8Array[] = [];
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, 'after-card'), (command, _, next) => {
      commands.push(command.slice());
      return next(command);
    });
    await agent.reaches(id, 'present-again');
    await agent.readers.field(1).remove();
    useElsewhere(commands.slice(0, commands.findIndex((command) => command[1] === 0xa8) + 1));
    await agent.tap(CARD);
    expect(await ends(id)).toMatchObject({ state: 'undecided', reason: 'card-moved-on', debited: 'unknown' });
    expect(lastRecord()).toMatchObject({
      kind: 'load',
      outcome: 'undecided',
      debited: 'unknown',
      authorisationId: 'A-2',
      chip: { cryptogramType: 'arqc' },
    });
    await nothingDue();
    expect(reversals()).toHaveLength(1);
    expect(reversals()[0]).not.toHaveProperty('notLoaded');
  });
});

describe('an undecided load whose card comes by', () => {
  /** A load torn at the script, then cancelled. */
  async function giveUp(when: 'before-card' | 'after-card'): Promise<string> {
    const putData = await putDataOf();
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, when));
    await agent.reaches(id, 'present-again');
    const { body } = await agent.cancel(id);
    expect(body).toMatchObject({ state: 'undecided', reason: 'cancelled', debited: 'unknown' });
    expect(body.reasonText?.zh).toContain('尚不确定');
    await agent.readers.field(1).remove();
    return id;
  }

  it.each([
    ['after-card', { state: 'approved', reason: 'found-loaded', debited: 'account' }, 'approved'],
    ['before-card', { state: 'cancelled', reason: 'found-not-loaded', debited: 'none' }, 'declined'],
  ] as const)('torn %s: the record settles the undecided one', async (when, expected, outcome) => {
    const id = await giveUp(when);
    await nothingDue();
    expect(reversals()).toHaveLength(1);
    expect(reversals()[0]).not.toHaveProperty('notLoaded');
    const sequence = agent.queue.records.head().sequence;
    // It pays now; before that it is asked about the load.
    expect((await agent.sale(CARD, 100)).state).toBe('approved');
    expect(await agent.payment(id)).toMatchObject(expected);
    expect(agent.queue.records.get(1, sequence + 1)?.record).toMatchObject({
      kind: 'load',
      outcome,
      authorisationId: 'A-2',
      resolvesSequence: sequence,
      chip: { cryptogramType: 'arqc' },
    });
    await nothingDue();
    // The one that was sent cannot say more: the record names the grant.
    expect(reversals()).toHaveLength(1);
    expect(agent.queue.verify().kind).toBe('sound');
  });

  it.each([
    ['after-card', []],
    ['before-card', [{ notLoaded: true }]],
  ] as const)('torn %s, with the host away: what the reversal says waits for the card', async (when, sent) => {
    const putData = await putDataOf();
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, when));
    await agent.reaches(id, 'present-again');
    agent.clearing.down = true;
    await agent.down();
    await agent.up();
    await agent.reaches(id, 'present-again');
    await agent.tap(CARD);
    const payment = await ends(id);
    expect(payment.state).toBe(when === 'after-card' ? 'approved' : 'declined');
    agent.clearing.down = false;
    await nothingDue();
    expect(reversals()).toMatchObject(sent);
  });
});

describe('dying during a load', () => {
  const died = () => until('the process to die', async () => (agent.isDead ? true : undefined));

  /** Those that a load of this card comes by. */
  const COMES_BY = STEPS.filter(
    (step) => !['pin-awaited', 'pin-ended', 'intent-probed', 'intent-resolved'].includes(step),
  );

  it.each(COMES_BY)('after %s: what the chip has is what the load says', async (step: StepName) => {
    const before = agent.balance(CARD);
    agent.dieAfter(step);
    await agent.load(AMOUNT).catch(() => undefined);
    if (!agent.isDead) await agent.tap(CARD);
    await died();
    for (const at of [0, 1]) await agent.readers.field(at).remove();
    await agent.restart();

    const { items } = (await agent.call<{ items: Payment[] }>('GET', '/v1/payments')).body;
    const found = items[0] ?? expect.fail('no payment');
    if (found.state === 'present-again') await agent.tap(CARD);
    const payment = await ends(found.id);
    // The intent stands before the script: without it the chip has nothing, and nobody need look at the card.
    const open = step === 'intent-saved' || step === 'outcome-known';
    expect(found.state).toBe(open ? 'present-again' : payment.state);
    if (!open && payment.state !== 'approved') expect(payment).toMatchObject({ state: 'failed', reason: 'restarted' });
    await adds(before, payment, 0);
    expect(agent.queue.verify().kind).toBe('sound');
    expect((await agent.sale(CARD, 100)).state).toBe('approved');
  });

  it.each([
    ['intent-probed', 'after-card'],
    ['intent-probed', 'before-card'],
    ['outcome-committed', 'after-card'],
    ['outcome-committed', 'before-card'],
  ] as const)('in its recovery, after %s, torn %s', async (step, when) => {
    const putData = await putDataOf();
    const before = agent.balance(CARD);
    const id = await agent.load(AMOUNT);
    await agent.tap(CARD, tearAt(putData, when));
    await agent.reaches(id, 'present-again');
    agent.dieAfter(step);
    await agent.tap(CARD);
    await died();
    for (const at of [0, 1]) await agent.readers.field(at).remove();
    await agent.restart();
    if ((await agent.payment(id)).state === 'present-again') await agent.tap(CARD);
    const payment = await ends(id);
    expect(payment.state).toBe(when === 'after-card' ? 'approved' : 'declined');
    await adds(before, payment, 1);
  });
});
