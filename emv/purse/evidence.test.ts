import { describe, expect, it } from 'vitest';
import { type Fen, fen, hex } from '../values/index.ts';
import { type Doubt, type Evidence, judgeEvidence } from './evidence.ts';
import { APPLICATION } from './testing/golden-purse.ts';

const DOUBT: Doubt = {
  application: APPLICATION,
  type: 6,
  sequence: 7,
  balanceBefore: fen(5_000),
  balanceAfter: fen(3_750),
  isOurs: () => false,
  initialise: hex(''),
  initialisedLength: 15,
};

const PROOFS: readonly Evidence['proof'][] = [
  { mac: hex('D5BA4A53'), transactionCode: hex('9AA91D39') },
  'none',
  'not-supported',
];
const BALANCES: readonly (Fen | undefined)[] = [undefined, fen(5_000), fen(3_750), fen(4_000), fen(9_000)];
const COUNTERS: readonly (number | undefined)[] = [undefined, 7, 8, 9, 6];

const ALL: readonly Evidence[] = PROOFS.flatMap((proof) =>
  BALANCES.flatMap((balance) =>
    COUNTERS.flatMap((sequence) => [true, false].map((logged) => ({ proof, balance, sequence, logged }))),
  ),
);

describe('whatever a card shows of itself', () => {
  it.each(ALL)('proof $proof, balance $balance, counter $sequence, logged $logged: never a guess', (evidence) => {
    const { proof, balance, sequence, logged } = evidence;
    const verdict = judgeEvidence(DOUBT, evidence);
    const witnesses = [typeof proof === 'object', balance === 3_750, logged].filter(Boolean).length;
    // Two of three who say that it has taken place, or it is not said.
    expect(verdict === 'taken-place').toBe(witnesses >= 2);
    if (verdict === 'not-taken-place') {
      expect(balance).toBeDefined();
      expect(balance === 3_750 || logged).toBe(false);
      // Its own word that there was nothing: the counter, or 9406 and an untouched balance.
      expect(sequence === 7 || (sequence === undefined && proof === 'none' && balance === 5_000)).toBe(true);
    }
  });

  it('a proof beside a balance that fits neither side is never "not taken place"', () => {
    const odd = ALL.filter(
      ({ proof, balance }) => typeof proof === 'object' && (balance === 4_000 || balance === 9_000),
    );
    expect(odd.map((evidence) => judgeEvidence(DOUBT, evidence))).not.toContain('not-taken-place');
  });

  it('a counter that moved is never "not taken place"', () => {
    for (const evidence of ALL.filter(({ sequence }) => sequence === 8)) {
      expect(judgeEvidence(DOUBT, evidence)).not.toBe('not-taken-place');
    }
  });
});
