import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Outcome,
  purchase,
  type Request,
  type Step,
  type TransactionInput,
} from '../../emv/kernel/index.ts';
import { caKeysOf } from '../../emv/oda/index.ts';
import { testCa, testCaKeys } from '../pki/index.ts';
import { byteFuzzerOf } from './byte-fuzz.ts';
import { Draw } from './draw.ts';
import type { EntryPoint } from './entry-point.ts';
import { purchaseEntry, recoveryEntry, tornEntry } from './entry-points.ts';
import { fuzz, fuzzerOf } from './fuzz.ts';
import { genuinePurchases } from './genuine-taps.ts';
import { hostileCard } from './hostile-card.ts';
import { ingredientsOf } from './ingredients.ts';
import { FRIENDLY_WORLD, worldOf } from './world.ts';

/*
 * Do the judges notice? Each wrong kernel here breaks one rule, and the fuzzer must say which.
 */

/** The kernel with every question and the outcome passing through somebody's hands. */
function* meddled(
  input: TransactionInput,
  meddle: {
    /** Answers in place of the world, which is then not asked. */
    answer?: (request: Request) => Answer | undefined;
    /** Hears something else than the world has said. */
    hear?: (answer: Answer) => Answer;
    outcome?: (outcome: Outcome) => Outcome;
  },
): Step<Outcome> {
  const step = purchase(input);
  let next = step.next();
  while (!next.done) {
    const own = meddle.answer?.(next.value);
    const said = own ?? (yield next.value);
    next = step.next(meddle.hear?.(said) ?? said);
  }
  return meddle.outcome?.(next.value) ?? next.value;
}

const genuine = genuinePurchases();
const bought = (step: (input: TransactionInput) => Step<Outcome>): EntryPoint => purchaseEntry(step, genuine);

/** What the fuzzer says of a kernel, within so many inputs. */
function foundIn(entry: EntryPoint, count = 500): string {
  try {
    fuzz(fuzzerOf(entry), { seed: 1, count });
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

/** A terminal that holds the rogue's key in place of the scheme's: it believes what it should not. */
function believing(input: TransactionInput): TransactionInput {
  const { index, key } = testCa('rogue');
  const { modulus, exponent } = key;
  const keys = testCaKeys().map((known) =>
    known.index === index && known.algorithm === 'rsa' ? { ...known, modulus, exponent } : known,
  );
  return { ...input, caKeys: caKeysOf(keys) };
}

describe('the judges notice', () => {
  it('a kernel that is right as one that is right', () => {
    expect(foundIn(bought(purchase))).toBe('nothing');
  });

  it('a terminal that believes a rogue root', () => {
    expect(foundIn(bought((input) => purchase(believing(input))))).toContain('approved without proof');
  });

  it.each<[string, Parameters<typeof meddled>[1], string]>([
    [
      'a kernel that takes every failed signature for good',
      {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.debited === 'chip' && outcome.card && outcome.chip
            ? { ...APPROVED, card: outcome.card, chip: outcome.chip }
            : outcome,
      },
      'approved without proof',
    ],
    [
      'a kernel that saves no intent',
      { answer: (request) => (request.name === 'save-intent' ? { kind: 'saved' } : undefined) },
      'no intent before the last record',
    ],
    [
      'a kernel that goes on when nothing could be saved',
      {
        hear: (answer) => ('reason' in answer && answer.reason === 'storage-unavailable' ? { kind: 'saved' } : answer),
      },
      'no intent before the last record',
    ],
    [
      'a kernel that takes cards of the exception file',
      { hear: (answer) => ('listed' in answer ? { listed: false } : answer) },
      'approved against a refusal',
    ],
    [
      'a kernel that needs no host',
      {
        answer: (request) =>
          request.name === 'authorise-online' ? { kind: 'approved', authorisationId: 'mine' } : undefined,
      },
      'approved without the host',
    ],
    [
      'a kernel that calls a debit none',
      {
        outcome: (outcome) => (outcome.kind === 'declined' ? { ...outcome, debited: 'none' } : outcome),
      },
      'says not debited behind the last record',
    ],
    [
      'a kernel that sends a paid customer to another interface',
      {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.debited === 'chip'
            ? { kind: 'other-interface', reason: 'card-error' }
            : outcome,
      },
      'other-interface behind an intent',
    ],
    [
      'a kernel that asks and asks',
      {
        answer: (request) => {
          if (request.name === 'exchange' && request.command[1] === 0xca) throw new RangeError('over');
          return undefined;
        },
      },
      'an outcome always comes: threw RangeError: over',
    ],
  ])('%s', (_, meddle, said) => {
    expect(foundIn(bought((input) => meddled(input, meddle)))).toContain(said);
  });

  it('a kernel without end', () => {
    function* endless(): Step<Outcome> {
      for (;;) yield { name: 'exchange', command: Uint8Array.of(0, 0xb2, 1, 0x0c, 0) };
    }
    expect(foundIn(bought(endless), 1)).toContain('Endless: still asking after 1000 questions');
  });

  it('a reader that throws', () => {
    const target = {
      name: 'planted',
      seeds: [Uint8Array.of(1, 2, 3, 4)],
      check: ([first]: Uint8Array) => planted(first),
    };
    expect(() => fuzz(byteFuzzerOf(target), { seed: 1, count: 600 })).toThrow(/planted, seed 1, input \d+: 7F\n/);
  });
});

const planted = (first: number | undefined): undefined => {
  if (first === 0x7f) throw new RangeError('no 7F, please');
  return undefined;
};

const APPROVED = {
  kind: 'approved',
  fundedBy: 'chip',
  offline: true,
  cardholderVerification: 'none',
  offlineAuthentication: 'fdda-01',
} as const;

describe('the report', () => {
  it('holds the smallest conversation that breaks the rule, with what was changed marked', () => {
    const blind = bought((input) =>
      meddled(input, {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.reason === 'not-genuine' && outcome.card && outcome.chip
            ? { ...APPROVED, card: outcome.card, chip: outcome.chip }
            : outcome,
      }),
    );
    const report = foundIn(blind);
    expect(report).toMatch(/^Error: fuzz: purchase, .*, seed 1, input \d+\n/);
    expect(report.split('\n').filter((line) => line.startsWith('!')).length).toBeLessThanOrEqual(1);
  });
});

describe('the hostile cards', () => {
  it('come again with their seed', () => {
    const entry = purchaseEntry();
    const from = ingredientsOf(entry.genuine);
    const said = (seed: number): string => {
      const card = hostileCard(entry.card(0), 12, Draw.ofInput(seed, 3), from);
      return JSON.stringify(entry.run(0, card, FRIENDLY_WORLD).played.given);
    };
    expect(said(1)).toBe(said(1));
    expect(new Set([1, 2, 3, 4, 5].map(said)).size).toBeGreaterThan(3);
  });

  it('honest ones end as their story says, and break no rule', () => {
    for (const entry of [purchaseEntry(), recoveryEntry(), tornEntry()]) {
      for (const [nth, transcript] of entry.genuine.entries()) {
        const { faults } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD);
        expect([entry.name, transcript.name, faults]).toEqual([entry.name, transcript.name, []]);
      }
    }
  });

  it.each([
    [purchaseEntry, ['approved', 'cancelled', 'declined', 'torn']],
    [recoveryEntry, ['debited', 'not-debited', 'other-card', 'torn', 'undecided']],
  ] as const)('reach every end', (make, ends) => {
    const entry = make();
    const from = ingredientsOf(entry.genuine);
    const reached = new Set<string>();
    for (let n = 0; n < 1_200; n++) {
      const draw = Draw.ofInput(2, n);
      const nth = draw.below(entry.genuine.length);
      const transcript = entry.genuine[nth];
      if (transcript === undefined) continue;
      const card = hostileCard(entry.card(nth), transcript.exchanges.length, draw, from);
      const { result } = entry.run(nth, card, worldOf(Draw.ofInput(3, n))).played;
      if (typeof result === 'object' && result !== null && 'kind' in result) reached.add(String(result.kind));
    }
    expect([...reached].sort()).toEqual(expect.arrayContaining([...ends]));
  });
});
