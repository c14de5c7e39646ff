import { describe, expect, it } from 'vitest';
import { acknowledgement, type SettlementItem } from '../../clearing/contract/index.ts';
import type { Identity, StoredBatch, StoredRecord } from '../../offline-queue/index.ts';
import { contradictions, faultOfSettlement } from './acknowledgement.ts';

const HEAD = 'AB'.repeat(32);

const verdicts = (disputed: readonly number[]) => ({
  terminal: 'T-1',
  epoch: 1,
  firstSequence: 11,
  lastSequence: 13,
  chainHash: HEAD,
  verdicts: [11, 12, 13].map((sequence) =>
    disputed.includes(sequence)
      ? { sequence, verdict: 'disputed', reason: 'unreadable' }
      : { sequence, verdict: 'accepted' },
  ),
  keyId: '00'.repeat(8),
  signature: '00'.repeat(64),
});

const batch = (disputed: readonly number[]): StoredBatch => ({
  id: '11111111-1111-4111-8111-111111111111',
  state: 'accepted',
  epoch: 1,
  firstSequence: 11,
  lastSequence: 13,
  count: 3,
  totalMinor: 600,
  chainHead: HEAD,
  merkleRoot: HEAD,
  signature: '',
  sealedAt: '',
  acknowledgement: verdicts(disputed),
});

const settlement: SettlementItem = {
  batchId: '11111111-1111-4111-8111-111111111111',
  terminal: 'T-1',
  epoch: 1,
  firstSequence: 11,
  lastSequence: 13,
  reference: 'S-1',
  settledAt: '2026-11-24T10:00:00Z',
  recordCount: 3,
  totalMinor: 600,
  disputed: [],
  chainHead: HEAD,
  keyId: '00'.repeat(8),
  signature: '00'.repeat(64),
};

// Only what is judged: kind, sequence, outcome, amount.
const record = (sequence: number, amountMinor: number, outcome = 'approved') =>
  ({ record: { kind: 'purchase', sequence, outcome, amountMinor } }) as StoredRecord;
const records = [record(11, 100), record(12, 500), record(13, 40, 'declined')];

const identity = { terminal: 'T-1' } as Identity;

describe('a signed settlement', () => {
  it.each<[string, readonly number[], Partial<SettlementItem>, readonly StoredRecord[], string | undefined]>([
    ['of everything', [], {}, records, undefined],
    ['without a disputed one', [12], { disputed: [12], recordCount: 2, totalMinor: 100 }, records, undefined],
    ['without a disputed refusal', [13], { disputed: [13], recordCount: 2 }, records, undefined],
    ['that pays too little', [], { totalMinor: 599 }, records, 'totals'],
    ['that counts wrongly', [], { recordCount: 2 }, records, 'totals'],
    ['that leaves out what was accepted', [], { disputed: [12], recordCount: 2, totalMinor: 100 }, records, 'disputed'],
    ['that pays what was disputed', [12], {}, records, 'disputed'],
    ['of another range', [], { lastSequence: 14 }, records, 'other-batch'],
    ['of another chain', [], { chainHead: 'CD'.repeat(32) }, records, 'other-batch'],
    ['of another terminal', [], { terminal: 'T-2' }, records, 'other-batch'],
    [
      'without one that can no longer be read here: what it was worth is not known',
      [12],
      { disputed: [12], recordCount: 2, totalMinor: 100 },
      [record(11, 100), record(13, 40, 'declined')],
      undefined,
    ],
    [
      'but not more than there was',
      [12],
      { disputed: [12], recordCount: 2, totalMinor: 601 },
      [record(11, 100), record(13, 40, 'declined')],
      'totals',
    ],
  ])('%s', (_name, disputed, item, readable, expected) => {
    expect(faultOfSettlement({ ...settlement, ...item }, batch(disputed), readable, identity)).toBe(expected);
  });
});

describe('an acknowledgement that another hand has changed here', () => {
  const changed = { ...batch([]), acknowledgement: {} };

  it('makes a settlement one for people, and no other', () => {
    expect(faultOfSettlement(settlement, changed, records, identity)).toBe('acknowledgement');
  });

  it('is said when the host sends its own again', () => {
    const again = acknowledgement.parse(verdicts([]));
    expect(contradictions(again, changed)).toContain('no longer as it was written');
  });
});
