import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RecordChip } from '../../clearing/contract/record/index.ts';
import { until } from '../until.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, NOW_MS, startWorld, type World } from './world.ts';

const TEN_DAYS_MS = 10 * 24 * 3_600_000;
const LIMIT_MINOR = 20_000;

let world: World;
let terminal: Terminal;
let card: Chip;

beforeAll(async () => {
  world = await startWorld({ chipBalanceLimitMinor: LIMIT_MINOR });
  terminal = await world.terminal();
});
afterAll(() => world.close());
beforeEach(async () => {
  card = await world.card({ balance: 5_000 });
});

interface Answered {
  readonly request: ReturnType<Terminal['authorisationRequest']>;
  readonly arqc: RecordChip;
  readonly authorisationId: string;
  readonly script: string;
}

function request(amount: number, arqc = card.askOnline(amount)) {
  return terminal.authorisationRequest(card, arqc, amount, { purpose: 'load', issuerData: true });
}

/** A load that the host has approved; the card has not been told yet. */
async function approved(amount = 3_000): Promise<Answered> {
  const arqc = card.askOnline(amount);
  const asked = request(amount, arqc);
  const { body } = await terminal.authorise(asked);
  if (body['result'] !== 'approved') throw new Error(JSON.stringify(body));
  const issuer = body['issuer'] as { scripts: readonly string[] };
  const [script = ''] = issuer.scripts;
  return { request: asked, arqc, authorisationId: String(body['authorisationId']), script };
}

async function pots() {
  const [row] = await world.query(
    `select balance_minor::int as account, held_minor::int as held,
       (select coalesce(sum(amount_minor), 0)::int from postings where account = 'chip:' || token) as chip
     from cards where masked_pan = $1`,
    [card.pan.masked],
  );
  return row;
}

const UNTOUCHED = { account: ACCOUNT_MINOR, held: 0, chip: 5_000 };
const HELD = { account: ACCOUNT_MINOR, held: 3_000, chip: 5_000 };
const LOADED = { account: ACCOUNT_MINOR - 3_000, held: 0, chip: 8_000 };

async function stateOf({ request: { id } }: Answered) {
  const [row] = await world.query('select state, proven from loads where authorisation = $1', [id]);
  return row;
}

const reverse = async ({ request: { id } }: Answered, more: { notLoaded?: true } = {}) =>
  (await terminal.reverse(id, randomUUID(), more)).body['effect'];

/** The card's next transaction, at another terminal. */
async function nextTransaction(amount = 100): Promise<void> {
  const other = await world.terminal();
  other.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) });
  expect(await other.settleUp()).toEqual(['accepted']);
}

describe('a load', () => {
  it.each(['3des', 'sm4'] as const)('is held, told to the chip, posted: %s', async (algorithm) => {
    card = await world.card({ balance: 5_000, algorithm });
    const load = await approved();
    expect(await pots()).toEqual(HELD);
    expect(card.takeLoad(load.arqc, load.script)).toBe(true);
    expect(card.balance).toBe(8_000);
    const { arqc: chip, authorisationId } = load;
    const said = { ...HAPPENED.loaded, authorisationId, confirmation: card.confirm(chip), scriptResults: '2000000001' };
    terminal.write(said, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await pots()).toEqual(LOADED);
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'loaded', proven: true });
  });

  it('says what the chip will hold, and that again when it is asked again', async () => {
    const asked = request(3_000);
    const { body } = await terminal.authorise(asked);
    expect(body).toMatchObject({ accountBalanceMinor: ACCOUNT_MINOR - 3_000, chipBalanceMinor: 8_000 });
    expect((await terminal.authorise(asked)).body).toEqual(body);
    expect(await pots()).toEqual(HELD);
  });

  it('brings nobody a merchant’s money', async () => {
    const before = await world.host.admin.audit();
    const { arqc: chip, authorisationId, script } = await approved();
    card.takeLoad(chip, script);
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip: card.pay(500) });
    const batch = terminal.seal();
    expect(batch.seal.totalMinor).toBe(500);
    await terminal.submit(batch);
    const total = await until('settlement', async () => {
      const { body } = await terminal.get(`/v1/batches/${batch.seal.batchId}`);
      return (body['settlement'] as { totalMinor: number } | undefined)?.totalMinor;
    });
    expect(total).toBe(500);
    const after = await world.host.admin.audit();
    expect(after.merchantsMinor - before.merchantsMinor).toBe(500);
    expect(after.loadedMinor - before.loadedMinor).toBe(3_000);
  });

  it.each([
    ['more than the account has', 10_001, 'insufficient-funds', '3531'],
    ['more than a chip may hold', 15_001, 'balance-limit', '3631'],
  ] as const)('of %s is refused', async (_title, amount, reason, authorisationResponseCode) => {
    const { body } = await terminal.authorise(request(amount));
    expect(body).toMatchObject({ result: 'declined', reason, issuer: { authorisationResponseCode } });
    expect(body['issuer']).not.toHaveProperty('scripts');
    expect(await pots()).toEqual(UNTOUCHED);
  });

  it('up to what a chip may hold is approved', async () => {
    card = await world.card({ balance: LIMIT_MINOR - ACCOUNT_MINOR });
    expect((await terminal.authorise(request(ACCOUNT_MINOR))).body).toMatchObject({ chipBalanceMinor: LIMIT_MINOR });
  });

  it.each([
    ['a balance under a wrong MAC', (iad: string) => iad.replace(/.{8}$/, '00000000')],
    ['another balance than the MAC is for', (iad: string) => iad.replace('0A010000005000', '0A010000000000')],
    ['none', (iad: string) => iad.slice(0, 16)],
  ])('is refused when the chip tells %s', async (_title, change) => {
    const arqc = card.askOnline(3_000);
    const chip = { ...arqc, issuerApplicationData: change(arqc.issuerApplicationData) };
    const { body } = await terminal.authorise(request(3_000, chip));
    expect(body).toMatchObject({ result: 'declined', reason: 'balance-unknown' });
    expect(await pots()).toEqual(UNTOUCHED);
  });

  it('that the chip cannot be told of is refused', async () => {
    const { issuerData: _, ...asked } = request(3_000);
    const { status, body } = await terminal.authorise(asked);
    expect([status, body.code]).toEqual([422, 'inconsistent']);
  });

  it('is posted once, and never as a purchase', async () => {
    const { arqc: chip, authorisationId } = await approved();
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    terminal.write(HAPPENED.loaded, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual([
      'authorisation-mismatch',
      'accepted',
      'authorisation-used',
      'authorisation-missing',
    ]);
    expect(await pots()).toEqual(LOADED);
  });

  it('of a purchase’s authorisation is none', async () => {
    const chip = card.askOnline(3_000);
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, chip, 3_000));
    const authorisationId = String(body['authorisationId']);
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['authorisation-mismatch']);
  });
});

describe('a load that came to nothing', () => {
  it('is undone when its terminal knows', async () => {
    const load = await approved();
    expect(await reverse(load, { notLoaded: true })).toBe('reversed');
    expect(await pots()).toEqual(UNTOUCHED);
    expect(await reverse(load)).toBe('already-reversed');
    terminal.write({ ...HAPPENED.loaded, authorisationId: load.authorisationId }, 3_000, { card, chip: load.arqc });
    expect(await terminal.settleUp()).toEqual(['authorisation-reversed']);
  });

  it('is undone by its record', async () => {
    const load = await approved();
    const { arqc: chip, authorisationId } = load;
    const confirmation = card.confirm(chip, 'aac');
    terminal.write({ ...HAPPENED.notLoaded, authorisationId, confirmation }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await pots()).toEqual(UNTOUCHED);
    expect(await reverse(load)).toBe('already-reversed');
  });

  it('before the host saw it is kept out', async () => {
    const asked = request(3_000);
    expect((await terminal.reverse(asked.id)).body).toMatchObject({ effect: 'not-seen' });
    expect((await terminal.authorise(asked)).status).toBe(409);
    expect(await pots()).toEqual(UNTOUCHED);
  });
});

describe('a load of which the terminal does not know', () => {
  /** It has come to the host that nobody knows: by a reversal, or by a record. */
  const ways: readonly (readonly [string, (load: Answered) => Promise<unknown>])[] = [
    ['a reversal', async (load) => expect(await reverse(load)).toBe('waits-for-card')],
    [
      'a record',
      async ({ arqc: chip, authorisationId }) => {
        terminal.write({ ...HAPPENED.loadUndecided, authorisationId }, 3_000, { card, chip });
        expect(await terminal.settleUp()).toEqual(['accepted']);
      },
    ],
  ];

  it.each(ways)('waits for its chip, which has taken it: %s', async (_title, tell) => {
    const load = await approved();
    expect(card.takeLoad(load.arqc, load.script)).toBe(true);
    await tell(load);
    expect(await pots()).toEqual(HELD);
    expect((await world.host.admin.audit()).loadsWaiting).toBe(1);
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'loaded', proven: true });
    expect(await pots()).toEqual({ ...LOADED, chip: 7_900 });
    expect(await reverse(load)).toBe('already-posted');
  });

  it.each(ways)('waits for its chip, which has not: %s', async (_title, tell) => {
    const load = await approved();
    await tell(load);
    expect(await pots()).toEqual(HELD);
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'not-loaded', proven: true });
    expect(await pots()).toEqual({ ...UNTOUCHED, chip: 4_900 });
    expect(await reverse(load)).toBe('already-reversed');
  });

  it('is decided at once when the chip has told before', async () => {
    const load = await approved();
    card.takeLoad(load.arqc, load.script);
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'open', proven: false });
    expect(await reverse(load, { notLoaded: true })).toBe('already-posted');
    expect(await pots()).toEqual({ ...LOADED, chip: 7_900 });
  });

  it('is noted when the terminal finds it out after the chip has told', async () => {
    const load = await approved();
    card.takeLoad(load.arqc, load.script);
    await reverse(load);
    await nextTransaction();
    const { arqc: chip, authorisationId } = load;
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.notLoaded, authorisationId }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'contradicts-evidence', 'authorisation-used']);
    expect(await pots()).toEqual({ ...LOADED, chip: 7_900 });
  });

  it('is settled by a record that names the undecided one', async () => {
    const load = await approved();
    const { arqc: chip, authorisationId } = load;
    const resolvesSequence = terminal.write({ ...HAPPENED.loadUndecided, authorisationId }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.loaded, authorisationId, resolvesSequence }, 3_000, { card, chip });
    terminal.write({ ...HAPPENED.loaded, authorisationId, resolvesSequence: 1 }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted', 'resolves-unknown']);
    expect(await pots()).toEqual(LOADED);
  });

  it('waits while ATCs are missing, and no longer than anything can come in', async () => {
    const load = await approved();
    card.takeLoad(load.arqc, load.script);
    await reverse(load);
    card.atc += 1;
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'waiting', proven: false });
    world.clockMs = NOW_MS + TEN_DAYS_MS + 60_000;
    await until('the sweep', async () => ((await stateOf(load))?.['state'] === 'loaded' ? true : undefined));
    expect(await pots()).toEqual({ ...LOADED, chip: 7_900 });
    world.clockMs = NOW_MS;
  });

  it('stays with an incident when the next balance fits neither', async () => {
    const load = await approved();
    await reverse(load);
    card.balance += 77;
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'waiting', proven: false });
    const kinds = await world.query(`select kind from incidents where detail like '%' || $1 || '%'`, [load.request.id]);
    expect(kinds).toEqual([{ kind: 'load-puzzle' }]);
    // A person has looked; the books are to balance for the rest.
    expect(await reverse(load, { notLoaded: true })).toBe('reversed');
  });
});

describe('what the chip proves goes before what its terminal said', () => {
  const incidentOf = ({ request: { id } }: Answered) =>
    world.query(`select kind from incidents where detail like '%' || $1 || '%' order by kind`, [id]);

  it('loaded, although the terminal denied it: the account pays, be it into debt', async () => {
    const load = await approved();
    expect(await reverse(load, { notLoaded: true })).toBe('reversed');
    card.takeLoad(load.arqc, load.script);
    const chip = card.payFromAccount(ACCOUNT_MINOR);
    terminal.write(HAPPENED.approvedByCard, ACCOUNT_MINOR, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await stateOf(load)).toEqual({ state: 'loaded', proven: true });
    expect(await pots()).toEqual({ account: -3_000, held: 0, chip: 8_000 });
    expect(await incidentOf(load)).toEqual([{ kind: 'load-contradicted' }]);
  });

  it('not loaded, although the terminal said so: the account gets it back', async () => {
    const load = await approved();
    const { arqc: chip, authorisationId } = load;
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await pots()).toEqual(LOADED);
    await nextTransaction();
    expect(await stateOf(load)).toEqual({ state: 'not-loaded', proven: true });
    expect(await pots()).toEqual({ ...UNTOUCHED, chip: 4_900 });
    expect(await incidentOf(load)).toEqual([{ kind: 'load-contradicted' }]);
  });
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
