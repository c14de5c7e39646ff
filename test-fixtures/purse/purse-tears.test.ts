import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PurseDebit } from '../../emv/purse/index.ts';
import type { PurseQuirks } from './index.ts';
import { PurseWorld, type Tear } from './purse-at-terminal.ts';

/** More exchanges than a purchase, a load or a recovery has. */
const COMMANDS = Array.from({ length: 14 }, (_, at) => at + 1);
const WHEN = ['before', 'after'] as const;

const EACH = COMMANDS.flatMap((at) => WHEN.map((when): [number, Tear['when']] => [at, when]));

describe('a purchase torn at any command', () => {
  it.each(EACH)('exchange %i, %s: charged once or not at all, and that is what the book says', (at, when) => {
    const world = new PurseWorld();
    const outcome = world.buy(1_250, { at, when });
    const taken = 5_000 - world.card.stored().balance;
    const booked: PurseDebit[] = [];
    if (outcome.kind === 'approved') booked.push(outcome.debit);
    if (outcome.kind === 'declined' && outcome.debited === 'chip') booked.push(outcome.debit);
    if (outcome.kind === 'torn' && outcome.at === 'after-intent') {
      const recovery = world.recover();
      expect(['debited', 'not-debited']).toContain(recovery.kind);
      // The PSAM has not been reset: it still knows the purchase, and the customer has bought.
      if (recovery.kind === 'debited') {
        expect(recovery.outcome.kind).toBe('approved');
        booked.push(recovery.outcome.debit);
      }
    }
    expect(booked.map(({ amount }) => amount)).toEqual(taken === 0 ? [] : [1_250]);
    for (const debit of booked) expect(world.centre.genuine(debit)).toBe(true);
    expect(world.openIntent).toBeUndefined();
    expect(world.buy(100)).toMatchObject({ kind: 'approved', debit: { balanceBefore: 5_000 - taken } });
  });

  it.each(EACH)('and its recovery torn at exchange %i, %s: the next one tells the same', (at, when) => {
    for (const debit of WHEN) {
      const world = new PurseWorld();
      world.buy(1_250, { at: 9, when: debit });
      const first = world.recover({ at, when });
      const last = first.kind === 'torn' ? world.recover() : first;
      expect(last.kind).toBe(debit === 'after' ? 'debited' : 'not-debited');
      expect(world.card.stored().balance).toBe(debit === 'after' ? 3_750 : 5_000);
    }
  });

  it('and the PSAM was reset since: declined after debit, with a TAC that the centre takes', () => {
    const world = new PurseWorld();
    world.buy(1_250, { at: 9, when: 'after' });
    world.sam.power();
    const recovery = world.recover();
    if (recovery.kind !== 'debited' || recovery.outcome.kind !== 'declined') return expect.fail(recovery.kind);
    expect(recovery.outcome).toMatchObject({ reason: 'sam-unavailable', finding: 'no-sam-verdict' });
    expect(world.centre.genuine(recovery.outcome.debit)).toBe(true);
  });

  it.each<[string, PurseQuirks, string, string]>([
    ['no proof', { noProof: true }, 'debited', 'not-debited'],
    ['no log', { noLog: true }, 'debited', 'not-debited'],
    ['no proof, no log', { noProof: true, noLog: true }, 'undecided', 'not-debited'],
    ['a stuck number', { stuckNumber: true }, 'debited', 'not-debited'],
    ['contacts', { contacts: true }, 'debited', 'not-debited'],
  ])('at DEBIT, on a card with %s', (_, quirks, paid, unpaid) => {
    const at = quirks.contacts ? 12 : 9;
    for (const [when, said] of [
      ['after', paid],
      ['before', unpaid],
    ] as const) {
      const world = new PurseWorld({ quirks });
      expect(world.buy(1_250, { at, when })).toEqual({ kind: 'torn', at: 'after-intent' });
      expect(world.recover().kind).toBe(said);
    }
  });

  it('at DEBIT before it got there, then the same amount paid elsewhere: never booked as ours', () => {
    const world = new PurseWorld();
    world.buy(1_250, { at: 9, when: 'before' });
    expect(world.buyElsewhere(1_250).kind).toBe('approved');
    const recovery = world.recover();
    // Its proof is of that number, its balance is what ours would have left: the PSAM and the TAC know better.
    if (recovery.kind === 'debited') {
      expect(recovery.outcome).toMatchObject({ kind: 'declined', finding: 'mac2-wrong' });
      expect(world.centre.genuine(recovery.outcome.debit)).toBe(false);
    } else expect(recovery.kind).toBe('undecided');
  });

  it('at DEBIT after it had paid, then paid elsewhere: moved on, with what was seen', () => {
    const world = new PurseWorld();
    world.buy(1_250, { at: 9, when: 'after' });
    world.buyElsewhere(100);
    expect(world.recover()).toMatchObject({
      kind: 'undecided',
      why: 'moved-on',
      seen: { balance: 3_650, logged: true, sequence: 9, proof: 'none' },
    });
  });
});

describe('a load torn at any command', () => {
  it.each(EACH)('exchange %i, %s: between account and card not a fen is lost', (at, when) => {
    const world = new PurseWorld();
    const outcome = world.load(10_000, { at, when });
    if (outcome.kind === 'torn' && outcome.at === 'after-intent') {
      const recovery = world.recoverLoad();
      expect(['credited', 'not-credited']).toContain(recovery.kind);
      if (recovery.kind === 'credited') expect(world.centre.genuineLoad(recovery.outcome.credit)).toBe(true);
    }
    expect(world.centre.account + world.card.stored().balance).toBe(1_005_000);
    expect(world.openIntent).toBeUndefined();
    expect(world.load(500).kind).toBe('loaded');
  });
});

type Event =
  | { readonly kind: 'buy' | 'load'; readonly amount: number; readonly tear?: Tear | undefined }
  | { readonly kind: 'elsewhere'; readonly amount: number }
  | { readonly kind: 'reset-sam' };

const tears = fc.option(fc.record({ at: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom(...WHEN) }), {
  nil: undefined,
});
const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('buy' as const), amount: fc.integer({ min: 1, max: 900 }), tear: tears }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('load' as const), amount: fc.integer({ min: 1, max: 900 }), tear: tears }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), amount: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset-sam' } as const) },
);

/** Lives a card's life; what is open is recovered before the next purchase or load here, as a terminal does. */
function live(list: readonly Event[], recoveries: readonly (Tear | undefined)[]) {
  const world = new PurseWorld({ balance: 20_000 });
  const booked: PurseDebit[] = [];
  let [elsewhere, undecided, at] = [0, 0, 0];

  const recoverOpen = (): void => {
    for (let tries = 0; world.openIntent !== undefined && tries < 20; tries++) {
      const tear = tries < 10 ? recoveries[at++ % Math.max(1, recoveries.length)] : undefined;
      const recovery = world.openIntent?.path === 'purse-load' ? world.recoverLoad(tear) : world.recover(tear);
      if (recovery.kind === 'debited') booked.push(recovery.outcome.debit);
      if (recovery.kind === 'undecided') {
        undecided += 1;
        world.close();
      }
    }
  };

  for (const event of list) {
    if (event.kind === 'reset-sam') {
      world.sam.power();
    } else if (event.kind === 'elsewhere') {
      const outcome = world.buyElsewhere(event.amount);
      if (outcome.kind === 'approved') elsewhere += outcome.debit.amount;
    } else {
      recoverOpen();
      if (event.kind === 'load') world.load(event.amount, event.tear);
      else {
        const outcome = world.buy(event.amount, event.tear);
        if (outcome.kind === 'approved') booked.push(outcome.debit);
        if (outcome.kind === 'declined' && outcome.debited === 'chip') booked.push(outcome.debit);
      }
    }
  }
  recoverOpen();
  return { world, booked, elsewhere, undecided };
}

const sum = (debits: readonly PurseDebit[]): number => debits.reduce((total, { amount }) => total + amount, 0);

describe('a card’s life', () => {
  it('without another terminal: every fen is booked once, by a TAC that the issuer takes', () => {
    const here = events.filter(({ kind }) => kind !== 'elsewhere');
    fc.assert(
      fc.property(fc.array(here, { maxLength: 12 }), fc.array(tears, { maxLength: 6 }), (list, recoveries) => {
        const { world, booked, undecided } = live(list, recoveries);
        expect(undecided).toBe(0);
        expect(world.centre.account + world.card.stored().balance + sum(booked)).toBe(1_020_000);
        for (const debit of booked) expect(world.centre.genuine(debit)).toBe(true);
        const numbers = booked.map(({ sam }) => sam.terminalSequence);
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      { numRuns: 300 },
    );
  });

  it('with other terminals: what the issuer takes is never more than the card has paid', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 14 }), fc.array(tears, { maxLength: 6 }), (list, recoveries) => {
        const { world, booked, elsewhere, undecided } = live(list, recoveries);
        const genuine = booked.filter((debit) => world.centre.genuine(debit));
        const gone = 1_020_000 - world.centre.account - world.card.stored().balance - elsewhere;
        if (undecided === 0) expect(sum(genuine)).toBe(gone);
      }),
      { numRuns: 300 },
    );
  });
});
