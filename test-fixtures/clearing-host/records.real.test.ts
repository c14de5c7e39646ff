import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardToken, chainHash } from '../../clearing/contract/record/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());

/** Sum of the postings of an account. */
async function posted(account: string): Promise<number> {
  const [row] = await world.query(
    'select coalesce(sum(amount_minor), 0)::int as sum from postings where account = $1',
    [account],
  );
  return Number(row?.['sum']);
}

async function account(card: { pan: { masked: string } }) {
  const [row] = await world.query(
    'select token, balance_minor::int, held_minor::int from cards where masked_pan = $1',
    [card.pan.masked],
  );
  return row;
}

describe('records that carry money', () => {
  it('a TC pays the merchant from the chip, with 3DES and with SM4', async () => {
    const before = await posted('merchant:M1');
    for (const algorithm of ['3des', 'sm4'] as const) {
      const card = await world.card({ balance: 5_000, algorithm });
      terminal.write(HAPPENED.approvedByChip, 1_250, { card, chip: card.pay(1_250) });
    }
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted']);
    expect(await posted('merchant:M1')).toBe(before + 2_500);
  });

  it('are held byte by byte as they came, however many come at once', async () => {
    const card = await world.card({ balance: 5_000 });
    for (const amount of [1, 22, 333])
      terminal.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) });
    const batch = terminal.seal();
    await terminal.submit(batch);
    const rows = await world.query('select canonical from records where batch_id = $1 order by sequence', [
      batch.seal.batchId,
    ]);
    const sent = batch.records.map((record) => ('canonical' in record ? record.canonical : undefined));
    expect(new Set(sent).size).toBe(3);
    expect(rows.map(({ canonical }) => String(canonical))).toEqual(sent);
  });

  it('move nothing that does not sum to zero: the database refuses it, among others that do', async () => {
    const pair = (amount: number) => `('odd', ${amount}), ('issuer', -5)`;
    const insert = (sides: string) =>
      world.query(
        `with made as (insert into movements (kind, made_at) values ('opening', now()), ('opening', now()) returning movement)
         insert into postings select movement, side.account, side.amount
         from made cross join (values ${sides}) as side (account, amount) returning movement`,
      );
    await insert(pair(5));
    await expect(insert(pair(6))).rejects.toThrow('does not sum to zero');
  });

  it.each([
    ['an amount', 'update postings set amount_minor = amount_minor + 1'],
    ['both sides at once', 'update postings set amount_minor = 2 * amount_minor'],
    ['the account', `update postings set account = 'odd' where amount_minor > 0`],
    ['the movement', 'update postings set movement = (select max(movement) from movements)'],
    ['a posting, away', 'delete from postings where amount_minor < 0'],
    ['all of a movement, away', 'delete from postings where movement = (select max(movement) from postings)'],
    ['all postings, away', 'truncate postings'],
    ['what moved', `update movements set kind = 'opening'`],
    ['a movement, away', 'delete from movements'],
    ['everything, away', 'truncate movements cascade'],
  ])('what was moved stays as it was: nobody changes %s', async (_what, statement) => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    await terminal.settleUp();
    const rows = 'select * from postings join movements using (movement) order by movement, account';
    const before = await world.query(rows);
    await expect(world.query(statement)).rejects.toThrow('is only added to');
    expect(await world.query(rows)).toEqual(before);
  });

  it('a TC of a card that was hotlisted since is paid all the same', async () => {
    const card = await world.card({ balance: 5_000, blocked: true });
    await world.host.admin.addToHotlist([card.pan]);
    terminal.write(HAPPENED.approvedByChip, 700, { card, chip: card.pay(700) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
  });

  it('a wrong cryptogram goes to suspense with an incident, and the rest of the batch goes on', async () => {
    const card = await world.card({ balance: 5_000 });
    const before = await posted('merchant:M1');
    const wrong = terminal.write(HAPPENED.approvedByChip, 300, {
      card,
      chip: { ...card.pay(300), cryptogram: '0011223344556677' },
    });
    terminal.write(HAPPENED.approvedByChip, 400, { card, chip: card.pay(400) });
    expect(await terminal.settleUp()).toEqual(['wrong-cryptogram', 'accepted']);
    expect(await posted('merchant:M1')).toBe(before + 400);
    const place = [terminal.enrolment.terminal, wrong];
    expect(
      await world.query(
        'select claimant, amount_minor::int, reason from suspense_items where terminal = $1 and sequence = $2',
        place,
      ),
    ).toEqual([{ claimant: 'merchant', amount_minor: 300, reason: 'wrong-cryptogram' }]);
    expect(await world.query('select kind, times from incidents where terminal = $1 and sequence = $2', place)).toEqual(
      [{ kind: 'record-wrong-cryptogram', times: 1 }],
    );
  });

  it.each([
    ['another amount', { amountAuthorised: '000000000301' }, 301],
    ['another unpredictable number', { unpredictableNumber: '00000000' }, 300],
    ['another ATC', { atc: '7FFF' }, 300],
    ['another decision of the card', { cryptogramType: 'tc', issuerApplicationData: '07010103A0000001' }, 300],
  ] as const)('the cryptogram covers %s', async (_title, change, amount) => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, amount, { card, chip: { ...card.pay(300), ...change } });
    expect(await terminal.settleUp()).toEqual(['wrong-cryptogram']);
  });

  it('the same TC is paid once, at whatever terminal it comes again', async () => {
    const card = await world.card({ balance: 5_000 });
    const other = await world.terminal();
    const chip = card.pay(500);
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip });
    other.write(HAPPENED.approvedByChip, 500, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'repeated-cryptogram']);
    expect(await other.settleUp()).toEqual(['repeated-cryptogram']);
  });

  it('without its PAN, the number that the host has of the card serves', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100), sealedPan: false });
    const wrong = { ...card.pay(100), cryptogram: '0011223344556677' };
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: wrong, sealedPan: false });
    expect(await terminal.settleUp()).toEqual(['accepted', 'wrong-cryptogram']);
  });

  it('the PAN must be known, open, and be that of the token', async () => {
    const card = await world.card({ balance: 5_000 });
    await world.query('update cards set sealed_number = null where token = $1', [
      cardToken(terminal.cardTokenKey, card.pan),
    ]);
    const other = await world.card({ balance: 5_000 });
    const stranger = terminal.sealPan(other.pan, 'AB'.repeat(32));
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100), sealedPan: false });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100), sealedPan: stranger });
    expect(await terminal.settleUp()).toEqual(['pan-missing', 'pan-mismatch']);
  });

  it('a card that nobody loaded is disputed', async () => {
    const card = new Chip({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    expect(await terminal.settleUp()).toEqual(['unknown-card']);
  });

  it.each([
    ['terminal', { terminal: 'T-OTHER' }],
    ['epoch', { epoch: 9 }],
    ['sequence', { sequence: 4_711 }],
    ['merchant', { merchant: 'M-OTHER' }],
  ])('a record with another %s is misplaced', async (_title, unusual) => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) }, unusual);
    expect(await terminal.settleUp()).toEqual(['misplaced']);
  });

  it('declined records move nothing, with or without a card', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.declined, 100);
    terminal.write(HAPPENED.declined, 100, { card });
    terminal.write(HAPPENED.declined, 100, { card, chip: card.refuse(100) });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it('declined after debit gives the money to the account, once', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(600);
    terminal.write(HAPPENED.afterDebit, 600, { card, chip });
    terminal.write(HAPPENED.afterDebit, 600, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 600, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted', 'repeated-cryptogram', 'repeated-cryptogram']);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR + 600 });
  });

  it('declined after debit gives nothing back for a TC that does not verify', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.afterDebit, 600, { card, chip: { ...card.pay(600), cryptogram: '0011223344556677' } });
    expect(await terminal.settleUp()).toEqual(['wrong-cryptogram']);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR });
  });
});

describe('records that post an authorisation', () => {
  async function authorised(amount: number) {
    const card = await world.card({ balance: 5_000 });
    const chip = card.askOnline(amount);
    const request = terminal.authorisationRequest(card, chip, amount);
    const { body } = await terminal.authorise(request);
    expect(body).toMatchObject({ result: 'approved', accountBalanceMinor: ACCOUNT_MINOR - amount });
    return { card, chip, request, authorisationId: String(body['authorisationId']) };
  }

  it('turn the hold into a payment, once', async () => {
    const { card, chip, authorisationId } = await authorised(2_000);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR, held_minor: 2_000 });
    const before = await posted('merchant:M1');
    for (let times = 0; times < 2; times++) {
      terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 2_000, { card, chip });
    }
    expect(await terminal.settleUp()).toEqual(['accepted', 'authorisation-used']);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR - 2_000, held_minor: 0 });
    expect(await posted('merchant:M1')).toBe(before + 2_000);
  });

  it('must be the same amount, card and terminal', async () => {
    const { card, chip, authorisationId } = await authorised(2_000);
    const other = await world.card({ balance: 5_000 });
    const elsewhere = await world.terminal();
    const approved = { ...HAPPENED.approvedByHost, authorisationId };
    terminal.write(approved, 1_999, { card, chip: { ...chip, amountAuthorised: '000000001999' } });
    terminal.write(approved, 2_000, { card: other, chip: other.askOnline(2_000) });
    elsewhere.write(approved, 2_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['authorisation-mismatch', 'authorisation-mismatch']);
    expect(await elsewhere.settleUp()).toEqual(['authorisation-unknown']);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR, held_minor: 2_000 });
  });

  it('are disputed when the authorisation was reversed, was declined, or never was', async () => {
    const reversed = await authorised(2_000);
    await terminal.reverse(reversed.request.id);
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId: reversed.authorisationId }, 2_000, reversed);
    const { card, chip } = await authorised(100);
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId: 'A999999999' }, 100, { card, chip });
    terminal.write(HAPPENED.approvedByHost, 100, { card, chip });
    expect(await terminal.settleUp()).toEqual([
      'authorisation-reversed',
      'authorisation-unknown',
      'authorisation-missing',
    ]);
  });

  it('cannot turn an ARQC into a TC as well', async () => {
    const { card, chip } = await authorised(500);
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip: { ...chip, cryptogramType: 'tc' } });
    expect(await terminal.settleUp()).toEqual(['wrong-cryptogram']);
  });

  it('cannot be joined by a TC of the same ATC', async () => {
    const { card } = await authorised(500);
    card.atc -= 1;
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip: card.pay(500) });
    expect(await terminal.settleUp()).toEqual(['repeated-cryptogram']);
  });

  it('of a TC that the host verified are paid by the chip', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(800);
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, chip, 800));
    expect(body).toMatchObject({ result: 'approved' });
    const authorisationId = String(body['authorisationId']);
    terminal.write({ ...HAPPENED.approvedByChip, offline: false, authorisationId }, 800, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await account(card)).toMatchObject({ balance_minor: ACCOUNT_MINOR, held_minor: 0 });
  });
});

describe('what the host cannot use', () => {
  it('a row that the terminal could not read is parked, and the chain goes on behind it', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    terminal.write(HAPPENED.approvedByChip, 200, { card, chip: card.pay(200) });
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    const hash = terminal.unsealed[1]?.hash;
    const batch = terminal.seal();
    const records = [...batch.records];
    records[1] = { unreadable: 'FF00FF', chainHash: toHex(hash ?? new Uint8Array()) };
    const answer = await terminal.submit({ ...batch, records });
    expect(answer.body['verdicts']).toEqual([
      { sequence: batch.seal.firstSequence, verdict: 'accepted' },
      { sequence: batch.seal.firstSequence + 1, verdict: 'disputed', reason: 'unreadable' },
      { sequence: batch.seal.firstSequence + 2, verdict: 'accepted' },
    ]);
  });

  it('bytes that are no record are parked', async () => {
    terminal.write(HAPPENED.declined, 100);
    const written = terminal.unsealed.pop();
    const previous = await world.query('select head_hash from epochs where terminal = $1 and closed_at is null', [
      terminal.enrolment.terminal,
    ]);
    const canonical = 'not a record';
    terminal.head = chainHash(hex(String(previous[0]?.['head_hash'])), new TextEncoder().encode(canonical));
    if (written === undefined) throw new Error('nothing was written');
    terminal.unsealed.push({ ...written, canonical, hash: terminal.head });
    expect(await terminal.settleUp()).toEqual(['unreadable']);
  });

  it('a record that the host itself fails on is parked', async () => {
    await world.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a fault of the host'; end $$`);
    await world.query(
      `create trigger refuse before insert on records for each row
       when (new.verdict = 'accepted' and new.amount_minor = 66600) execute function refuse()`,
    );
    const card = await world.card({ balance: 500_000 });
    terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    terminal.write(HAPPENED.approvedByChip, 66_600, { card, chip: card.pay(66_600) });
    terminal.write(HAPPENED.approvedByChip, 200, { card, chip: card.pay(200) });
    expect(await terminal.settleUp()).toEqual(['accepted', 'unprocessable', 'accepted']);
    await world.query('drop function refuse cascade');
  });
});

it('the books balance after all of it', async () => {
  const audit = await world.host.admin.audit();
  expect(audit).toMatchObject({ balanced: true, faults: [] });
  expect(audit.suspenseMinor).toBeGreaterThan(0);
});
