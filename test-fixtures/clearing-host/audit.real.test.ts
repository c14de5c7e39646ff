import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../clearing/host/database/database.ts';
import { audit } from '../../clearing/host/ledger/audit.ts';
import { until } from '../until.ts';
import { claimsOf, FORGED } from './claims.ts';
import { HAPPENED } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let database: Database;

/** Two of each kind, of different amounts, so that what is wrong of both may be right in their sum. */
beforeAll(async () => {
  world = await startWorld();
  database = openDatabase({ url: world.databaseUrl, jitter: () => 0, onIdleError: () => {} });
  const terminal = await world.terminal();
  const claims = claimsOf(world, terminal);
  for (const amount of [101, 105]) {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) });
    await claims.authorised(amount + 100);
    const { authorisationId, ...load } = await claims.authorised(amount + 200, 'load');
    terminal.write({ ...HAPPENED.loaded, authorisationId }, amount + 200, load);
    await terminal.settleUp();
    for (const decision of ['paid', 'rejected', undefined] as const) {
      const { claim } = await claims.forged(amount + 300);
      if (decision !== undefined) await claims.settled(claim, decision);
    }
  }
  for (const amount of [501, 505, 509, 513]) {
    const card = await world.card({ balance: 5_000 });
    await world.host.admin.addToHotlist([card.pan]);
    terminal.write(HAPPENED.approvedOnTrust, amount, { card, chip: card.askOnline(amount) });
    expect(await terminal.settleUp()).toEqual(['hotlisted']);
    if (amount > 505) continue;
    await world.host.admin.removeFromHotlist([card.pan]);
    await terminal.authorise(terminal.authorisationRequest(card, card.askOnline(1), 1));
  }
  const card = await world.card({ balance: 5_000 });
  terminal.write(HAPPENED.afterDebit, 601, { card, chip: { ...card.pay(601), cryptogram: FORGED } });
  await claims.settled(await claims.claimed('wrong-cryptogram'), 'paid');
  await until('everything to be settled', async () => {
    const [left] = await world.query('select 1 from batches where id not in (select batch_id from settlements)');
    return left === undefined ? true : undefined;
  });
});
afterAll(async () => {
  await database.close();
  await world.close();
});

/** The audit of books that somebody has changed behind the host's back. */
async function faultsAfter(...edits: readonly string[]): Promise<readonly string[]> {
  let faults: readonly string[] = [];
  const put = database.transaction(async (tx) => {
    for (const edit of edits) expect(await tx.run(edit), edit).toBeGreaterThan(0);
    ({ faults } = await audit({ transaction: (work) => work(tx) }));
    throw new Error('put back');
  });
  await expect(put).rejects.toThrow('put back');
  return faults;
}

/** Two rows, of which one has a fen more and the other a fen less. */
const moveFen = (table: string, column: string, one: string, other: string) => [
  `update ${table} set ${column} = ${column} + 1 where ${one}`,
  `update ${table} set ${column} = ${column} - 1 where ${other}`,
];

it('has nothing to say of books that nobody has touched', async () => {
  expect((await world.host.admin.audit()).faults).toEqual([]);
});

const MERCHANT = 'have not paid their merchant';
const CLAIM = 'claims have not moved';
const DEBT = 'debts have not moved';
const LISTED = 'are not listed as they are';
const SETTLED = 'settlements are not';

it.each<[string, string, readonly string[]]>([
  [
    'a fen from record to record',
    MERCHANT,
    moveFen('records', 'amount_minor', 'amount_minor = 101', 'amount_minor = 105'),
  ],
  ['another merchant', MERCHANT, [`update batches set merchant = 'M9' where first_sequence = 1`]],
  [
    'a fen from claim to claim',
    CLAIM,
    moveFen(
      'suspense_items',
      'amount_minor',
      `amount_minor = 401 and state = 'rejected'`,
      `amount_minor = 405 and state = 'rejected'`,
    ),
  ],
  [
    'another payer of a claim',
    CLAIM,
    [`update suspense_items set paid_by = 'chip' where amount_minor = 401 and state = 'paid'`],
  ],
  [
    'another claimant',
    CLAIM,
    [`update suspense_items set claimant = 'card' where amount_minor = 401 and state = 'open'`],
  ],
  ['a rejected claim that is gone', 'claims came to', [`delete from suspense_items where state = 'rejected'`]],
  [
    'a fen from open debt to open debt',
    DEBT,
    moveFen('debts', 'amount_minor', 'amount_minor = 509', 'amount_minor = 513'),
  ],
  [
    'a debt of another card',
    DEBT,
    [`update debts set token = (select token from debts where amount_minor = 513) where amount_minor = 509`],
  ],
  ['a fen from line to line of the list', LISTED, moveFen('collections', 'amount_minor', 'number = 1', 'number = 2')],
  ['a line of the list for another merchant', LISTED, [`update collections set merchant = 'M9' where number = 1`]],
  ['a line of the list for another record', LISTED, ['update collections set sequence = 1 where number = 1']],
  ['a number that the list left out', LISTED, ['update collections set number = 99 where number = 1']],
  ['a fen from settlement to settlement', SETTLED, moveFen('settlements', 'total_minor', 'number = 1', 'number = 2')],
  [
    'a settlement that counts another',
    SETTLED,
    ['update settlements set record_count = record_count + 1 where number = 1'],
  ],
  ['a settlement that disputes another', SETTLED, [`update settlements set disputed = '{9}' where number = 1`]],
  ['a settlement that is gone', SETTLED, ['delete from settlements where number = 2']],
  [
    'a fen from hold to hold',
    'cards do not hold',
    moveFen(
      'authorisations',
      'amount_minor',
      `state = 'held' and amount_minor = 201`,
      `state = 'held' and amount_minor = 205`,
    ),
  ],
  [
    'a fen from load to load',
    'chips were not loaded',
    moveFen('loads', 'amount_minor', 'amount_minor = 301', 'amount_minor = 305'),
  ],
])('names %s', async (_title, words, edits) => {
  expect(await faultsAfter(...edits)).toContainEqual(expect.stringContaining(words));
});
