import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { collectionBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import { type Claim, claimsOf, FORGED, LOST, UNTOUCHED } from './claims.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
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

describe('an operator', () => {
  it('sees what the terminal says, decides once, and is named', async () => {
    const { card, claim } = await claims.forged();
    expect(claim).toMatchObject({
      ...{ claimant: 'merchant', merchant: 'M1', amountMinor: 300, reason: 'wrong-cryptogram', state: 'open' },
      record: { kind: 'purchase', outcome: 'approved', fundedBy: 'chip', cardToken: claims.tokenOf(card), atc: 1 },
    });
    const before = await world.host.admin.audit();
    const first = await claims.settle(claim.id, 'rejected');
    const by = { state: 'rejected', settledBy: 'Li', note: 'seen the slip' };
    expect([first.status, first.body]).toMatchObject([
      200,
      { ...by, settledAt: new Date(world.clockMs).toISOString() },
    ]);
    expect(await claims.settle(claim.id, 'rejected')).toMatchObject({ status: 200, body: first.body });
    expect((await claims.open()).some(({ id }) => id === claim.id)).toBe(false);
    const { items } = (await world.operator('/suspense?state=rejected')).body as { items: Claim[] };
    expect(items.find(({ id }) => id === claim.id)).toEqual(first.body);
    const after = await world.host.admin.audit();
    expect(after).toMatchObject({
      merchantsMinor: before.merchantsMinor,
      suspenseMinor: before.suspenseMinor - 300,
    });
    expect(await claims.pots(card)).toEqual(UNTOUCHED);
  });

  it.each([
    ['another decision', 'paid', 'seen the slip', 'Li'],
    ['another reason', 'rejected', 'seen nothing', 'Li'],
    ['another operator', 'rejected', 'seen the slip', 'Han'],
  ])('is told who has decided before: %s', async (_title, ...other) => {
    const { claim } = await claims.forged();
    await claims.settle(claim.id, 'rejected');
    const { status, body } = await claims.settle(claim.id, ...(other as [string, string, string]));
    expect([status, body.code]).toEqual([409, 'suspense-settled']);
    expect(body['detail']).toBe(`rejected by Li at ${new Date(world.clockMs).toISOString()}`);
  });

  it.each([
    ['no decision', { note: 'x' }],
    ['a decision that is none', { decision: 'open', note: 'x' }],
    ['no reason', { decision: 'paid' }],
    ['an empty reason', { decision: 'paid', note: ' ' }],
    ['two lines', { decision: 'paid', note: 'a\nb' }],
    ['what no database takes', { decision: 'paid', note: 'a\u0000' }],
    ['more than that', { decision: 'paid', note: 'x', amountMinor: 1 }],
  ])('with %s is refused, and nothing moves', async (_title, body) => {
    const [claim] = [(await claims.open())[0] ?? (await claims.forged()).claim];
    const answer = await world.operator(`/suspense/${claim.id}/settle`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
    expect((await claims.open()).some(({ id }) => id === claim.id)).toBe(true);
  });

  it('with an id that nobody has, or without a name, is refused', async () => {
    const { status, body } = await claims.settle('00000000-0000-4000-8000-000000000000', 'paid');
    expect([status, body.code]).toEqual([404, 'suspense-unknown']);
    expect(await claims.settle('7', 'paid')).toMatchObject({ status: 400 });
    const { claim } = await claims.forged();
    expect(await claims.settle(claim.id, 'paid', 'x', '')).toMatchObject({ status: 400 });
    expect((await world.get('/operator/v1/suspense')).status).toBe(404);
  });

  it.each([
    ['the same', ['paid', 'paid'], [200, 200]],
    ['one each way', ['paid', 'rejected'], [200, 409]],
  ] as const)('and another decide at once, on two hosts: %s', async (_title, decisions, statuses) => {
    const other = await world.another();
    const { claim } = await claims.forged();
    const before = [await claims.merchant(), (await claims.collected()).length] as const;
    const at = (port: number | undefined, decision: string) =>
      fetch(`http://127.0.0.1:${port}/operator/v1/suspense/${claim.id}/settle`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'jdpos-operator': 'Li' },
        body: JSON.stringify({ decision, note: 'race' }),
      });
    const answers = await Promise.all(
      [0, 1, 2, 3].map((nth) => at(nth < 2 ? world.host.operatorPort : other.operatorPort, decisions[nth % 2] ?? '')),
    );
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([...new Set(statuses)]);
    const [item] = await world.query('select state from suspense_items where id = $1', [claim.id]);
    const paid = item?.['state'] === 'paid' ? 1 : 0;
    expect([await claims.merchant(), (await claims.collected()).length]).toEqual([
      before[0] + 300 * paid,
      before[1] + paid,
    ]);
    const kinds = await world.query(
      `select kind, count(*)::int as times from movements where terminal = $1 and sequence = $2 group by kind order by kind`,
      [claim['terminal'], claim.sequence],
    );
    const once = ['suspense', 'suspense-closed', ...(paid === 1 ? ['suspense-paid'] : [])];
    expect(kinds).toEqual(once.map((kind) => ({ kind, times: 1 })));
  });
});

describe('a purchase that is paid', () => {
  it('without the card’s proof is borne by the centre, and a genuine TC of the same ATC is still paid', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(300);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: { ...chip, cryptogram: FORGED } });
    const claim = await claims.claimed('wrong-cryptogram');
    const before = await claims.merchant();
    expect(await claims.settled(claim, 'paid')).toBe('centre');
    expect([await claims.merchant(), await claims.pots(card)]).toEqual([before + 300, UNTOUCHED]);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
  });

  it('again is borne by the centre: the chip has paid once', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(300);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip });
    const claim = await claims.claimed('repeated-cryptogram');
    expect(await claims.settled(claim, 'paid')).toBe('centre');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, chip: 4_700 });
  });

  it('is the chip’s when its TC is genuine, and that TC moves nothing else', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.pay(300);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip }, { merchant: 'M-OTHER' });
    const claim = await claims.claimed('misplaced');
    expect(await claims.settled(claim, 'paid')).toBe('chip');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, chip: 4_700 });
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip });
    expect(await terminal.settleUp()).toEqual(['repeated-cryptogram']);
  });

  it('of a card that was loaded since is its own', async () => {
    const card = await world.card({ balance: 5_000 });
    await world.query('update cards set sealed_number = null where token = $1', [claims.tokenOf(card)]);
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300), sealedPan: false });
    const claim = await claims.claimed('pan-missing');
    await world.host.admin.loadCards([
      { pan: card.pan, chipBalanceMinor: 5_000, expiry: '2030-12-31', accountBalanceMinor: ACCOUNT_MINOR },
    ]);
    expect(await claims.settled(claim, 'paid')).toBe('chip');
  });

  it.each([
    ['is lost', LOST, 'authorisation-unknown'],
    ['is not named', undefined, 'authorisation-missing'],
  ] as const)('from the account, whose authorisation %s, is the account’s, be it into debt', async (_t, id, reason) => {
    const card = await world.card({ balance: 5_000, accountBalanceMinor: 200 });
    terminal.write({ ...HAPPENED.approvedByHost, ...(id && { authorisationId: id }) }, 300, {
      card,
      chip: card.askOnline(300),
    });
    const claim = await claims.claimed(reason);
    expect(await claims.settled(claim, 'paid')).toBe('account');
    expect(await claims.pots(card)).toEqual({ account: -100, held: 0, chip: 5_000 });
    expect(
      await world.query(`select detail from incidents where kind = 'account-overdrawn' and sequence = $1`, [
        claim.sequence,
      ]),
    ).toEqual([{ detail: 'the account stands at -100 fen' }]);
  });

  it.each([
    ['paid', { account: ACCOUNT_MINOR - 300, held: 0, chip: 5_000 }, 'posted'],
    ['rejected', UNTOUCHED, 'reversed'],
  ] as const)('or not, ends what is still held for it: %s', async (decision, after, state) => {
    const { card, chip, authorisationId } = await claims.authorised(300);
    const confirmation = { ...card.confirm(chip), cryptogram: FORGED };
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId, confirmation }, 300, { card, chip });
    const claim = await claims.claimed('wrong-confirmation');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, held: 300 });
    expect(await claims.settled(claim, decision)).toBe(decision === 'paid' ? 'account' : undefined);
    expect(await claims.pots(card)).toEqual(after);
    const [row] = await world.query('select state from authorisations where token = $1', [claims.tokenOf(card)]);
    expect(row).toEqual({ state });
  });

  it('from what is held for another amount is borne by the centre, and the hold ends', async () => {
    const { card, chip, authorisationId } = await claims.authorised(300);
    const other = { ...chip, amountAuthorised: '000000000299' };
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 299, { card, chip: other });
    const claim = await claims.claimed('authorisation-mismatch');
    expect(await claims.settled(claim, 'paid')).toBe('centre');
    expect(await claims.pots(card)).toEqual(UNTOUCHED);
  });

  it('leaves what another terminal holds, and what another card holds, as it is', async () => {
    const { card, chip, authorisationId } = await claims.authorised(300);
    const other = await world.card({ balance: 5_000 });
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 300, { card: other, chip: other.askOnline(300) });
    const claim = await claims.claimed('authorisation-mismatch');
    expect(await claims.settled(claim, 'paid')).toBe('account');
    expect(await claims.pots(other)).toEqual({ ...UNTOUCHED, account: ACCOUNT_MINOR - 300 });
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, held: 300 });
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 300, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
  });

  it('is the purse’s by its TAC, once', async () => {
    const card = await world.purse({ balance: 5_000 });
    const purse = card.pay(300);
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 300, { card }, { merchant: 'M-OTHER' });
    expect(await claims.settled(await claims.claimed('misplaced'), 'paid')).toBe('purse');
    terminal.write({ ...HAPPENED.approvedByChip, purse }, 300, { card });
    expect(await claims.settled(await claims.claimed('repeated-cryptogram'), 'paid')).toBe('centre');
  });

  it('by the chip is not taken from what the account holds for an ARQC of the same ATC', async () => {
    const { card } = await claims.authorised(300);
    card.atc -= 1;
    terminal.write(HAPPENED.approvedByChip, 300, { card, chip: card.pay(300) });
    expect(await claims.settled(await claims.claimed('repeated-cryptogram'), 'paid')).toBe('centre');
    expect(await claims.pots(card)).toEqual({ ...UNTOUCHED, held: 300 });
  });

  it('without a card can only be rejected', async () => {
    terminal.write(HAPPENED.approvedByChip, 300);
    const claim = await claims.claimed('inconsistent');
    const { status, body } = await claims.settle(claim.id, 'paid');
    expect([status, body.code, body['detail']]).toEqual([409, 'suspense-unpayable', 'the record names no card']);
    expect(await claims.settled(claim, 'rejected')).toBeUndefined();
  });

  it('is pulled by central systems, once, signed, among the collected debts', async () => {
    const before = await claims.collected();
    const [{ claim: first }, { claim: dropped }, { claim: second }] = [
      await claims.forged(301),
      await claims.forged(302),
      await claims.forged(303),
    ];
    await claims.settled(second, 'paid');
    await claims.settled(dropped, 'rejected');
    await claims.settled(first, 'paid');
    const items = (await claims.collected()).slice(before.length);
    const place = ({ id, sequence }: Claim) => ({
      id,
      sequence,
      terminal: terminal.enrolment.terminal,
      merchant: 'M1',
    });
    expect(items).toMatchObject([
      { ...place(second), number: before.length + 1, amountMinor: 303 },
      { ...place(first), number: before.length + 2, amountMinor: 301 },
    ]);
    const key = hex(terminal.enrolment.hostKeys.acknowledgement);
    for (const { signature, keyId: _, currency: __, ...content } of items)
      expect(sm2Verify(key, collectionBytes(content), hex(signature))).toBe(true);
    expect((await claims.collected()).slice(before.length)).toEqual(items);
  });
});

it('many claims that are paid at once get one number each, without gaps', async () => {
  const before = (await claims.collected()).length;
  const forged: Claim[] = [];
  for (let nth = 0; nth < 6; nth++) forged.push((await claims.forged()).claim);
  const answers = await Promise.all(forged.map(({ id }) => claims.settle(id, 'paid')));
  expect(answers.map(({ status }) => status)).toEqual(forged.map(() => 200));
  const items = (await claims.collected()).slice(before);
  expect(items.map(({ number }) => number)).toEqual(forged.map((_, nth) => before + 1 + nth));
  expect(items.map(({ id }) => id).sort()).toEqual(forged.map(({ id }) => id).sort());
});

it.each([
  ['paid that nobody was paid', `state = 'paid', paid_by = 'centre'`],
  ['open that has left suspense', `state = 'open', settled_at = null, settled_by = null, note = null`],
])('the audit names a claim that is said to be %s', async (_title, change) => {
  const { claim } = await claims.forged();
  await claims.settled(claim, 'rejected');
  const [before] = await world.query('select * from suspense_items where id = $1', [claim.id]);
  await world.query(`update suspense_items set ${change} where id = $1`, [claim.id]);
  expect((await world.host.admin.audit()).faults).toContainEqual(expect.stringContaining('1 claims have not moved'));
  await world.query(
    `update suspense_items set state = $2, settled_at = $3, settled_by = $4, note = $5, paid_by = $6 where id = $1`,
    [claim.id, ...['state', 'settled_at', 'settled_by', 'note', 'paid_by'].map((name) => before?.[name])],
  );
});

describe('a close', () => {
  it.each(['paid', 'rejected'] as const)('tells what was decided: %s', async (decision) => {
    const { claim } = await claims.forged();
    const { sequence } = claim;
    const differences = async (): Promise<object[]> => {
      const range = { epoch: 1, firstSequence: sequence, lastSequence: sequence, records: [] };
      const { body } = await terminal.post('/v1/comparisons', { id: randomUUID(), ...range });
      return body['differences'] as object[];
    };
    const disputed = { sequence, kind: 'disputed', reason: 'wrong-cryptogram' };
    expect((await differences())[1]).toEqual(disputed);
    await claims.settled(claim, decision);
    const since = new Date(world.clockMs).toISOString();
    expect((await differences())[1]).toEqual({
      ...disputed,
      ...{ suspense: decision, amountMinor: 300, since, note: 'seen the slip' },
    });
  });
});
