import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Purse } from './purse.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;
let card: Purse;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());
beforeEach(async () => {
  card = await world.purse({ balance: 5_000 });
});

async function pots() {
  const [row] = await world.query(
    `select balance_minor::int as account,
       (select coalesce(sum(amount_minor), 0)::int from postings where account = 'purse:' || token) as purse
     from cards where masked_pan = $1 and token in (select replace(account, 'purse:', '') from postings)
     order by token`,
    [card.pan.masked],
  );
  return row;
}

describe('a purchase from a purse', () => {
  it.each(['05', '06'] as const)('is paid by its TAC: type %s', async (type) => {
    const purse = card.pay(1_250, type);
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 1_250, { card });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await pots()).toEqual({ account: ACCOUNT_MINOR, purse: 3_750 });
  });

  it('of ED and EP count apart', async () => {
    const ep = card.pay(100, '06');
    const ed = { ...card.pay(100, '05'), sequence: ep.sequence };
    terminal.write({ ...HAPPENED.approvedByChip, purse: ep }, 100, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse: ed }, 100, { card });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted']);
  });

  it('is paid once, by whichever of its numbers it comes again', async () => {
    const purse = card.pay(500);
    const later = card.pay(500);
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 500, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 500, { card });
    // The TAC does not cover the purse's own number.
    terminal.write({ ...HAPPENED.approvedByChip, purse: { ...purse, sequence: 999 } }, 500, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse: { ...later, sequence: purse.sequence } }, 500, { card });
    const other = await world.terminal();
    other.write({ ...HAPPENED.approvedByChip, purse }, 500, { card });
    expect(await terminal.settleUp()).toEqual(['accepted', ...Array(3).fill('repeated-cryptogram')]);
    expect(await other.settleUp()).toEqual(['repeated-cryptogram']);
    expect(await pots()).toEqual({ account: ACCOUNT_MINOR, purse: 4_500 });
  });

  it('goes to suspense with a wrong TAC or none', async () => {
    const before = (await world.host.admin.audit()).suspenseMinor;
    const { transactionCode: _, ...untold } = card.pay(100);
    terminal.write({ ...HAPPENED.approvedByChip, purse: untold }, 100, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse: card.pay(100) }, 101, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse: { ...card.pay(100), transactionType: '05' } }, 100, { card });
    expect(await terminal.settleUp()).toEqual(Array(3).fill('wrong-transaction-code'));
    expect((await world.host.admin.audit()).suspenseMinor - before).toBe(301);
    expect(await pots()).toEqual({ account: ACCOUNT_MINOR, purse: 5_000 });
  });

  it('of another purse than its sealed number, or an unknown one, is disputed', async () => {
    const other = new Purse(100);
    const foreign = terminal.sealPan(other.pan, 'AB'.repeat(32));
    terminal.write({ ...HAPPENED.approvedByChip, purse: card.pay(100) }, 100, { card, sealedPan: foreign });
    terminal.write({ ...HAPPENED.approvedByChip, purse: other.pay(100) }, 100, { card: other });
    terminal.write({ ...HAPPENED.approvedByChip, purse: other.pay(100) }, 100, { card: other, sealedPan: false });
    terminal.write({ ...HAPPENED.approvedByChip, purse: card.pay(100) }, 100, { card, sealedPan: false });
    expect(await terminal.settleUp()).toEqual(['pan-mismatch', 'unknown-card', 'pan-missing', 'accepted']);
  });

  it('that came to nothing is given back to the account, once', async () => {
    const purse = card.pay(700);
    terminal.write({ ...HAPPENED.afterDebit, purse: { ...purse, mac2Verdict: 'wrong' } }, 700, { card });
    terminal.write({ ...HAPPENED.afterDebit, purse }, 700, { card });
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 700, { card });
    expect(await terminal.settleUp()).toEqual(['accepted', 'repeated-cryptogram', 'repeated-cryptogram']);
    expect(await pots()).toEqual({ account: ACCOUNT_MINOR + 700, purse: 4_300 });
  });

  it('of which nobody knows waits for its terminal', async () => {
    const purse = card.pay(700);
    const { transactionCode: _, mac2Verdict: _verdict, ...open } = purse;
    const resolvesSequence = terminal.write({ ...HAPPENED.undecided, purse: open }, 700, { card });
    terminal.write({ ...HAPPENED.afterDebit, purse, resolvesSequence }, 700, { card });
    terminal.write({ ...HAPPENED.afterDebit, purse, resolvesSequence }, 700, { card });
    terminal.write({ ...HAPPENED.declined, purse: open, resolvesSequence: 1 }, 700, { card });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted', 'accepted', 'resolves-unknown']);
    expect(await pots()).toEqual({ account: ACCOUNT_MINOR + 700, purse: 4_300 });
    const kinds = await world.query('select kind from incidents where terminal = $1 and sequence = $2', [
      terminal.enrolment.terminal,
      resolvesSequence,
    ]);
    expect(kinds).toEqual([{ kind: 'undecided-purse' }]);
  });
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
