import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../values/index.ts';
import { MAX_EXCHANGES } from './bounds.ts';
import type { Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { purchase } from './purchase.ts';
import { recover } from './recover.ts';
import type { Request } from './requests.ts';
import { MODERN, ONE_RECORD, OWN_RECORD, type Script } from './testing/golden-cards.ts';
import { against, DICE, type Trick, trickOf } from './testing/hostile.ts';
import { INPUT } from './testing/play.ts';

const tricks = fc
  .tuple(fc.nat(DICE - 1), fc.nat(4095), fc.uint8Array({ maxLength: 300 }))
  .map(([dice, at, bytes]) => trickOf(dice, at, bytes));

/** Does what the chip signed agree with what was asked of it? */
function checkOutcome(outcome: Outcome, asked: readonly Request[]): void {
  const last = asked.findLastIndex(({ name }) => name === 'exchange');
  const intent = asked.findIndex(({ name }) => name === 'save-intent');
  if (outcome.kind === 'approved') {
    // The signature covers these; a card that changed anything of it cannot have been approved.
    expect(outcome.fundedBy).toBe('chip');
    expect(outcome.offlineAuthentication).toBe('fdda-01');
    expect(outcome.card.pan.reveal()).toBe('6299990000001234567');
    expect(toHex(outcome.chip.amountAuthorised)).toBe('000000001250');
  }
  // Money can have moved only behind an intent, and is then never called untouched.
  const mayHavePaid = intent >= 0 && last > intent;
  if (mayHavePaid) expect(['approved', 'declined', 'torn']).toContain(outcome.kind);
  // A card that kept its last record back is believed only when counter and balance have been asked after it.
  const proved = asked.slice(intent + 2).flatMap((one) => (one.name === 'exchange' ? [toHex(one.command)] : []));
  const keptBack = mayHavePaid && proved.includes('80CA9F3600') && proved.includes('80CA9F7900');
  if (outcome.kind === 'declined' && !keptBack) expect(outcome.debited).toBe(mayHavePaid ? 'chip' : 'none');
  if (outcome.kind === 'torn') expect(outcome.at).toBe(mayHavePaid ? 'after-intent' : 'before-intent');
}

/** The counter of the payment. */
const ATC = { name: 'atc', command: '80CA9F3600', answer: '9F360200079000' };
const cards = fc.constantFrom(MODERN, OWN_RECORD, ONE_RECORD);

describe('whatever a card answers', () => {
  it('a purchase ends in an outcome within its bound, and is approved only with a signature that verifies', () => {
    fc.assert(
      fc.property(cards, fc.array(tricks, { minLength: 1, maxLength: 24 }), (card, list) => {
        const { result, exchanges, asked } = against(purchase(INPUT), [...card, ATC], list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        checkOutcome(result, asked);
      }),
      { numRuns: 600 },
    );
  });

  it('so does a recovery; it never asks for GPO and finds a debit only where balance and counter say so', () => {
    const intents = new Map<Script, Intent>();
    for (const card of [MODERN, OWN_RECORD, ONE_RECORD]) {
      const genuine: Trick = { kind: 'genuine' };
      const tearLast = card.map((_, at): Trick => (at === card.length - 1 ? { kind: 'torn' } : genuine));
      const { asked } = against(purchase(INPUT), card, tearLast);
      for (const request of asked) if (request.name === 'save-intent') intents.set(card, request.intent);
    }
    const balances = fc.constantFrom('000000003750', '000000005000', '000000004999');
    fc.assert(
      fc.property(cards, balances, fc.array(tricks, { minLength: 1, maxLength: 12 }), (card, balance, list) => {
        const after = [
          ...card.filter(({ name }) => name !== 'balance' && name !== 'gpo'),
          ATC,
          { name: 'balance', command: '80CA9F7900', answer: `9F7906${balance}9000` },
        ];
        const intent = intents.get(card);
        if (intent === undefined) throw new Error('no intent');
        const { result, exchanges, asked } = against(recover(intent, INPUT), after, list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        const commands = asked.flatMap((request) => (request.name === 'exchange' ? [toHex(request.command)] : []));
        expect(commands.filter((command) => command.startsWith('80A8'))).toEqual([]);
        if (result.kind === 'debited' && result.outcome.kind === 'approved') {
          expect(result.outcome.offlineAuthentication).toBe('fdda-01');
          expect(toHex(result.outcome.chip.atc)).toBe('0007');
        }
      }),
      { numRuns: 600 },
    );
  });
});
