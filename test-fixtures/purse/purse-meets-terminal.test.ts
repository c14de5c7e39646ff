import { describe, expect, it } from 'vitest';
import type { PurseLoadOutcome, PursePurchaseOutcome } from '../../emv/purse/index.ts';
import { hex } from '../../emv/values/index.ts';
import type { PurseQuirks } from './index.ts';
import { APPLICATION, MASTER_KEYS, PurseWorld, type WorldOptions } from './purse-at-terminal.ts';

/*
 * Card and PSAM on one side, terminal and issuer on the other, are written over two sets of code for keys and MACs. Here they
 * meet: each purchase goes through, and the issuer checks every TAC that comes of it.
 */

function inWords(outcome: PursePurchaseOutcome | PurseLoadOutcome): string {
  if (outcome.kind === 'declined') {
    return `declined ${outcome.reason} ${outcome.debited}${outcome.finding ? ` ${outcome.finding}` : ''}`;
  }
  if (outcome.kind === 'loaded') return `loaded${outcome.finding ? ` ${outcome.finding}` : ''}`;
  return outcome.kind === 'torn' ? `torn ${outcome.at}` : outcome.kind;
}

describe('a purchase', () => {
  it('takes its amount from the card, once, behind the intent; the issuer takes the TAC', () => {
    const world = new PurseWorld();
    const outcome = world.buy(1_250);
    if (outcome.kind !== 'approved') return expect.fail(inWords(outcome));
    expect(world.card.stored()).toMatchObject({ balance: 3_750, offline: 8 });
    expect(world.balanceAtIntent).toBe(5_000);
    expect(outcome.debit).toMatchObject({ balanceBefore: 5_000, balanceAfter: 3_750, offlineSequence: 7 });
    expect(world.centre.genuine(outcome.debit)).toBe(true);
    expect(world.centre.genuine({ ...outcome.debit, amount: outcome.debit.balanceBefore })).toBe(false);
  });

  it('after purchase counts on: card, PSAM and log', () => {
    const world = new PurseWorld();
    const numbers = [100, 200, 300].map((amount) => {
      const outcome = world.buy(amount);
      return outcome.kind === 'approved' && [outcome.debit.offlineSequence, outcome.debit.sam.terminalSequence];
    });
    expect(numbers).toEqual([
      [7, 42],
      [8, 43],
      [9, 44],
    ]);
    expect(world.card.stored().log).toHaveLength(3);
    expect(world.card.stored().balance).toBe(4_400);
  });

  it.each<[string, number, string]>([
    ['the whole balance', 5_000, 'approved'],
    ['a fen more', 5_001, 'declined insufficient-funds none'],
  ])('of %s: %s', (_, amount, said) => {
    expect(inWords(new PurseWorld().buy(amount))).toBe(said);
  });

  it('over the contacts: 61xx and 6Cxx', () => {
    const world = new PurseWorld({ quirks: { contacts: true }, sam: { quirks: { contacts: true } } });
    expect(inWords(world.buy(1_250))).toBe('approved');
    expect(world.exchanges.some((one) => one === 'card 00C0000008')).toBe(true);
    expect(inWords(world.load(1_000))).toBe('loaded');
  });

  it('from an ED asks for the PIN', () => {
    const application = { ...APPLICATION, purse: 'ed' as const };
    const world = new PurseWorld({ card: { kind: 'ed' } });
    expect(inWords(world.buy(1_250, undefined, application))).toBe('approved');
    const wrong = new PurseWorld({ card: { kind: 'ed' }, pin: '999999' });
    expect(inWords(wrong.buy(1_250, undefined, application))).toBe('declined pin-tries-exceeded none');
    expect(wrong.card.stored().balance).toBe(5_000);
  });
});

describe('PSAMs', () => {
  it.each<[string, WorldOptions['sam'], string]>([
    ['of another scheme', { masterKey: MASTER_KEYS.load }, 'declined not-genuine none'],
    ['with a wrong MAC1', { quirks: { wrongMac1: true } }, 'declined not-genuine none'],
    ['with another key version', { keyVersion: 2 }, 'declined key-not-supported none'],
    ['whose number does not rise', { quirks: { stuckNumber: true } }, 'declined sam-unavailable none sam-sequence'],
    ['whose number fell back', { sequence: 10 }, 'declined sam-unavailable none sam-sequence'],
  ])('%s: %s, and nothing is taken', (_, sam, said) => {
    const world = new PurseWorld({ sam: sam ?? {} });
    expect(inWords(world.buy(1_250))).toBe(said);
    expect(world.card.stored()).toMatchObject({ balance: 5_000, offline: 7 });
    expect(world.openIntent).toBeUndefined();
  });

  it('with a gap in its numbers: the gap is told', () => {
    const outcome = new PurseWorld({ sam: { sequence: 50 } }).buy(100);
    expect(outcome).toMatchObject({ kind: 'approved', debit: { sam: { terminalSequence: 51, skipped: 9 } } });
  });

  it('locked by wrong MAC2s say so', () => {
    const world = new PurseWorld({ quirks: { wrongMac2: true } });
    for (let n = 0; n < 3; n++) expect(inWords(world.buy(100))).toBe('declined not-genuine chip mac2-wrong');
    expect(inWords(world.buy(100))).toBe('declined sam-locked none');
  });
});

describe('makers’ faults', () => {
  /** Fault, what is said, what the card has taken. */
  it.each<[string, PurseQuirks, string, number]>([
    ['MAC2 wrong', { wrongMac2: true }, 'declined not-genuine chip mac2-wrong', 1_250],
    ['keeps its balance', { keepsBalance: true }, 'declined card-error chip balance-mismatch', 0],
    ['takes more', { overcharges: 1 }, 'declined card-error chip balance-mismatch', 1_251],
    ['its number does not rise', { stuckNumber: true }, 'approved', 1_250],
    ['keeps no log', { noLog: true }, 'approved', 1_250],
    ['knows no proof', { noProof: true }, 'approved', 1_250],
    ['pays and says 9302', { debitsAndSays: 0x9302 }, 'approved', 1_250],
    ['pays and says 6F00', { debitsAndSays: 0x6f00 }, 'approved', 1_250],
    ['pays, says 6F00 and keeps no log', { debitsAndSays: 0x6f00, noLog: true }, 'approved', 1_250],
    [
      'pays, says 6F00 and knows no proof',
      { debitsAndSays: 0x6f00, noProof: true },
      'declined card-error chip no-proof',
      1_250,
    ],
    [
      'pays, says 6F00, knows neither',
      { debitsAndSays: 0x6f00, noProof: true, noLog: true },
      'torn after-intent',
      1_250,
    ],
    ['pays and answers seven bytes', { debitLength: 7 }, 'approved', 1_250],
    ['pays and answers nine bytes', { debitLength: 9 }, 'approved', 1_250],
    ['pays and answers nothing', { debitLength: 0 }, 'approved', 1_250],
    [
      'says 6F00 and keeps its money',
      { debitsAndSays: 0x6f00, keepsBalance: true },
      'declined card-error chip balance-mismatch',
      0,
    ],
  ])('%s: %s', (_, quirks, said, taken) => {
    const world = new PurseWorld({ quirks });
    const outcome = world.buy(1_250);
    expect(inWords(outcome)).toBe(said);
    expect(5_000 - world.card.stored().balance).toBe(taken);
    if (outcome.kind === 'approved') expect(world.centre.genuine(outcome.debit)).toBe(true);
  });

  it('a stale proof: the codes of the purchase before are not taken for this one’s', () => {
    const world = new PurseWorld({ quirks: { staleProof: true } });
    expect(inWords(world.buy(1_250))).toBe('approved');
    const torn = world.buy(1_250, { at: 9, when: 'after' });
    expect(inWords(torn)).toBe('torn after-intent');
    const recovery = world.recover();
    expect(recovery).toMatchObject({
      kind: 'debited',
      outcome: { kind: 'declined', reason: 'not-genuine', debited: 'chip' },
    });
    if (recovery.kind === 'debited' && recovery.outcome.kind === 'declined') {
      expect(world.centre.genuine(recovery.outcome.debit)).toBe(false);
    }
  });

  it('a stale proof of a purchase that never took place: not debited', () => {
    const world = new PurseWorld({ quirks: { staleProof: true } });
    expect(inWords(world.buy(1_250))).toBe('approved');
    world.buy(1_250, { at: 9, when: 'before' });
    expect(world.recover().kind).toBe('not-debited');
    expect(world.card.stored().balance).toBe(3_750);
  });
});

describe('a load', () => {
  it('moves its amount from the account to the card; the host takes both codes', () => {
    const world = new PurseWorld();
    const outcome = world.load(10_000);
    if (outcome.kind !== 'loaded') return expect.fail(inWords(outcome));
    expect(world.card.stored()).toMatchObject({ balance: 15_000, online: 4, offline: 7 });
    expect(world.centre.account).toBe(990_000);
    expect(world.centre.genuineLoad(outcome.credit)).toBe(true);
  });

  it('with a wrong PIN asks until the card has had enough, and moves nothing', () => {
    const world = new PurseWorld({ pin: '654321' });
    expect(inWords(world.load(10_000))).toBe('declined pin-tries-exceeded none');
    expect(inWords(world.load(10_000))).toBe('declined pin-tries-exceeded none');
    expect([world.card.stored().balance, world.centre.account]).toEqual([5_000, 1_000_000]);
  });

  it('of a card with other keys is refused by the host', () => {
    const world = new PurseWorld({ card: { loadKey: hex('00112233445566778899AABBCCDDEEFF') } });
    expect(inWords(world.load(10_000))).toBe('declined not-genuine none');
    expect(world.centre.account).toBe(1_000_000);
  });
});
