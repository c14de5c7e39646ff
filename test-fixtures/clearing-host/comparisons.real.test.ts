import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Comparison, Difference } from '../../clearing/contract/index.ts';
import { comparisonBytes, parseRecord } from '../../clearing/contract/record/index.ts';
import { sm2Verify, sm3 } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;
let card: Chip;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

interface Claimed {
  sequence: number;
  digest: string;
  outcome?: string;
  amountMinor?: number;
}

/** What the terminal has: four approved sales, a declined one, and one whose cryptogram is wrong. All of it is uploaded. */
let claimed: Claimed[];
beforeEach(async () => {
  terminal = await world.terminal();
  card = await world.card({ balance: 100_000 });
  for (const amount of [100, 200, 300, 400]) {
    terminal.write(HAPPENED.approvedByChip, amount, { card, chip: card.pay(amount) });
  }
  terminal.write(HAPPENED.declined, 50);
  terminal.write(HAPPENED.approvedByChip, 7, { card, chip: { ...card.pay(7), cryptogram: '0011223344556677' } });
  const batch = terminal.seal();
  claimed = batch.records.map((record, at) => claimOf(at + 1, 'canonical' in record ? record.canonical : ''));
  await terminal.submit(batch);
});

function claimOf(sequence: number, canonical: string): Claimed {
  const bytes = new TextEncoder().encode(canonical);
  const parsed = parseRecord(bytes);
  if (parsed.kind === 'malformed') throw new Error(parsed.reason);
  const { outcome, amountMinor } = parsed.record;
  return { sequence, digest: toHex(sm3(bytes)), outcome, amountMinor };
}

async function compared(records: readonly object[], range: object = {}): Promise<Comparison> {
  const body = { id: randomUUID(), epoch: 1, firstSequence: 1, lastSequence: 6, records, ...range };
  const answer = await terminal.post('/v1/comparisons', body);
  expect([answer.status, answer.body]).toMatchObject([200, {}]);
  return answer.body as unknown as Comparison;
}

const DISPUTED: Difference = { sequence: 6, kind: 'disputed', reason: 'wrong-cryptogram' };
const changed = (sequence: number, change: Partial<Claimed>) =>
  claimed.map((one) => (one.sequence === sequence ? { ...one, ...change } : one));

describe('a comparison', () => {
  it('of the same records finds nothing but what is disputed, and is signed', async () => {
    const answer = await compared(claimed);
    expect(answer).toMatchObject({ heldUpTo: 6, acceptedCount: 5, acceptedMinor: 1000, differences: [DISPUTED] });
    const { terminal: name, epoch, firstSequence, lastSequence, keyId: _, signature, ...content } = answer;
    const signed = comparisonBytes({ terminal: name, epoch, firstSequence, lastSequence, content });
    expect(sm2Verify(hex(terminal.enrolment.hostKeys.acknowledgement), signed, hex(signature))).toBe(true);
  });

  it('names each kind of difference at its record', async () => {
    const digest = 'AB'.repeat(32);
    const both = { digest, amountMinor: 101, outcome: 'undecided' };
    expect((await compared(changed(1, both))).differences).toEqual([
      { sequence: 1, kind: 'amount', atTerminalMinor: 101, atCentreMinor: 100 },
      { sequence: 1, kind: 'outcome', atTerminal: 'undecided', atCentre: 'approved' },
      DISPUTED,
    ]);
    expect((await compared(changed(2, { digest }))).differences).toEqual([{ sequence: 2, kind: 'content' }, DISPUTED]);
    expect((await compared(claimed.filter(({ sequence }) => sequence !== 3))).differences).toEqual([
      { sequence: 3, kind: 'missing-at-terminal', outcome: 'approved', amountMinor: 300 },
      DISPUTED,
    ]);
    const more = [...claimed, { sequence: 7, digest, outcome: 'approved', amountMinor: 700 }];
    expect((await compared(more, { lastSequence: 7 })).differences).toEqual([
      DISPUTED,
      { sequence: 7, kind: 'missing-at-centre', outcome: 'approved', amountMinor: 700 },
    ]);
    expect((await compared([{ sequence: 1, digest }, ...claimed.slice(1)])).differences).toEqual([
      { sequence: 1, kind: 'content' },
      DISPUTED,
    ]);
  });

  it('of equal sums finds what is different below them', async () => {
    const digest = 'AB'.repeat(32);
    const swapped = claimed.map((one) =>
      one.sequence === 1
        ? { ...one, digest, amountMinor: 200 }
        : one.sequence === 2
          ? { ...one, digest, amountMinor: 100 }
          : one,
    );
    expect((await compared(swapped)).differences.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'amount'],
      [2, 'amount'],
      [6, 'disputed'],
    ]);
  });

  it('tells what the centre holds behind the range, which the terminal can then ask for', async () => {
    const answer = await compared(claimed.slice(0, 2), { lastSequence: 2 });
    expect(answer).toMatchObject({ heldUpTo: 6, differences: [] });
    const { differences } = await compared([], { firstSequence: 3 });
    expect(differences.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [3, 'missing-at-terminal'],
      [4, 'missing-at-terminal'],
      [5, 'missing-at-terminal'],
      [6, 'missing-at-terminal'],
      [6, 'disputed'],
    ]);
  });

  it('sent again gets the same answer, whatever has come since; with another body it is refused', async () => {
    const body = { id: randomUUID(), epoch: 1, firstSequence: 1, lastSequence: 7, records: claimed };
    const first = await terminal.post('/v1/comparisons', body);
    terminal.write(HAPPENED.declined, 50);
    await terminal.submit(terminal.seal());
    expect((await terminal.post('/v1/comparisons', body)).body).toEqual(first.body);
    expect((await terminal.post('/v1/comparisons', { ...body, records: [] })).body.code).toBe('id-reused');
    expect((await compared(claimed, { lastSequence: 7 })).differences).toContainEqual({
      sequence: 7,
      kind: 'missing-at-terminal',
      outcome: 'declined',
      amountMinor: 50,
    });
  });

  it('notes an incident for what a person must look at', async () => {
    await compared(changed(1, { digest: 'AB'.repeat(32) }));
    const rows = await world.query('select kind, sequence::int from incidents where terminal = $1 order by incident', [
      terminal.enrolment.terminal,
    ]);
    expect(rows).toEqual([
      { kind: 'record-wrong-cryptogram', sequence: 6 },
      { kind: 'difference-content', sequence: 1 },
    ]);
  });

  it.each([
    ['records that do not rise', { records: [2, 1] }],
    ['a record outside the range', { records: [9] }],
    ['a range that ends before it begins', { lastSequence: 0, records: [] }],
    ['too long a range', { lastSequence: 1_001, records: [] }],
  ])('refuses %s', async (_what, { records, ...range }) => {
    const digest = 'AB'.repeat(32);
    const body = { id: randomUUID(), epoch: 1, firstSequence: 1, lastSequence: 6, ...range };
    const answer = await terminal.post('/v1/comparisons', {
      ...body,
      records: records.map((sequence) => ({ sequence, digest })),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});
