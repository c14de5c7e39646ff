import { describe, expect, it } from 'vitest';
import type { PurseAnswer, PurseRequest, PurseStep } from '../../emv/purse/index.ts';
import { fuzz, fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import type { PurseEnd } from './judge-purse.ts';
import { livePurseEntry, purseEntry } from './purse-entries.ts';
import { FRIENDLY_WORLD } from './world.ts';

fuzzSuite('a purse with a hostile card and a hostile PSAM', [
  [fuzzerOf(purseEntry()), 4_000],
  [fuzzerOf(livePurseEntry()), 500],
]);

describe('honest purses', () => {
  it('end as their story says, and break no rule', () => {
    const entry = purseEntry();
    const ends = entry.genuine.map(({ name }, nth) => {
      const { played, faults } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD);
      expect(faults).toEqual([]);
      return `${name}: ${(played.result as PurseEnd).kind}`;
    });
    expect(ends).toEqual([
      'EP purchase: approved',
      'ED purchase from an EP: declined',
      'load: loaded',
      'EP purchase, spoilt: declined',
      'load, spoilt: declined',
      'EP purchase, torn before: not-debited',
      'load, torn before: not-credited',
      'EP purchase, torn after: debited',
      'load, torn after: credited',
    ]);
  });
});

interface Meddling {
  answer?: (request: PurseRequest) => PurseAnswer | undefined;
  ask?: (request: PurseRequest) => PurseRequest;
  outcome?: (outcome: PurseEnd) => PurseEnd;
}

const meddled = (meddle: Meddling) =>
  function* (step: PurseStep<PurseEnd>): PurseStep<PurseEnd> {
    let next = step.next();
    while (!next.done) {
      const own = meddle.answer?.(next.value);
      next = step.next(own ?? (yield meddle.ask?.(next.value) ?? next.value));
    }
    return meddle.outcome?.(next.value) ?? next.value;
  };

const DEBIT = 0x54;
/** Instruction of the last command to the card. */
let lastMoving: number | undefined;

describe('the judges of purses notice', () => {
  it.each<[string, Meddling, string]>([
    [
      'a purchase that saves no intent',
      { answer: (request) => (request.name === 'save-intent' ? { kind: 'saved' } : undefined) },
      'no intent before it',
    ],
    [
      'a purchase that needs no PSAM',
      {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.debited === 'chip' && outcome.finding !== 'balance-mismatch'
            ? { kind: 'approved', debit: outcome.debit }
            : outcome,
      },
      'approved without its verdict',
    ],
    [
      'a debit that is called none',
      {
        ask: (request) => {
          if (request.name === 'exchange') lastMoving = request.to === 'card' ? request.command[1] : lastMoving;
          return request;
        },
        outcome: (outcome) =>
          outcome.kind === 'torn' && lastMoving === DEBIT
            ? { kind: 'declined', reason: 'card-error', debited: 'none' }
            : outcome,
      },
      'says not debited',
    ],
    [
      'a load that forgets what was granted',
      {
        outcome: (outcome) => {
          if (outcome.kind !== 'declined' || !('authorisationId' in outcome)) return outcome;
          const { authorisationId: _, ...rest } = outcome;
          return rest;
        },
      },
      'what the host has granted in vain is named',
    ],
    [
      'a VERIFY that is not marked',
      {
        ask: (request) =>
          request.name === 'exchange' ? { ...request, secret: false, command: request.command.slice() } : request,
      },
      'a VERIFY is not marked',
    ],
    [
      'a VERIFY that is left',
      { ask: (request) => (request.name === 'exchange' ? { ...request, command: request.command.slice() } : request) },
      'a secret command was left',
    ],
  ])('%s', (_, meddle, said) => {
    expect(() => fuzz(fuzzerOf(purseEntry(meddled(meddle))), { seed: 1, count: 3_000 })).toThrow(said);
  });
});
