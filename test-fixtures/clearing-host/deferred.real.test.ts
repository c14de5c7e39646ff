import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collection } from '../../clearing/contract/central.ts';
import { cardToken, collectionBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(async () => {
  expect((await world.host.admin.audit()).faults).toEqual([]);
  await world.close();
});

const tokenOf = (card: Chip): string => cardToken(terminal.cardTokenKey, card.pan);

const defer = (card: Chip, amount: number, chip = card.askOnline(amount)): number =>
  terminal.write(HAPPENED.approvedOnTrust, amount, { card, chip });

const verdict = async (...args: Parameters<typeof defer>): Promise<string> => {
  defer(...args);
  return (await terminal.settleUp()).join();
};

async function account(card: Chip): Promise<number> {
  const [row] = await world.query('select balance_minor::int as balance from cards where token = $1', [tokenOf(card)]);
  return Number(row?.['balance']);
}

async function debtsOf(card: Chip): Promise<readonly string[]> {
  const rows = await world.query(
    'select amount_minor::int, reason, state from debts where token = $1 order by number',
    [tokenOf(card)],
  );
  return rows.map(({ amount_minor, reason, state }) => `${amount_minor} ${reason} ${state}`);
}

const ask = async (card: Chip, amount: number) =>
  (await terminal.authorise(terminal.authorisationRequest(card, card.askOnline(amount), amount))).body;

/** What the newest page of the hotlist says of a card's debts. */
async function toldOf(card: Chip): Promise<readonly number[]> {
  const { body } = await terminal.get('/v1/hotlist?since=0&limit=500');
  const debts = body['debts'] as readonly { token: string; amountMinor: number }[];
  return debts.filter(({ token }) => token === tokenOf(card)).map(({ amountMinor }) => amountMinor);
}

describe('a deferred authorisation', () => {
  it('is posted to the account when it arrives', async () => {
    const card = await world.card({ balance: 0 });
    const merchant = (await world.host.admin.audit()).merchantsMinor;
    expect(await verdict(card, 2_500)).toBe('accepted');
    expect(await account(card)).toBe(ACCOUNT_MINOR - 2_500);
    expect((await world.host.admin.audit()).merchantsMinor).toBe(merchant + 2_500);
    expect(await debtsOf(card)).toEqual([]);
  });

  it('is a debt of the card when the account has less, and all terminals are told', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 700 });
    const before = await world.host.admin.audit();
    expect(await verdict(card, 900)).toBe('insufficient-funds');
    expect(await account(card)).toBe(700);
    expect(await debtsOf(card)).toEqual(['900 insufficient-funds open']);
    expect(await toldOf(card)).toEqual([900]);
    const after = await world.host.admin.audit();
    expect(after).toMatchObject({ merchantsMinor: before.merchantsMinor, suspenseMinor: before.suspenseMinor });
    expect(after.debtsMinor).toBe(before.debtsMinor + 900);
  });

  it('does not spend what is held for somebody else', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 1_000 });
    expect(await ask(card, 600)).toMatchObject({ result: 'approved' });
    expect(await verdict(card, 600)).toBe('insufficient-funds');
    expect(await verdict(card, 400)).toBe('accepted');
  });

  it.each([
    ['hotlisted', {}, true],
    ['card-blocked', { blocked: true }, false],
    ['expired', { expiry: '2026-02-28' }, false],
  ] as const)('of a card that is %s is a debt', async (reason, more, hotlisted) => {
    const card = await world.card({ balance: 0, ...more });
    if (hotlisted) await world.host.admin.addToHotlist([card.pan]);
    expect(await verdict(card, 500)).toBe(reason);
    expect(await debtsOf(card)).toEqual([`500 ${reason} open`]);
    expect(await account(card)).toBe(ACCOUNT_MINOR);
  });

  it('of the card’s last day counts, whenever it arrives', async () => {
    const card = await world.card({ balance: 0, expiry: '2026-03-01' });
    world.clockMs += 3 * 24 * 3_600_000;
    expect(await verdict(card, 500)).toBe('accepted');
    world.clockMs -= 3 * 24 * 3_600_000;
  });

  it('that is forged goes to suspense and is no debt', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 0 });
    const { suspenseMinor } = await world.host.admin.audit();
    const forged = { ...card.askOnline(300), cryptogram: '0011223344556677' };
    expect(await verdict(card, 300, forged)).toBe('wrong-cryptogram');
    expect([await debtsOf(card), await toldOf(card)]).toEqual([[], []]);
    expect((await world.host.admin.audit()).suspenseMinor).toBe(suspenseMinor + 300);
  });

  it('moves money once, be it paid or owed', async () => {
    const rich = await world.card({ balance: 0 });
    const chip = rich.askOnline(400);
    expect(await verdict(rich, 400, chip)).toBe('accepted');
    expect(await verdict(rich, 400, chip)).toBe('repeated-cryptogram');
    expect(await account(rich)).toBe(ACCOUNT_MINOR - 400);
    const poor = await world.card({ balance: 0, accountBalanceMinor: 0 });
    const owed = poor.askOnline(400);
    expect(await verdict(poor, 400, owed)).toBe('insufficient-funds');
    expect(await verdict(poor, 400, owed)).toBe('repeated-cryptogram');
    expect(await debtsOf(poor)).toEqual(['400 insufficient-funds open']);
  });

  it('whose answer was lost ends the hold that the host made for it', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 500 });
    const chip = card.askOnline(500);
    const request = terminal.authorisationRequest(card, chip, 500);
    await terminal.authorise(request);
    expect(await verdict(card, 500, chip)).toBe('accepted');
    expect((await terminal.reverse(request.id)).body['effect']).toBe('already-posted');
    expect(await account(card)).toBe(0);
  });

  it('is posted as well when its reversal comes first', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 500 });
    const chip = card.askOnline(500);
    const request = terminal.authorisationRequest(card, chip, 500);
    await terminal.authorise(request);
    expect((await terminal.reverse(request.id)).body['effect']).toBe('reversed');
    expect(await verdict(card, 500, chip)).toBe('accepted');
    expect(await account(card)).toBe(0);
  });

  it('that another terminal holds money for is not paid twice', async () => {
    const card = await world.card({ balance: 0 });
    const chip = card.askOnline(500);
    const other = await world.terminal();
    await other.authorise(other.authorisationRequest(card, chip, 500));
    expect(await verdict(card, 500, chip)).toBe('repeated-cryptogram');
    expect(await account(card)).toBe(ACCOUNT_MINOR);
  });

  it('with a second cryptogram needs a genuine one', async () => {
    const card = await world.card({ balance: 0 });
    const chip = card.askOnline(500);
    const confirmation = { ...card.confirm(chip), cryptogramType: 'aac' as const, cryptogram: '0011223344556677' };
    terminal.write({ ...HAPPENED.approvedOnTrust, confirmation }, 500, { card, chip });
    expect(await terminal.settleUp()).toEqual(['wrong-confirmation']);
  });

  it('is none when the host was asked: then an authorisation must be named', async () => {
    const card = await world.card({ balance: 0 });
    terminal.write({ ...HAPPENED.approvedOnTrust, offline: false }, 500, { card, chip: card.askOnline(500) });
    expect(await terminal.settleUp()).toEqual(['authorisation-missing']);
  });
});

it('a TC of a hotlisted card that owes is paid all the same', async () => {
  const card = await world.card({ balance: 5_000, accountBalanceMinor: 0 });
  expect(await verdict(card, 900)).toBe('insufficient-funds');
  await world.host.admin.addToHotlist([card.pan]);
  terminal.write(HAPPENED.approvedByChip, 700, { card, chip: card.pay(700) });
  expect(await terminal.settleUp()).toEqual(['accepted']);
});

describe('a debt', () => {
  const lend = async (accountBalanceMinor: number, ...amounts: readonly number[]): Promise<Chip> => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 0 });
    for (const amount of amounts) defer(card, amount);
    await terminal.settleUp();
    // The issuer has put money on the account since.
    await world.query(
      `with made as (insert into movements (kind, made_at) values ('opening', now()) returning movement)
       insert into postings select movement, side.account, side.amount
       from made cross join (values ('issuer', -$2::bigint), ('account:' || $1, $2)) as side (account, amount)`,
      [tokenOf(card), accountBalanceMinor],
    );
    await world.query('update cards set balance_minor = $2 where token = $1', [tokenOf(card), accountBalanceMinor]);
    return card;
  };

  it('is collected from the account before the card gets anything else, and the merchant is paid', async () => {
    const card = await lend(1_000, 300, 200);
    const { merchantsMinor, collectedMinor } = await world.host.admin.audit();
    expect(await ask(card, 400)).toMatchObject({ result: 'approved', accountBalanceMinor: 100 });
    expect(await debtsOf(card)).toEqual(['300 insufficient-funds collected', '200 insufficient-funds collected']);
    expect([await account(card), await toldOf(card)]).toEqual([500, []]);
    const after = await world.host.admin.audit();
    expect(after).toMatchObject({ merchantsMinor: merchantsMinor + 500, collectedMinor: collectedMinor + 500 });
  });

  it('that the account cannot pay whole keeps the card from paying', async () => {
    const card = await lend(400, 300, 200);
    expect(await ask(card, 50)).toMatchObject({ result: 'declined', reason: 'debt' });
    expect(await debtsOf(card)).toEqual(['300 insufficient-funds collected', '200 insufficient-funds open']);
    expect([await account(card), await toldOf(card)]).toEqual([100, [200]]);
  });

  it('that is collected is pulled by central systems, once, by its record; one that is waived is not', async () => {
    const pulled = async (after: string): Promise<{ items: Record<string, unknown>[]; next: string | null }> =>
      (await world.get(`/central/v1/collections?limit=500${after}`)).body as never;
    const before = (await pulled('')).items;
    const after = before.length === 0 ? '' : `&after=c${before.length}-${before.at(-1)?.['id']}`;
    const [one, other] = [await lend(1_000, 300), await lend(1_000, 200)];
    const [waived] = await world.query('select id from debts where token = $1', [tokenOf(other)]);
    await world.host.admin.waiveDebt(String(waived?.['id']), { operator: 'Li', note: 'test' });
    expect((await pulled(after)).items).toEqual([]);
    await Promise.all([ask(one, 100), ask(one, 100)]);
    const [row] = await world.query('select id, terminal, epoch, sequence::int from debts where token = $1', [
      tokenOf(one),
    ]);
    const number = before.length + 1;
    const { items, next } = await pulled(after);
    expect(items).toMatchObject([{ ...row, number, cardToken: tokenOf(one), amountMinor: 300, currency: 'CNY' }]);
    expect([next, await pulled(`&after=${next}`)]).toEqual([`c${number}-${row?.['id']}`, { items: [], next: null }]);
    expect(await pulled(after)).toEqual({ items, next });
    // Signed, and as it was given out before; a number that is another debt's by now is none of ours.
    const { signature, keyId: _, currency: __, ...content } = items[0] as unknown as Collection;
    const key = hex(terminal.enrolment.hostKeys.acknowledgement);
    expect(sm2Verify(key, collectionBytes(content), hex(signature))).toBe(true);
    expect(await pulled(`&after=c${number}`)).toEqual({ items: [], next: null });
    for (const foreign of [`c${number}-${waived?.['id']}`, `c${number + 1}`])
      expect((await world.get(`/central/v1/collections?after=${foreign}`)).body.code).toBe('bad-cursor');
    expect((await world.get('/central/v1/collections?after=s1')).body.code).toBe('bad-cursor');
  });

  it('is named in a comparison: what has become of it, how much and since when', async () => {
    const card = await lend(1_000, 300);
    const [row] = await world.query('select epoch, sequence::int from debts where token = $1', [tokenOf(card)]);
    const { epoch, sequence } = row as { epoch: number; sequence: number };
    const differences = async (): Promise<object[]> => {
      const range = { epoch, firstSequence: sequence, lastSequence: sequence, records: [] };
      const { body } = await terminal.post('/v1/comparisons', { id: randomUUID(), ...range });
      return body['differences'] as object[];
    };
    const debt = { sequence, kind: 'disputed', reason: 'insufficient-funds', amountMinor: 300 };
    const since = new Date(world.clockMs).toISOString();
    expect((await differences())[1]).toEqual({ ...debt, debt: 'open', since });
    world.clockMs += 60_000;
    await ask(card, 100);
    expect((await differences())[1]).toEqual({
      ...{ ...debt, debt: 'collected' },
      since: new Date(world.clockMs).toISOString(),
    });
  });

  it('is not collected when the card is not good for anything else', async () => {
    const card = await lend(1_000, 300);
    await world.host.admin.addToHotlist([card.pan]);
    expect(await ask(card, 50)).toMatchObject({ result: 'declined', reason: 'hotlisted' });
    expect(await account(card)).toBe(1_000);
  });

  it('is waived by an operator, once, and the terminals are told', async () => {
    const card = await lend(100, 300);
    const [row] = await world.query('select id from debts where token = $1', [tokenOf(card)]);
    const path = `/debts/${row?.['id']}/waive`;
    const { merchantsMinor } = await world.host.admin.audit();
    for (const name of ['', 'Li Lei']) {
      const unnamed = await world.operator(path, { note: 'goods came back' }, { 'jdpos-operator': name });
      expect([unnamed.status, unnamed.body.code]).toEqual([400, 'invalid-request']);
    }
    const by = { waivedBy: 'Li', note: 'goods came back' };
    const waived = await world.operator(path, { note: 'goods came back' });
    expect([waived.status, waived.body]).toMatchObject([200, { state: 'waived', ...by }]);
    const { items } = (await world.operator('/debts?state=waived')).body as { items: { id: string }[] };
    expect(items.find(({ id }) => id === row?.['id'])).toMatchObject(by);
    const again = await world.operator(path, { note: 'again' });
    expect([again.status, again.body.code]).toEqual([409, 'debt-closed']);
    expect([await debtsOf(card), await toldOf(card)]).toEqual([['300 insufficient-funds waived'], []]);
    expect(await ask(card, 100)).toMatchObject({ result: 'approved' });
    expect((await world.host.admin.audit()).merchantsMinor).toBe(merchantsMinor);
    const unknown = await world.operator('/debts/00000000-0000-4000-8000-000000000000/waive', { note: 'x' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'debt-unknown']);
  });

  it('is collected or waived, never both', async () => {
    const card = await lend(1_000, 300);
    const [row] = await world.query('select id from debts where token = $1', [tokenOf(card)]);
    const id = String(row?.['id']);
    const waive = () => world.host.admin.waiveDebt(id, { operator: 'Li', note: 'race' });
    await Promise.all([ask(card, 100), waive(), waive()]);
    const [debt] = await debtsOf(card);
    expect([await account(card), debt]).toEqual(
      debt?.endsWith('waived') ? [1_000, '300 insufficient-funds waived'] : [700, '300 insufficient-funds collected'],
    );
  });
});

describe('what operators see', () => {
  interface Page {
    readonly items: readonly { readonly [name: string]: unknown }[];
    readonly next: string | null;
  }
  const all = async (path: string): Promise<Page['items']> => {
    const items: Page['items'][number][] = [];
    for (let after = ''; ; ) {
      const { body } = await world.operator(`${path}limit=2${after}`);
      const { items: some, next } = body as unknown as Page;
      items.push(...some);
      if (next === null) return items;
      after = `&after=${next}`;
    }
  };

  it('everything in suspense comes to what the audit says', async () => {
    const items = await all('/suspense?');
    const sum = items.reduce((total, { amountMinor }) => total + Number(amountMinor), 0);
    expect(sum).toBe((await world.host.admin.audit()).suspenseMinor);
    expect(items).toContainEqual(expect.objectContaining({ reason: 'wrong-cryptogram', merchant: 'M1' }));
  });

  it('so does everything that is owed', async () => {
    const items = await all('/debts?state=open&');
    const sum = items.reduce((total, { amountMinor }) => total + Number(amountMinor), 0);
    expect(sum).toBe((await world.host.admin.audit()).debtsMinor);
    expect((await all('/debts?')).length).toBeGreaterThan(items.length);
  });

  it('a cursor of another list is refused, and the terminals’ port knows nothing of it', async () => {
    expect((await world.operator('/debts?after=x')).body.code).toBe('bad-cursor');
    expect((await world.get('/operator/v1/debts')).status).toBe(404);
  });
});

describe('the policy of the parameters', () => {
  it('refuse: the card pays nothing until the debt is waived; ignore: it pays as any other', async () => {
    const card = await world.card({ balance: 0, accountBalanceMinor: 500 });
    defer(card, 800);
    await terminal.settleUp();
    await world.query(`update parameter_sets set content = content || '{"debts": "refuse"}'`);
    expect(await ask(card, 10)).toMatchObject({ result: 'declined', reason: 'debt' });
    await world.query(`update parameter_sets set content = content || '{"debts": "ignore"}'`);
    expect(await ask(card, 10)).toMatchObject({ result: 'approved' });
    await world.query(`update parameter_sets set content = content - 'debts'`);
    expect(await debtsOf(card)).toEqual(['800 insufficient-funds open']);
  });
});
