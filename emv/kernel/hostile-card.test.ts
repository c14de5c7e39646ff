import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, hex, parseHex, toHex } from '../values/index.ts';
import { MAX_EXCHANGES } from './bounds.ts';
import type { Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { purchase } from './purchase.ts';
import { recover } from './recover.ts';
import { type Answer, type Request, runStepSync, type Step } from './requests.ts';
import { MODERN, ONE_RECORD, OWN_RECORD, type Script } from './testing/golden-cards.ts';
import { INPUT } from './testing/play.ts';

/** What a hostile card may do with one answer. */
type Trick =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'status'; readonly sw: Uint8Array }
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'of-another-command'; readonly index: number }
  | { readonly kind: 'torn' };

const tricks: fc.Arbitrary<Trick> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: 'genuine' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 300 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      sw: fc.oneof(
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
        fc.constantFrom(hex('6110'), hex('6C10'), hex('6100'), hex('6283'), hex('6985'), hex('9000')),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('flip' as const),
      at: fc.nat(300),
      mask: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('of-another-command' as const), index: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'torn' } as const) },
);

function play(trick: Trick, genuine: Uint8Array, card: Script): Answer {
  const flipped = genuine.slice();
  switch (trick.kind) {
    case 'torn':
      return { kind: 'torn' };
    case 'genuine':
      return { kind: 'answered', response: genuine };
    case 'bytes':
      return { kind: 'answered', response: concat(trick.bytes, hex('9000')) };
    case 'status':
      return { kind: 'answered', response: trick.sw };
    case 'flip':
      if (flipped.length > 2)
        flipped[trick.at % (flipped.length - 2)] = (flipped[trick.at % (flipped.length - 2)] ?? 0) ^ trick.mask;
      return { kind: 'answered', response: flipped };
    case 'cut':
      return { kind: 'answered', response: concat(genuine.subarray(0, trick.at), hex('9000')) };
    case 'of-another-command':
      return { kind: 'answered', response: hex(card[trick.index % card.length]?.answer ?? '9000') };
  }
}

/** Runs a step against a card that plays one trick after another; counts, and keeps what was asked. */
function against<T>(step: Step<T>, card: Script, list: readonly Trick[], first = 0) {
  let exchanges = 0;
  const asked: Request[] = [];
  const result = runStepSync(step, (request): Answer => {
    asked.push(request);
    switch (request.name) {
      case 'exchange': {
        const known = card.find(({ command }) => command === toHex(request.command));
        const trick = list[(first + exchanges++) % list.length] ?? { kind: 'genuine' };
        return play(trick, parseHex(known?.answer ?? '6A88') ?? hex('6F00'), card);
      }
      case 'confirm-application':
        return { kind: 'cancelled' };
      case 'save-intent':
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: false };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      case 'verify-cardholder':
        return { kind: 'bypassed' };
      case 'authorise-online':
        return { kind: 'no-answer' };
    }
  });
  return { result, exchanges, asked };
}

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
