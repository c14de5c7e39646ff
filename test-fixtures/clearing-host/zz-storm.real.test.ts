import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsOf, FORGED } from './claims.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { startWorld, type World } from './world.ts';
import type { Chip } from './chip.ts';

let world: World;
const say = (x: string) => appendFileSync('/tmp/lead/audit2/storm.log', `${x}\n`);
beforeAll(async () => { world = await startWorld(); });
afterAll(() => world.close());
const rnd = (n: number) => Math.floor(Math.random() * n);

it('storm', async () => {
  const other = await world.another();
  const terminals = await Promise.all([0, 1, 2].map(() => world.terminal()));
  const cards: Chip[] = [];
  for (let i = 0; i < 4; i++) cards.push(await world.card({ balance: 40_000, accountBalanceMinor: 20_000 }));
  const statuses: { [k: string]: number } = {};
  const tally = (what: string, s: number | string) => { statuses[`${what} ${s}`] = (statuses[`${what} ${s}`] ?? 0) + 1; };
  let stop = false;
  let approvedMinor = 0;
  const settler = async (port: number | undefined, name: string) => {
    while (!stop) {
      const list = await fetch(`http://127.0.0.1:${port}/operator/v1/suspense?limit=20`, { headers: { 'jdpos-operator': name } });
      const { items } = (await list.json()) as { items: { id: string }[] };
      await Promise.all(items.map(async ({ id }) => {
        const r = await fetch(`http://127.0.0.1:${port}/operator/v1/suspense/${id}/settle`, { method: 'POST', headers: { 'content-type': 'application/json', 'jdpos-operator': name }, body: JSON.stringify({ decision: rnd(3) ? 'paid' : 'rejected', note: 'x' }) });
        const b = (await r.json()) as { code?: string; detail?: string };
        tally(`settle ${b.code ?? 'ok'}`, r.status);
      }));
      await new Promise((r) => setTimeout(r, 5));
    }
  };
  const seen = new Map<number, string>();
  const puller = async () => {
    let after = '';
    while (!stop) {
      const { body } = await world.get(`/central/v1/collections?limit=7${after}`);
      const items = body['items'] as { number: number; id: string; terminal: string; sequence: number }[];
      for (const it of items) { if (seen.has(it.number)) tally('pulled twice', 0); seen.set(it.number, JSON.stringify(it)); }
      if (typeof body['next'] === 'string') after = `&after=${body['next']}`;
    }
  };
  const waiver = async () => {
    while (!stop) {
      const { body } = await world.operator('/debts?state=open&limit=5');
      for (const { id } of (body['items'] ?? []) as { id: string }[]) if (rnd(3) === 0) tally('waive', (await world.operator(`/debts/${id}/waive`, { note: 'x' })).status);
      await new Promise((r) => setTimeout(r, 20));
    }
  };
  const work = async (t: Terminal, i: number) => {
    const mine = cards;
    for (let round = 0; round < 50; round++) {
      for (let k = 0; k < 1 + rnd(5); k++) {
        const card = mine[rnd(mine.length)] as Chip;
        const amount = 1 + rnd(900);
        const kind = rnd(9);
        if (kind === 0) { const chip = card.pay(amount); t.write(HAPPENED.approvedByChip, amount, { card, chip }); if (rnd(2)) t.write(HAPPENED.approvedByChip, amount, { card, chip }); approvedMinor += amount; }
        else if (kind === 1) t.write(HAPPENED.approvedByChip, amount, { card, chip: { ...card.refuse(amount), cryptogramType: 'tc', cryptogram: FORGED } });
        else if (kind === 2) t.write(HAPPENED.afterDebit, amount, { card, chip: rnd(2) ? card.pay(amount) : { ...card.pay(amount), cryptogram: FORGED } });
        else if (kind === 3) t.write(HAPPENED.approvedOnTrust, amount, { card, chip: card.askOnline(amount) });
        else if (kind === 4) { const chip = card.askOnline(amount); const r = await t.authorise(t.authorisationRequest(card, chip, amount)); tally(`auth ${r.body['reason'] ?? r.body['result'] ?? r.body.code}`, r.status); if (r.body['result'] === 'approved') t.write({ ...HAPPENED.approvedByHost, authorisationId: String(rnd(3) ? r.body['authorisationId'] : 'A999999999') }, rnd(4) ? amount : amount + 1, { card, chip }); }
        else if (kind === 5) { const chip = card.askOnline(amount); const r = await t.authorise(t.authorisationRequest(card, chip, amount, { purpose: 'load', issuerData: true } as never)); tally(`load ${r.body['reason'] ?? r.body['result'] ?? r.body.code}`, r.status); if (r.body['result'] === 'approved') { const taken = rnd(2) === 1; if (taken) card.balance += amount; t.write({ ...(rnd(3) === 0 ? HAPPENED.loadUndecided : taken ? HAPPENED.loaded : HAPPENED.notLoaded), authorisationId: String(rnd(3) ? r.body['authorisationId'] : 'A999999999') }, amount, { card, chip }); } }
        else if (kind === 6) t.write(HAPPENED.undecided, amount, { card, chip: card.torn(amount, rnd(2) === 1) });
        else if (kind === 7) t.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) }, { merchant: 'M-OTHER' });
        else t.write(HAPPENED.loaded, amount, { card, chip: card.askOnline(amount) });
      }
      if (t.unsealed.length === 0) continue;
      const batch = t.seal();
      const answers = await Promise.all([t.submit(batch), t.at(other).submit(batch), t.submit(batch)]);
      for (const a of answers) { tally(`batch ${a.body.code ?? 'ok'}`, a.status); if (a.status === 200) expect(a.body).toEqual(answers.find((x) => x.status === 200)?.body); }
      if (answers.every(({ status }) => status !== 200)) { say(JSON.stringify(answers[0]?.body)); throw new Error('batch'); }
    }
    void i;
  };
  const back = Promise.all([settler(world.host.operatorPort, 'Li'), settler(other.operatorPort, 'Han'), puller(), waiver()]);
  try { await Promise.all(terminals.map(work)); } finally { await new Promise((r) => setTimeout(r, 1500)); stop = true; }
  await back;
  // the rest of the list
  await new Promise((r) => setTimeout(r, 500));
  const audit = await world.host.admin.audit();
  say(JSON.stringify(statuses)); say(JSON.stringify(audit));
  say(JSON.stringify(await world.query("select a.purpose, a.state, r.kind, r.outcome, r.reason, count(*)::int from authorisations a left join records r on convert_from(r.canonical, 'UTF8') like '%' || a.cryptogram || '%' where a.state = 'held' group by 1,2,3,4,5")));
  const listed = await world.query('select number::int, id from collections order by number');
  say(`listed ${listed.length} pulled ${seen.size}`);
  say(JSON.stringify(await world.query('select paid_by, claimant, reason, state, count(*)::int from suspense_items group by 1,2,3,4 order by 1,2,3')));
  say(JSON.stringify(await world.query('select kind, count(*)::int from incidents group by 1')));
}, 180_000);
