import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HotlistPageAnswer } from '../../clearing/contract/index.ts';
import { hotlistPage } from '../../clearing/contract/index.ts';
import { cardToken, hotlistPageBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());

const tokenOf = ({ pan }: Pick<Chip, 'pan'>): string => cardToken(terminal.cardTokenKey, pan);

async function page(query: string): Promise<HotlistPageAnswer> {
  const { status, body } = await terminal.get(`/v1/hotlist?${query}`);
  expect([status, body.code]).toEqual([200, undefined]);
  const answer = hotlistPage.parse(body);
  const key = hex(terminal.enrolment.hostKeys.hotlist);
  expect(sm2Verify(key, hotlistPageBytes(answer), hex(answer.signature))).toBe(true);
  return answer;
}

/** All pages of the way from a version, each of so many changes. */
async function way(since: number, limit: number): Promise<readonly HotlistPageAnswer[]> {
  const pages = [await page(`since=${since}&limit=${limit}`)];
  for (let last = pages[0]; last?.through !== undefined; last = pages.at(-1)) {
    pages.push(await page(`since=${since}&to=${last.to}&after=${last.through}&limit=${limit}`));
  }
  return pages;
}

const added = (pages: readonly HotlistPageAnswer[]) => pages.flatMap(({ add }) => add);
const cards = (count: number) => Promise.all(Array.from({ length: count }, () => world.card({ balance: 0 })));

describe('the hotlist in pages', () => {
  it('is nothing at first', async () => {
    const nothing = { from: 0, to: 0, fromHash: '0'.repeat(64), hash: '0'.repeat(64), entries: 0, full: false };
    expect(await way(0, 10)).toMatchObject([{ ...nothing, add: [], remove: [], debts: [] }]);
  });

  it('holds every card once, in order, in pages that join', async () => {
    const seven = await cards(7);
    await world.host.admin.addToHotlist(seven.map(({ pan }) => pan));
    for (const limit of [1, 2, 3, 7, 8]) {
      const pages = await way(0, limit);
      expect(added(pages)).toEqual(seven.map(tokenOf).sort());
      expect(pages.map(({ after }) => after)).toEqual([undefined, ...pages.slice(0, -1).map(({ through }) => through)]);
      expect(new Set(pages.map(({ to, hash, entries, full }) => `${to} ${hash} ${entries} ${full}`)).size).toBe(1);
      expect(pages[0]).toMatchObject({ from: 0, to: 7, entries: 7, full: true });
    }
  });

  it('stays the same list for whoever is in the midst of it, whatever changes meanwhile', async () => {
    const before = added(await way(0, 100));
    const first = await page('since=0&limit=2');
    const [more] = await cards(1);
    await world.host.admin.addToHotlist([(more as Chip).pan]);
    const second = await page(`since=0&to=${first.to}&after=${first.through}&limit=100`);
    expect(added([first, second])).toEqual(before);
    const rest = await page(`since=${first.to}&limit=100`);
    expect(rest).toMatchObject({ from: first.to, fromHash: first.hash, full: false, entries: 8 });
    expect(rest.add).toEqual([tokenOf(more as Chip)]);
  });

  it('a change tells only what stands otherwise', async () => {
    const { to } = await page('since=0&limit=1');
    const [a, b] = (await cards(2)) as [Chip, Chip];
    await world.host.admin.addToHotlist([a.pan, b.pan]);
    await world.host.admin.removeFromHotlist([a.pan]);
    const change = await way(to, 1);
    expect([added(change), change.flatMap(({ remove }) => remove)]).toEqual([[tokenOf(b)], [tokenOf(a)]]);
    expect(added(await way(0, 3))).not.toContain(tokenOf(a));
  });

  it('brings what cards owe, and keeps the debts of one card on one page', async () => {
    const { to } = await page('since=0&limit=1');
    const poor = await world.card({ balance: 0, accountBalanceMinor: 0 });
    for (const amount of [100, 200, 300]) {
      terminal.write(HAPPENED.approvedOnTrust, amount, { card: poor, chip: poor.askOnline(amount) });
    }
    await terminal.settleUp();
    const [first] = await way(to, 1);
    expect(first?.debts.map(({ amountMinor }) => amountMinor).sort()).toEqual([100, 200, 300]);
    const id = String(first?.debts[0]?.id);
    await world.host.admin.waiveDebt(id, { operator: 'Li', note: 'test' });
    const later = await page(`since=${first?.to}&limit=9`);
    expect(later.debts).toEqual([{ id, token: tokenOf(poor), amountMinor: 0 }]);
    expect((await way(0, 100)).flatMap(({ debts }) => debts)).toHaveLength(2);
  });

  it('a version that was never the newest is none to start from or to go to', async () => {
    const three = await cards(3);
    await world.host.admin.addToHotlist(three.map(({ pan }) => pan));
    const { to } = await page('since=0&limit=1');
    expect(await page(`since=${to - 1}&limit=1`)).toMatchObject({ from: 0, full: true });
    const { status, body } = await terminal.get(`/v1/hotlist?since=0&to=${to - 1}&limit=1`);
    expect([status, body.code]).toEqual([409, 'version-unknown']);
    expect((await terminal.get('/v1/hotlist?since=0&limit=20001')).status).toBe(400);
  });

  it('in one piece has an end', async () => {
    await world.query(
      `insert into hotlist_changes (version, token, listed, made_at)
       select 1000 + n, upper(encode(sha256(n::text::bytea), 'hex')), true, now() from generate_series(1, 20001) n`,
    );
    await world.query(
      `update hotlist_changes set hash = $1, entries = 20001 where version = (select max(version) from hotlist_changes)`,
      ['AB'.repeat(32)],
    );
    const { status, body } = await terminal.get('/v1/hotlist?since=0');
    expect([status, body.code]).toEqual([422, 'list-too-long']);
    expect(added(await way(0, 20_000)).length).toBeGreaterThan(20_000);
  });
});

it('many cards at once are numbered without gaps, each once', async () => {
  const before = await page('since=0&limit=1');
  const many = await cards(30);
  const pans = many.map(({ pan }) => pan);
  await Promise.all([
    world.host.admin.addToHotlist(pans.slice(0, 20)),
    world.host.admin.addToHotlist(pans.slice(10)),
    world.host.admin.addToHotlist(pans),
  ]);
  expect(await page('since=0&limit=1')).toMatchObject({ to: before.to + 30, entries: before.entries + 30 });
});
