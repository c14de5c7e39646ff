import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acknowledgement, type BatchRequest } from '../../clearing/contract/index.ts';
import { acknowledgementBytes, sealContentBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';
import { type Answer, HAPPENED, type Terminal, wordsOf } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;
let card: Chip;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  terminal = await world.terminal();
  card = await world.card({ balance: 100_000 });
});

/** A sealed batch of so many approved TCs of 100 fen. */
function batchOf(count: number): BatchRequest {
  for (let made = 0; made < count; made++) terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
  return terminal.seal();
}

/** The same batch with another seal, signed by the terminal. */
function resealed(batch: BatchRequest, change: Partial<BatchRequest['seal']>): BatchRequest {
  const seal = { ...batch.seal, ...change };
  return { ...batch, seal, signature: terminal.sign(sealContentBytes(seal)) };
}

const refusal = ({ status, body }: Answer): unknown[] => [status, body.code];

async function heldRecords(): Promise<number> {
  const [row] = await world.query('select count(*)::int as held from records where terminal = $1', [
    terminal.enrolment.terminal,
  ]);
  return Number(row?.['held']);
}

async function incidents(): Promise<unknown[]> {
  const rows = await world.query('select kind, times from incidents where terminal = $1 order by incident', [
    terminal.enrolment.terminal,
  ]);
  return rows;
}

describe('a batch', () => {
  it('is acknowledged, signed by the host over range, chain head and verdicts', async () => {
    const batch = batchOf(2);
    const { status, body } = await terminal.submit(batch);
    expect(status).toBe(200);
    const { keyId, signature, ...content } = body as unknown as Parameters<typeof acknowledgementBytes>[0] & {
      keyId: string;
      signature: string;
    };
    expect(content).toEqual({
      terminal: terminal.enrolment.terminal,
      epoch: 1,
      firstSequence: 1,
      lastSequence: 2,
      chainHash: batch.seal.chainHead,
      verdicts: [
        { sequence: 1, verdict: 'accepted' },
        { sequence: 2, verdict: 'accepted' },
      ],
    });
    const key = hex(terminal.enrolment.hostKeys.acknowledgement);
    expect(sm2Verify(key, acknowledgementBytes(content), hex(signature))).toBe(true);
    expect(keyId).toMatch(/^[0-9A-F]{16}$/);
  });

  it('sent again, even with PANs sealed anew, gets the very same acknowledgement', async () => {
    const batch = batchOf(2);
    const first = await terminal.submit(batch);
    const anew = batch.records.map((record) => ({
      ...record,
      sealedPan: terminal.sealPan(card.pan, JSON.stringify(record).match(/card\.token=([0-9A-F]{64})/)?.[1] ?? ''),
    }));
    expect((await terminal.submit({ ...batch, records: anew })).body).toEqual(first.body);
    expect((await terminal.get(`/v1/batches/${batch.seal.batchId}`)).body).toMatchObject({
      id: batch.seal.batchId,
      acknowledgement: first.body,
    });
    expect(await heldRecords()).toBe(2);
  });

  it('that is held without a signature is signed when it is asked for again, once', async () => {
    const batch = batchOf(1);
    const first = await terminal.submit(batch);
    const unsigned = 'update batches set key_id = null, acknowledgement_signature = null where id = $1';
    await world.query(unsigned, [batch.seal.batchId]);
    const second = await terminal.submit(batch);
    const { signature: _, ...said } = first.body as { signature: string };
    expect(second).toMatchObject({ status: 200, body: said });
    expect((await terminal.submit(batch)).body).toEqual(second.body);
  });

  it('sent many times at once is held once', async () => {
    const batch = batchOf(3);
    const second = terminal.at(await world.another());
    const answers = await Promise.all([1, 2, 3].flatMap(() => [terminal.submit(batch), second.submit(batch)]));
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
    expect(wordsOf(answers[0] as Answer)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await heldRecords()).toBe(3);
    const [row] = await world.query(`select count(*)::int as movements from movements where terminal = $1`, [
      terminal.enrolment.terminal,
    ]);
    expect(row).toEqual({ movements: 3 });
  });

  it('follows the one before it', async () => {
    expect(wordsOf(await terminal.submit(batchOf(2)))).toEqual(['accepted', 'accepted']);
    expect(wordsOf(await terminal.submit(batchOf(1)))).toEqual(['accepted']);
    expect(await incidents()).toEqual([]);
  });
});

describe('refused, with nothing changed', () => {
  it('a gap, with the sequence that is expected', async () => {
    const first = batchOf(2);
    const second = batchOf(1);
    const answer = await terminal.submit(second);
    expect(refusal(answer)).toEqual([409, 'gap']);
    expect(answer.body['expectedSequence']).toBe(1);
    expect(await heldRecords()).toBe(0);
    expect((await terminal.submit(first)).status).toBe(200);
    expect((await terminal.submit(second)).status).toBe(200);
  });

  it('a fork: other records under sequences that are held', async () => {
    const { head } = terminal;
    await terminal.submit(batchOf(2));
    Object.assign(terminal, { head, sequence: 0 });
    const fork = batchOf(2);
    for (let times = 0; times < 2; times++) {
      const answer = await terminal.submit(fork);
      expect(refusal(answer)).toEqual([409, 'fork']);
      expect(answer.body['sequence']).toBe(1);
    }
    expect(await incidents()).toEqual([{ kind: 'batch-fork', times: 2 }]);
    expect(await heldRecords()).toBe(2);
  });

  it('a fork that begins within what is held', async () => {
    await terminal.submit(batchOf(1));
    const { head } = terminal;
    await terminal.submit(batchOf(1));
    Object.assign(terminal, { head, sequence: 1 });
    const answer = await terminal.submit(batchOf(3));
    expect([...refusal(answer), answer.body['sequence']]).toEqual([409, 'fork', 2]);
  });

  it('the same records in another batch', async () => {
    const batch = batchOf(2);
    await terminal.submit(batch);
    const answer = await terminal.submit(resealed(batch, { batchId: randomUUID() }));
    expect([...refusal(answer), answer.body['expectedSequence']]).toEqual([409, 'overlap', 3]);
  });

  it.each([199, 201])('a total that is not the sum of its approved records: %d for 200', async (totalMinor) => {
    const batch = batchOf(2);
    const answer = await terminal.submit(resealed(batch, { totalMinor }));
    expect([...refusal(answer), answer.body['expectedTotalMinor']]).toEqual([409, 'wrong-total', 200]);
    expect(await incidents()).toEqual([{ kind: 'batch-wrong-total', times: 1 }]);
    expect((await terminal.submit(batch)).status).toBe(200);
  });

  it.each([
    ['a record changed', (batch: BatchRequest) => changed(batch)],
    ['two records exchanged', (batch: BatchRequest) => ({ ...batch, records: [...batch.records].reverse() })],
    ['another chain head', (batch: BatchRequest) => resealed(batch, { chainHead: 'AB'.repeat(32) })],
    ['another Merkle root', (batch: BatchRequest) => resealed(batch, { merkleRoot: 'AB'.repeat(32) })],
  ])('%s', async (_title, tamper) => {
    expect(refusal(await terminal.submit(tamper(batchOf(2))))).toEqual([409, 'chain-broken']);
    expect(await heldRecords()).toBe(0);
  });

  function changed(batch: BatchRequest): BatchRequest {
    const [first, ...rest] = batch.records;
    if (first === undefined || !('canonical' in first)) throw new Error('there is no record to change');
    return { ...batch, records: [{ ...first, canonical: first.canonical.replace('test sale', 'fake sale') }, ...rest] };
  }

  it('a chain that does not start from the genesis hash', async () => {
    terminal.head = hex('00'.repeat(32));
    expect(refusal(await terminal.submit(batchOf(1)))).toEqual([409, 'chain-broken']);
  });

  it.each([
    ['one record more', (batch: BatchRequest) => ({ ...batch, records: [...batch.records, ...batch.records] })],
    ['another last sequence', (batch: BatchRequest) => resealed(batch, { lastSequence: 3 })],
    ['another count', (batch: BatchRequest) => resealed(batch, { count: 1 })],
  ])('a count that is wrong by %s', async (_title, tamper) => {
    expect(refusal(await terminal.submit(tamper(batchOf(2))))).toEqual([422, 'wrong-count']);
  });

  it.each([
    ['not signed over this content', (batch: BatchRequest) => ({ ...batch, seal: { ...batch.seal, totalMinor: 99 } })],
    ['of another terminal', (batch: BatchRequest) => resealed(batch, { terminal: 'T1' })],
    ['of another epoch', (batch: BatchRequest) => resealed(batch, { epoch: 2 })],
  ])('a seal %s', async (_title, tamper) => {
    expect(refusal(await terminal.submit(tamper(batchOf(1))))).toEqual([422, 'bad-seal']);
  });

  it('an id that another terminal has used', async () => {
    const batch = batchOf(1);
    await terminal.submit(batch);
    terminal = await world.terminal();
    const { batchId } = batch.seal;
    expect(refusal(await terminal.submit(resealed(batchOf(1), { batchId })))).toEqual([422, 'id-reused']);
  });

  it('an id that this terminal has used for other records', async () => {
    const batch = batchOf(1);
    await terminal.submit(batch);
    const { batchId } = batch.seal;
    expect(refusal(await terminal.submit(resealed(batchOf(1), { batchId })))).toEqual([422, 'id-reused']);
  });

  it('a batch of an epoch that has ended; one that is held is still acknowledged', async () => {
    const held = batchOf(1);
    const acknowledged = await terminal.submit(held);
    const late = batchOf(1);
    await world.terminal(terminal.enrolment.terminal);
    expect(refusal(await terminal.submit(late))).toEqual([409, 'epoch-closed']);
    expect((await terminal.submit(held)).body).toEqual(acknowledged.body);
  });

  it('a batch of another terminal is as unknown as none', async () => {
    const batch = batchOf(1);
    await terminal.submit(batch);
    const other = await world.terminal();
    for (const id of [batch.seal.batchId, randomUUID()]) {
      expect(refusal(await other.get(`/v1/batches/${id}`))).toEqual([404, 'batch-unknown']);
    }
  });
});

describe('unreadable rows', () => {
  it('may be worth what is missing in the total, and no less than nothing', async () => {
    for (const _ of [1, 2, 3]) terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
    const chainHash = toHex(terminal.unsealed[1]?.hash ?? hex(''));
    const batch = terminal.seal();
    const records = [...batch.records];
    records[1] = { unreadable: '', chainHash };
    const less = resealed({ ...batch, records }, { totalMinor: 199 });
    expect(refusal(await terminal.submit(less))).toEqual([409, 'wrong-total']);
    expect(wordsOf(await terminal.submit({ ...batch, records }))).toEqual(['accepted', 'unreadable', 'accepted']);
  });
});

describe('what the host is said to have signed before', () => {
  const unheld = () => terminal.write({ ...HAPPENED.approvedByHost, authorisationId: 'A999999999' }, 100, online());
  const online = () => ({ card, chip: card.askOnline(100) });
  const lost = () =>
    world.query(`select sequence from incidents where kind = 'records-lost' and terminal = $1`, [name()]);
  const name = () => terminal.enrolment.terminal;

  it('counts for nothing when it is of another batch, changed or not signed here', async () => {
    unheld();
    const first = await terminal.submit(terminal.seal());
    expect(wordsOf(first)).toEqual(['authorisation-unknown']);
    const { verdicts: _, ...signed } = acknowledgement.parse(first.body);
    const sequence = unheld();
    const batch = terminal.seal();
    const verdicts = [{ sequence, verdict: 'accepted' }] as const;
    const range = { firstSequence: sequence, lastSequence: sequence, chainHash: batch.seal.chainHead };
    const invented = { ...signed, ...range, verdicts: [...verdicts] };
    expect(wordsOf(await terminal.submit({ ...batch, acknowledged: invented }))).toEqual(['authorisation-unknown']);
    unheld();
    const other = terminal.seal();
    const old = acknowledgement.parse(first.body);
    expect(wordsOf(await terminal.submit({ ...other, acknowledged: old }))).toEqual(['authorisation-unknown']);
    expect(await lost()).toEqual([]);
  });
});

it('batches of two terminals with the same cards in opposite order do not block each other', async () => {
  const other = await world.terminal();
  const cards = [card, await world.card({ balance: 100_000 }), await world.card({ balance: 100_000 })];
  for (let round = 0; round < 4; round++) {
    for (const one of cards) terminal.write(HAPPENED.approvedByChip, 10, { card: one, chip: one.pay(10) });
    for (const one of [...cards].reverse()) other.write(HAPPENED.approvedByChip, 10, { card: one, chip: one.pay(10) });
    const words = await Promise.all([terminal.settleUp(), other.settleUp()]);
    expect(words.flat()).toEqual(Array.from({ length: 6 }, () => 'accepted'));
  }
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
