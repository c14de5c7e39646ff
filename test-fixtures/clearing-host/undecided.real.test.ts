import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, NOW_MS, startWorld, type World } from './world.ts';

const TEN_DAYS_MS = 10 * 24 * 3_600_000;

let world: World;
let terminal: Terminal;
let card: Chip;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());

/** A payment of 1,250 from 5,000 whose card left; it is at the host. Gives its sequence. */
async function tornPayment(debited: boolean): Promise<{ sequence: number; chip: ReturnType<Chip['torn']> }> {
  card = await world.card({ balance: 5_000 });
  const chip = card.torn(1_250, debited);
  const sequence = terminal.write(HAPPENED.undecided, 1_250, { card, chip });
  expect(await terminal.settleUp()).toEqual(['accepted']);
  expect(await fateOf(sequence)).toEqual({ state: 'open', balance: ACCOUNT_MINOR });
  return { sequence, chip };
}

async function fateOf(sequence: number) {
  const [row] = await world.query(
    `select u.state, c.balance_minor::int as balance from undecided u join cards c using (token)
     where u.terminal = $1 and u.epoch = $2 and u.sequence = $3`,
    [terminal.enrolment.terminal, terminal.enrolment.epoch, sequence],
  );
  return row;
}

const GIVEN_BACK = { state: 'given-back', balance: ACCOUNT_MINOR + 1_250 };
const NOT_DEBITED = { state: 'not-debited', balance: ACCOUNT_MINOR };

describe('an undecided payment is decided by what its card shows next', () => {
  it.each([
    ['a payment at another terminal, after a debit', true, GIVEN_BACK],
    ['a payment at another terminal, without one', false, NOT_DEBITED],
  ] as const)('%s', async (_title, debited, fate) => {
    const { sequence } = await tornPayment(debited);
    const other = await world.terminal();
    other.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    expect(await other.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(fate);
  });

  it.each([
    ['after a debit', true, GIVEN_BACK.state],
    ['without one', false, NOT_DEBITED.state],
  ] as const)('a request online, %s', async (_title, debited, state) => {
    const { sequence } = await tornPayment(debited);
    const answer = await terminal.authorise(terminal.authorisationRequest(card, card.askOnline(100), 100));
    expect(answer.body).toMatchObject({ result: 'approved' });
    expect(await fateOf(sequence)).toMatchObject({ state });
  });

  it('a declined payment tells as much', async () => {
    const { sequence } = await tornPayment(true);
    terminal.write(HAPPENED.declined, 9_999, { card, chip: card.refuse(9_999) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
  });

  it('what came in before it counts as well', async () => {
    card = await world.card({ balance: 5_000 });
    const chip = card.torn(1_250, true);
    const other = await world.terminal();
    other.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    expect(await other.settleUp()).toEqual(['accepted']);
    const sequence = terminal.write(HAPPENED.undecided, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
  });

  it('two in a row, each by the next', async () => {
    card = await world.card({ balance: 5_000 });
    const first = terminal.write(HAPPENED.undecided, 1_250, { card, chip: card.torn(1_250, false) });
    const second = terminal.write(HAPPENED.undecided, 1_250, { card, chip: card.torn(1_250, true) });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await fateOf(first)).toMatchObject({ state: 'not-debited' });
    expect(await fateOf(second)).toEqual(GIVEN_BACK);
  });

  it('a balance that fits neither leaves it open, with an incident', async () => {
    const { sequence } = await tornPayment(true);
    card.balance += 77;
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toMatchObject({ state: 'open' });
    const incidents = await world.query('select kind from incidents where sequence = $1 and terminal = $2', [
      sequence,
      terminal.enrolment.terminal,
    ]);
    expect(incidents).toEqual([{ kind: 'undecided-puzzle' }]);
  });

  it('a balance without a genuine MAC tells nothing', async () => {
    const { sequence } = await tornPayment(true);
    const chip = card.pay(300);
    const forged = chip.issuerApplicationData.replace(/.{8}$/, '00000000');
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: { ...chip, issuerApplicationData: forged } });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toMatchObject({ state: 'open' });
  });
});

describe('while ATCs are missing in between', () => {
  it('a debit is not believed before the missing ones are in', async () => {
    const { sequence } = await tornPayment(true);
    const other = await world.terminal();
    const missing = card.pay(200);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toMatchObject({ state: 'open' });
    other.write(HAPPENED.approvedByChip, 200, { card, chip: missing });
    await other.settleUp();
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
  });

  it('nor one that another payment of the same amount explains', async () => {
    const { sequence } = await tornPayment(false);
    const other = await world.terminal();
    const missing = card.pay(1_250);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toMatchObject({ state: 'open' });
    other.write(HAPPENED.approvedByChip, 1_250, { card, chip: missing });
    await other.settleUp();
    expect(await fateOf(sequence)).toEqual(NOT_DEBITED);
  });

  it('it is believed once nothing can come in any more', async () => {
    const { sequence } = await tornPayment(true);
    card.atc += 1;
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toMatchObject({ state: 'open' });
    world.clockMs = NOW_MS + TEN_DAYS_MS + 60_000;
    await until('the sweep', async () => ((await fateOf(sequence))?.['state'] === 'given-back' ? true : undefined));
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
    world.clockMs = NOW_MS;
  });
});

describe('a payment whose cryptogram never came', () => {
  /** Full debit/credit that ended at its GENERATE AC: the terminal knows the counter and the balance before. */
  async function tornAtGenerateAc(debited: boolean): Promise<number> {
    card = await world.card({ balance: 5_000 });
    card.torn(1_250, debited);
    const sequence = terminal.write(HAPPENED.undecided, 1_250, { card, known: { atc: 1, balanceBeforeMinor: 5_000 } });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    return sequence;
  }

  it('is closed when the next balance is as before', async () => {
    const sequence = await tornAtGenerateAc(false);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toEqual(NOT_DEBITED);
  });

  it('is given back only when no TC can come in for it any more', async () => {
    const sequence = await tornAtGenerateAc(true);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    await terminal.settleUp();
    expect(await fateOf(sequence)).toEqual({ state: 'open', balance: ACCOUNT_MINOR });
    // Later than the sweep of the test before.
    world.clockMs = NOW_MS + TEN_DAYS_MS + 180_000;
    await until('the sweep', async () => ((await fateOf(sequence))?.['state'] === 'given-back' ? true : undefined));
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
    world.clockMs = NOW_MS;
    const other = await world.terminal();
    card.atc = 0;
    other.write(HAPPENED.approvedByChip, 1_250, { card, chip: card.pay(1_250) });
    expect(await other.settleUp()).toEqual(['repeated-cryptogram']);
  });

  it('is held as well when the terminal has seen the debit: the chip tells', async () => {
    card = await world.card({ balance: 5_000 });
    card.torn(1_250, true);
    const told = { atc: 1, balanceBeforeMinor: 5_000 };
    const sequence = terminal.write(HAPPENED.afterDebit, 1_250, { card, known: told });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual({ state: 'open', balance: ACCOUNT_MINOR });
    card.balance = 5_000;
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(NOT_DEBITED);
  });

  it('whoever finds out itself leaves the giving back to the chip', async () => {
    const sequence = await tornAtGenerateAc(true);
    const known = { atc: 1, balanceBeforeMinor: 5_000 };
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, known });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual({ state: 'open', balance: ACCOUNT_MINOR });
  });

  it('is paid by the TC, should that come in', async () => {
    card = await world.card({ balance: 5_000 });
    const chip = card.torn(1_250, true);
    const told = { atc: 1, balanceBeforeMinor: 5_000 };
    const sequence = terminal.write(HAPPENED.undecided, 1_250, { card, known: told });
    const other = await world.terminal();
    other.write(HAPPENED.approvedByChip, 1_250, { card, chip });
    expect([await terminal.settleUp(), await other.settleUp()]).toEqual([['accepted'], ['accepted']]);
    expect(await fateOf(sequence)).toEqual({ state: 'paid', balance: ACCOUNT_MINOR });
  });
});

describe('the terminal finds out itself', () => {
  it('that the card was debited: given back', async () => {
    const { sequence, chip } = await tornPayment(true);
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
  });

  it('that it was not: closed', async () => {
    const { sequence } = await tornPayment(false);
    terminal.write({ ...HAPPENED.declined, resolvesSequence: sequence }, 1_250, { card });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await fateOf(sequence)).toEqual(NOT_DEBITED);
  });

  it('after evidence has told: not given back twice', async () => {
    const { sequence, chip } = await tornPayment(true);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, chip });
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await fateOf(sequence)).toEqual(GIVEN_BACK);
  });

  it('the contrary of what evidence told: disputed', async () => {
    const { sequence, chip } = await tornPayment(false);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'contradicts-evidence']);
    expect(await fateOf(sequence)).toEqual(NOT_DEBITED);
  });

  it('of a record that was not undecided: disputed', async () => {
    const { sequence, chip } = await tornPayment(true);
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence - 1 }, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['resolves-unknown']);
  });
});

describe('what cannot be decided', () => {
  it('a TC that does not verify is disputed and never given back', async () => {
    card = await world.card({ balance: 5_000 });
    const chip = { ...card.torn(1_250, true), cryptogram: '0011223344556677' };
    terminal.write(HAPPENED.undecided, 1_250, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    expect(await terminal.settleUp()).toEqual(['wrong-cryptogram', 'accepted']);
    const [row] = await world.query('select balance_minor::int as balance from cards where masked_pan = $1', [
      card.pan.masked,
    ]);
    expect(row).toEqual({ balance: ACCOUNT_MINOR });
  });

  it('one without a card is kept for people', async () => {
    const sequence = terminal.write(HAPPENED.undecided, 1_250);
    expect(await terminal.settleUp()).toEqual(['accepted']);
    const incidents = await world.query('select kind from incidents where sequence = $1 and terminal = $2', [
      sequence,
      terminal.enrolment.terminal,
    ]);
    expect(incidents).toEqual([{ kind: 'undecided-without-card' }]);
  });

  it('one that a record has paid after all is closed as paid', async () => {
    const { sequence, chip } = await tornPayment(true);
    terminal.write(HAPPENED.approvedByChip, 1_250, { card, chip });
    terminal.write({ ...HAPPENED.afterDebit, resolvesSequence: sequence }, 1_250, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'repeated-cryptogram']);
    expect(await fateOf(sequence)).toEqual({ state: 'paid', balance: ACCOUNT_MINOR });
  });
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
