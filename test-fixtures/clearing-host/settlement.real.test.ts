import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CentralBatch, CentralRecord, SettlementItem } from '../../clearing/contract/index.ts';
import { sealContentBytes, settlementBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Verify } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';
import { until } from '../until.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, send, type Terminal } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let terminals: Terminal[];
let card: Chip;
/** Batch ids in the order in which they were acknowledged, by terminal. */
const batches: { terminal: Terminal; id: string }[] = [];

beforeAll(async () => {
  world = await startWorld();
  card = await world.card({ balance: 100_000 });
  terminals = [await world.terminal('S1'), await world.terminal('S2')];
  for (const amount of [100, 200, 300]) {
    for (const terminal of terminals) {
      terminal.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) });
      terminal.write(HAPPENED.approvedByChip, 7, { card, chip: { ...card.pay(7), cryptogram: '0011223344556677' } });
      terminal.write({ ...HAPPENED.declined, reference: 'a "quoted", one' }, 50);
      const batch = terminal.seal();
      await terminal.submit(batch);
      batches.push({ terminal, id: batch.seal.batchId });
    }
  }
  await until('the settlements', async () => ((await centralBatches()).length === batches.length ? true : undefined));
});
afterAll(() => world.close());

/** All settled batches, two a page. */
async function centralBatches(): Promise<CentralBatch[]> {
  const found: CentralBatch[] = [];
  for (let after = ''; ; ) {
    const { body } = await world.get(`/central/v1/batches?state=settled&limit=2${after && `&after=${after}`}`);
    const { items, next } = body as { items: CentralBatch[]; next: string | null };
    found.push(...items);
    if (next === null) return found;
    after = next;
  }
}

async function settlementsOf(
  terminal: Terminal,
  query = '',
): Promise<{ items: SettlementItem[]; next: string | null }> {
  const { body } = await terminal.get(`/v1/settlements${query}`);
  return body as { items: SettlementItem[]; next: string | null };
}

describe('settlements of a terminal', () => {
  it('come in settlement order, without the disputed records, signed', async () => {
    const [terminal] = terminals as [Terminal];
    const { items, next } = await settlementsOf(terminal);
    expect(items.map(({ recordCount, totalMinor, disputed }) => [recordCount, totalMinor, disputed])).toEqual([
      [2, 100, [2]],
      [2, 200, [5]],
      [2, 300, [8]],
    ]);
    const key = hex(terminal.enrolment.hostKeys.acknowledgement);
    for (const { keyId: _, signature, ...content } of items) {
      expect(sm2Verify(key, settlementBytes(content), hex(signature))).toBe(true);
      expect(content.terminal).toBe('S1');
    }
    expect(await settlementsOf(terminal, `?after=${next}`)).toEqual({ items: [], next: null });
  });

  it('come in pages', async () => {
    const [terminal] = terminals as [Terminal];
    const first = await settlementsOf(terminal, '?limit=2');
    const second = await settlementsOf(terminal, `?limit=2&after=${first.next}`);
    expect([...first.items, ...second.items]).toEqual((await settlementsOf(terminal)).items);
    expect((await terminal.get('/v1/settlements?after=x1')).body.code).toBe('bad-cursor');
  });

  it('stand in the status of their batch', async () => {
    const [{ terminal, id } = { terminal: terminals[0] as Terminal, id: '' }] = batches;
    const { body } = await terminal.get(`/v1/batches/${id}`);
    expect(body).toMatchObject({ id, state: 'settled', settlement: { batchId: id, totalMinor: 100 } });
  });
});

describe('the central API', () => {
  it('gives the batches of all terminals once each, in settlement order', async () => {
    const found = await centralBatches();
    expect(found.map(({ id }) => id).sort()).toEqual(batches.map(({ id }) => id).sort());
    const references = found.map(({ settlement }) => settlement.reference);
    expect(references).toEqual([...references].sort());
    expect(new Set(references).size).toBe(references.length);
    expect(references[0]).toBe('S20260301-000001');
  });

  it('gives a manifest that proves itself: seal and settlement verify', async () => {
    const [batch] = await centralBatches();
    const { body } = await world.get(`/central/v1/batches/${batch?.id}`);
    const manifest = body as CentralBatch;
    expect(manifest).toEqual(batch);
    const { signature: sealSignature, ...seal } = manifest.seal;
    expect(seal).toMatchObject({ count: 3, totalMinor: manifest.totalMinor + 7 });
    const [row] = await world.query('select signing_key from epochs where terminal = $1', [manifest.terminal]);
    expect(sm2Verify(hex(String(row?.['signing_key'])), sealContentBytes(seal), hex(sealSignature))).toBe(true);
    const { reference, settledAt, signature } = manifest.settlement;
    const { id: batchId, terminal, epoch, firstSequence, lastSequence, chainHead } = manifest;
    const { recordCount, totalMinor, disputed } = manifest;
    const range = { batchId, terminal, epoch, firstSequence, lastSequence, chainHead };
    const content = { ...range, reference, settledAt, recordCount, totalMinor, disputed };
    const key = TEST_HSM_KEYS.acknowledgement.value.use(sm2PublicKey);
    expect(sm2Verify(key, settlementBytes(content), hex(signature))).toBe(true);
  });

  it('gives the records that settled, as lines of JSON and as CSV', async () => {
    const [batch] = await centralBatches();
    const { body } = await world.get(`/central/v1/batches/${batch?.id}/records`);
    const lines = String(body['text']).trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as CentralRecord);
    expect(records.map(({ sequence, outcome, amountMinor }) => [sequence, outcome, amountMinor])).toEqual([
      [1, 'approved', 100],
      [3, 'declined', 50],
    ]);
    expect(records[0]).toMatchObject({ fundedBy: 'chip', atc: 1, maskedPan: card.pan.masked, offline: true });
    const csv = await world.get(`/central/v1/batches/${batch?.id}/records`, { accept: 'text/csv' });
    const [header, ...rows] = String(csv.body['text']).trim().split('\r\n');
    expect(header?.split(',').slice(0, 5)).toEqual(['terminal', 'epoch', 'sequence', 'kind', 'outcome']);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('"a ""quoted"", one"');
  });

  it('notes what was fetched, once, if it was counted right', async () => {
    const [batch] = await centralBatches();
    if (batch === undefined) throw new Error('nothing has settled');
    const path = `/central/v1/batches/${batch.id}/acknowledgement`;
    const post = (body: object) => send(world.url, 'POST', path, {}, JSON.stringify(body));
    const { recordCount, totalMinor, chainHead } = batch;
    const wrong = await post({ recordCount: 3, totalMinor, chainHead });
    expect([wrong.status, wrong.body.code]).toEqual([409, 'acknowledgement-mismatch']);
    const first = await post({ recordCount, totalMinor, chainHead });
    expect(first.body['acknowledgedAt']).toBe('2026-03-01T04:00:00.000Z');
    world.clockMs += 60_000;
    expect((await post({ recordCount, totalMinor, chainHead })).body).toEqual(first.body);
  });

  it('knows no batch that has not settled', async () => {
    const { status, body } = await world.get('/central/v1/batches/3f2b8a52-6f0e-4d9c-9d3e-111111111111');
    expect([status, body.code]).toEqual([404, 'batch-not-found']);
  });
});

it('a cursor from before the database was put back from a copy is none any more', async () => {
  const [terminal, other] = terminals as [Terminal, Terminal];
  const [mine, theirs] = [await settlementsOf(terminal), await settlementsOf(other)];
  expect(await settlementsOf(terminal, `?after=${mine.next}`)).toEqual({ items: [], next: null });
  // Number and batch are those of two settlements, as when numbers were given out again.
  const [, number] = /^s([0-9]+)-/.exec(mine.next ?? '') ?? [];
  const foreign = `s${number}-${theirs.items.at(-1)?.batchId}`;
  const beyond = `s99-${mine.items.at(-1)?.batchId}`;
  for (const after of [foreign, beyond, 's99']) {
    expect((await terminal.get(`/v1/settlements?after=${after}`)).body.code).toBe('bad-cursor');
    expect((await world.get(`/central/v1/batches?after=${after}`)).body.code).toBe('bad-cursor');
  }
  // As they were given out before.
  expect(await settlementsOf(terminal, `?after=s${number}`)).toEqual({ items: [], next: null });
  expect((await settlementsOf(terminal, '?after=s0')).items).toEqual(mine.items);
});

it('two hosts on one database settle each batch once', async () => {
  await world.another();
  const [terminal] = terminals as [Terminal];
  const before = (await centralBatches()).length;
  for (let made = 0; made < 8; made++) {
    terminal.write(HAPPENED.declined, 1);
    await terminal.settleUp();
  }
  const found = await until('the settlements', async () => {
    const now = await centralBatches();
    return now.length === before + 8 ? now : undefined;
  });
  const numbers = found.map(({ settlement }) => Number(settlement.reference.split('-')[1]));
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});
