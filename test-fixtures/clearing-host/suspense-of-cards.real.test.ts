import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgement } from '../../clearing/contract/index.ts';
import type { Chip } from './chip.ts';
import { type Claim, claimsOf, FORGED, LOST, UNTOUCHED } from './claims.ts';
import { HAPPENED, type Terminal, wordsOf } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;
let claims: ReturnType<typeof claimsOf>;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
  claims = claimsOf(world, terminal);
});
afterEach(async () => {
  expect((await world.host.admin.audit()).faults).toEqual([]);
});
afterAll(() => world.close());

describe('a debit for nothing', () => {
  it('is given back from the chip by its TC, and by the centre without', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(300);
    terminal.write(HAPPENED.afterDebit, 300, { card, chip: { ...chip, cryptogram: FORGED } });
    const wrong = await claims.claimed('wrong-cryptogram');
    terminal.write(HAPPENED.afterDebit, 300, { card, chip }, { merchant: 'M-OTHER' });
    const right = await claims.claimed('misplaced');
    const before = await claims.collected();
    expect(await claims.settled(right, 'paid')).toBe('chip');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR + 300, held: 0, chip: 4_700 });
    expect(await claims.settled(wrong, 'paid')).toBe('centre');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR + 600, held: 0, chip: 4_700 });
    // No merchant gets anything of it.
    expect(await claims.collected()).toEqual(before);
  });

  it.each([HAPPENED.afterDebit, HAPPENED.undecided])(
    'that the chip has shown to be none cannot be paid: $outcome',
    async (happened) => {
      const card = await world.card({ balance: 5_000 });
      terminal.write(happened, 300, { card, chip: card.torn(300, false) }, { merchant: 'M-OTHER' });
      const claim = await claims.claimed('misplaced');
      const other = await world.terminal();
      other.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
      expect(await other.settleUp()).toEqual(['accepted']);
      expect((await claims.open()).find(({ id }) => id === claim.id)).toMatchObject({ chipShows: 'not-debited' });
      const { status, body } = await claims.settle(claim.id, 'paid');
      expect([status, body.code, body['detail']]).toEqual([
        409,
        'suspense-unpayable',
        'the chip has shown that it was not debited',
      ]);
      expect(await claims.settled(claim, 'rejected')).toBeUndefined();
      expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, chip: 4_900 });
    },
  );

  it('that the chip has shown is given back by it', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.undecided, 300, { card, chip: card.torn(300, true) }, { merchant: 'M-OTHER' });
    const claim = await claims.claimed('misplaced');
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect((await claims.open()).find(({ id }) => id === claim.id)).toMatchObject({ chipShows: 'debited' });
    expect(await claims.settled(claim, 'paid')).toBe('chip');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR + 300, held: 0, chip: 4_600 });
  });

  it('that is rejected leaves the card as it is', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.afterDebit, 300, { card, chip: { ...card.pay(300), cryptogram: FORGED } });
    await claims.settled(await claims.claimed('wrong-cryptogram'), 'rejected');
    expect(await claims.pots(card)).toEqual(UNTOUCHED);
  });
});

describe('a load', () => {
  const lost = async (taken: boolean): Promise<{ card: Chip; claim: Claim }> => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.askOnline(3_000);
    if (taken) card.balance += 3_000;
    terminal.write({ ...HAPPENED.loaded, authorisationId: LOST }, 3_000, { card, chip });
    return { card, claim: await claims.claimed('authorisation-unknown') };
  };
  const next = async (card: Chip) => {
    const other = await world.terminal();
    other.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    expect(await other.settleUp()).toEqual(['accepted']);
  };

  it('whose authorisation was lost goes from account to chip, once, whatever comes of the same ARQC', async () => {
    const { card, claim } = await lost(true);
    expect(claim).toMatchObject({
      claimant: 'card',
      record: { kind: 'load', outcome: 'approved', authorisationId: LOST, cardToken: claims.tokenOf(card) },
    });
    expect(claim).not.toHaveProperty('chipShows');
    await next(card);
    expect((await claims.open()).find(({ id }) => id === claim.id)).toMatchObject({ chipShows: 'loaded' });
    expect(await claims.settled(claim, 'paid')).toBe('account');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR - 3_000, held: 0, chip: 7_900 });
    card.atc -= 2;
    terminal.write(HAPPENED.approvedOnTrust, 3_000, { card, chip: card.askOnline(3_000) });
    expect(await terminal.settleUp()).toEqual(['repeated-cryptogram']);
  });

  it('that the chip has shown not to have taken cannot be paid, and can be rejected', async () => {
    const { card, claim } = await lost(false);
    await next(card);
    expect((await claims.open()).find(({ id }) => id === claim.id)).toMatchObject({ chipShows: 'not-loaded' });
    const { status, body } = await claims.settle(claim.id, 'paid');
    expect([status, body.code]).toEqual([409, 'suspense-unpayable']);
    expect(body['detail']).toContain('did not take');
    expect(await claims.settled(claim, 'rejected')).toBeUndefined();
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR, held: 0, chip: 4_900 });
  });

  it('that was undecided when its authorisation was lost is decided likewise', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write({ ...HAPPENED.loadUndecided, authorisationId: LOST }, 3_000, { card, chip: card.askOnline(3_000) });
    const claim = await claims.claimed('authorisation-mismatch');
    expect(claim).toMatchObject({ claimant: 'card', record: { kind: 'load', outcome: 'undecided' } });
    expect(await claims.settled(claim, 'paid')).toBe('account');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR - 3_000, held: 0, chip: 8_000 });
  });

  it('that was declined when its authorisation was lost claims nothing', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write({ ...HAPPENED.notLoaded, authorisationId: LOST }, 3_000, { card, chip: card.askOnline(3_000) });
    await expect(claims.claimed('authorisation-mismatch')).rejects.toThrow('not in suspense');
    expect(await claims.pots(card)).toEqual(UNTOUCHED);
  });

  it.each([
    ['paid', { account: ACCOUNT_MINOR - 3_000, held: 0, chip: 8_000 }, 'loaded'],
    ['rejected', UNTOUCHED, 'not-loaded'],
  ] as const)('that the host still holds ends with the decision: %s', async (decision, after, state) => {
    const { card, chip, authorisationId } = await claims.authorised(3_000, 'load');
    const confirmation = { ...card.confirm(chip), cryptogram: FORGED };
    terminal.write({ ...HAPPENED.loaded, authorisationId, confirmation }, 3_000, { card, chip });
    const claim = await claims.claimed('wrong-confirmation');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, held: 3_000 });
    await claims.settled(claim, decision);
    expect(await claims.pots(card)).toEqual(after);
    expect(await world.query('select state from loads where token = $1', [claims.tokenOf(card)])).toEqual([{ state }]);
    // What the chip shows later goes before both.
    card.balance += decision === 'paid' ? 0 : 3_000;
    await next(card);
    const chipShows = decision === 'paid' ? UNTOUCHED : { account: ACCOUNT_MINOR - 3_000, held: 0, chip: 8_000 };
    expect(await claims.pots(card)).toEqual({ ...chipShows, chip: chipShows.chip - 100 });
  });

  it('that the host holds for another terminal stays as it is', async () => {
    const { card, chip, authorisationId } = await claims.authorised(3_000, 'load');
    const other = await world.terminal();
    other.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    await claims.settled(await claims.claimed('authorisation-unknown', other), 'rejected');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, held: 3_000 });
    terminal.write({ ...HAPPENED.loaded, authorisationId }, 3_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
  });

  it('that the chip has shown by now is not paid twice', async () => {
    const { card, chip, authorisationId } = await claims.authorised(3_000, 'load');
    card.balance += 3_000;
    const confirmation = { ...card.confirm(chip), cryptogram: FORGED };
    terminal.write({ ...HAPPENED.loaded, authorisationId, confirmation }, 3_000, { card, chip });
    const claim = await claims.claimed('wrong-confirmation');
    await next(card);
    const answer = await claims.settle(claim.id, 'paid');
    expect([answer.status, answer.body['detail']]).toEqual([409, 'the account has paid for this load']);
    await claims.settled(claim, 'rejected');
    expect(await claims.pots(card)).toEqual({ account: ACCOUNT_MINOR - 3_000, held: 0, chip: 7_900 });
  });
});

describe('a centre that was put back from a copy', () => {
  /** Another centre with the same keys that knows the terminal and the cards as they were before. */
  async function copy(of: Terminal, cards: readonly Chip[]): Promise<World> {
    const { terminal: name } = of.enrolment;
    const restored = await startWorld();
    const [epoch] = await world.query('select signing_key, genesis_hash from epochs where terminal = $1', [name]);
    await restored.query(`insert into merchants values ('M1', 'TEST SHOP', '5411')`);
    await restored.query(`insert into terminals values ($1, 'M1', 1)`, [name]);
    await restored.query(
      `insert into epochs (terminal, epoch, merchant, signing_key, genesis_hash, software, opened_at, head_hash)
       values ($1, 1, 'M1', $2, $3, 'test', now(), $3)`,
      [name, epoch?.['signing_key'], epoch?.['genesis_hash']],
    );
    const usual = { chipBalanceMinor: 5_000, expiry: '2030-12-31', accountBalanceMinor: ACCOUNT_MINOR };
    await restored.host.admin.loadCards(cards.map(({ pan }) => ({ pan, ...usual })));
    return restored;
  }

  it('has in suspense what loads claim that it had accepted and lost', async () => {
    const from = await world.terminal();
    const { authorised } = claimsOf(world, from);
    const loads = [await authorised(3_000, 'load'), await authorised(3_000, 'load'), await authorised(3_000, 'load')];
    const said = [HAPPENED.loaded, HAPPENED.loadUndecided, HAPPENED.notLoaded] as const;
    for (const [nth, { authorisationId, ...load }] of loads.entries())
      from.write({ ...(said[nth] ?? HAPPENED.declined), authorisationId }, 3_000, load);
    const batch = from.seal();
    const before = await from.submit(batch);
    expect(wordsOf(before)).toEqual(['accepted', 'accepted', 'accepted']);

    const cards = loads.map(({ card }) => card);
    const restored = await copy(from, cards);
    const acknowledged = acknowledgement.parse(before.body);
    const again = await from.at(restored.host).submit({ ...batch, acknowledged });
    expect(wordsOf(again)).toEqual(['authorisation-unknown', 'authorisation-mismatch', 'authorisation-mismatch']);
    expect(await restored.query(`select sequence::int from incidents where kind = 'records-lost'`)).toHaveLength(1);
    const there = claimsOf(restored, from);
    const claimed = await there.open();
    // The declined one claims nothing.
    expect(claimed).toMatchObject([
      { sequence: 1, record: { kind: 'load', outcome: 'approved', authorisationId: loads[0]?.authorisationId } },
      { sequence: 2, record: { kind: 'load', outcome: 'undecided', authorisationId: loads[1]?.authorisationId } },
    ]);
    for (const claim of claimed) expect(await there.settled(claim, 'paid')).toBe('account');
    const paid = { account: ACCOUNT_MINOR - 3_000, held: 0, chip: 8_000 };
    expect(await Promise.all(cards.map(there.pots))).toEqual([paid, paid, UNTOUCHED]);
    expect(await restored.host.admin.audit()).toMatchObject({ faults: [], suspenseMinor: 0 });
    await restored.close();
  });
});
