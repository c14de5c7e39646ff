import { describe, expect, it } from 'vitest';
import { sm3 } from '../../../emv/crypto/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import { differencesBetween, type HeldRecord } from './differences.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const held = (sequence: number, change: Partial<HeldRecord> = {}): HeldRecord => ({
  sequence,
  canonical: bytes(`record ${sequence}`),
  reason: null,
  outcome: 'approved',
  amountMinor: 100,
  ...change,
});
const claimed = (sequence: number, change: object = {}) => ({
  sequence,
  digest: toHex(sm3(bytes(`record ${sequence}`))),
  outcome: 'approved' as const,
  amountMinor: 100,
  ...change,
});
const unreadable = { sequence: 1, digest: toHex(sm3(bytes('record 1'))) };
const digest = '00'.repeat(32);

describe('what two sides do not agree on', () => {
  it.each([
    ['the same', [claimed(1)], [held(1)], []],
    ['nothing at all', [], [], []],
    ['an unreadable row, the same on both sides', [unreadable], [held(1, { outcome: null, amountMinor: null })], []],
    ['an unreadable row that the centre could read', [unreadable], [held(1)], [{ sequence: 1, kind: 'content' }]],
    [
      'a record that the centre could not read',
      [claimed(1)],
      [held(1, { outcome: null, amountMinor: null, reason: 'unreadable', canonical: bytes('x') })],
      [
        { sequence: 1, kind: 'content' },
        { sequence: 1, kind: 'disputed', reason: 'unreadable' },
      ],
    ],
    [
      'a debt that was collected',
      [claimed(1)],
      [
        held(1, {
          reason: 'insufficient-funds',
          debt: { debt: 'collected', amountMinor: 100, since: '2026-03-02T04:00:00Z' },
        }),
      ],
      [
        {
          ...{ sequence: 1, kind: 'disputed', reason: 'insufficient-funds' },
          ...{ debt: 'collected', amountMinor: 100, since: '2026-03-02T04:00:00Z' },
        },
      ],
    ],
    [
      'a claim that an operator has rejected',
      [claimed(1)],
      [
        held(1, {
          reason: 'wrong-cryptogram',
          claim: { suspense: 'rejected', amountMinor: 100, since: '2026-03-02T04:00:00Z', note: 'no such sale' },
        }),
      ],
      [
        {
          ...{ sequence: 1, kind: 'disputed', reason: 'wrong-cryptogram', suspense: 'rejected' },
          ...{ amountMinor: 100, since: '2026-03-02T04:00:00Z', note: 'no such sale' },
        },
      ],
    ],
    ['other bytes', [claimed(1, { digest })], [held(1)], [{ sequence: 1, kind: 'content' }]],
    [
      'the same bytes, booked with another amount',
      [claimed(1)],
      [held(1, { amountMinor: 99 })],
      [{ sequence: 1, kind: 'amount', atTerminalMinor: 100, atCentreMinor: 99 }],
    ],
    [
      'gaps on both sides, in sequence order',
      [claimed(1), claimed(3)],
      [held(2, { outcome: null, amountMinor: null }), held(3)],
      [
        { sequence: 1, kind: 'missing-at-centre', outcome: 'approved', amountMinor: 100 },
        { sequence: 2, kind: 'missing-at-terminal' },
      ],
    ],
  ])('%s', (_what, ours, theirs, expected) => {
    expect(differencesBetween(ours, theirs)).toEqual(expected);
  });
});
