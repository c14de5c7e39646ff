import { describe, expect, it } from 'vitest';
import { decide, GAP_GRACE_MS } from './undecided.ts';

describe('what the next balance says of an undecided debit of 1250 from 5000 at ATC 7', () => {
  const undecided = { atc: 7, amountMinor: 1250, balanceBeforeMinor: 5000, cryptogramSeen: true };

  it.each([
    ['as much as before, at once', 8, 5000, 0, 'not-debited'],
    ['less by the amount, at once', 8, 3750, 0, 'debited'],
    ['less by something else, at once', 8, 3000, 0, undefined],
    ['more than before, at once', 8, 6250, 0, undefined],
    ['as much as before, after a gap', 10, 5000, 0, 'not-debited'],
    ['less by the amount, after a gap', 9, 3750, 0, undefined],
    ['less by the amount, after a gap and just before grace ends', 9, 3750, GAP_GRACE_MS - 1, undefined],
    ['less by the amount, after a gap and grace', 9, 3750, GAP_GRACE_MS, 'debited'],
    ['less by something else, after a gap and grace', 9, 3000, GAP_GRACE_MS, undefined],
  ] as const)('%s', (_title, atc, balanceBeforeMinor, knownForMs, expected) => {
    expect(decide(undecided, { atc, balanceBeforeMinor, knownForMs })).toBe(expected);
  });

  it.each([
    ['as much as before, at once', 5000, 0, 'not-debited'],
    ['less by the amount, just before grace ends', 3750, GAP_GRACE_MS - 1, undefined],
    ['less by the amount, after grace', 3750, GAP_GRACE_MS, 'debited'],
  ] as const)('without its cryptogram: %s', (_title, balanceBeforeMinor, knownForMs, expected) => {
    expect(decide({ ...undecided, cryptogramSeen: false }, { atc: 8, balanceBeforeMinor, knownForMs })).toBe(expected);
  });

  it('nothing, when nobody knows what was there before', () => {
    const later = { atc: 8, balanceBeforeMinor: 3750, knownForMs: 0 };
    expect(decide({ atc: 7, amountMinor: 1250, cryptogramSeen: true }, later)).toBeUndefined();
  });
});
