import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Effect, MAX_LOOKS, MAX_TEARS, nextPresence, type Presence, type Signal, stateOf } from './presence.ts';

const UNPLUGGED: Presence = { kind: 'unplugged' };
const EMPTY: Presence = { kind: 'empty' };
const CARD: Presence = { kind: 'card', count: 1, tears: 0 };
const MISSING: Presence = { kind: 'missing', count: 1, tears: 1, looks: 0, seenEmpty: false };
const MUTE: Presence = { kind: 'unresponsive', why: 'mute', count: 1, tears: 0 };
const SILENT: Presence = { kind: 'unresponsive', why: 'silent', count: 1, tears: 0 };
const WORN: Presence = { kind: 'unresponsive', why: 'worn', count: 1, tears: MAX_TEARS };

const present = (count: number): Signal => ({ kind: 'present', count });
const absent = (count: number): Signal => ({ kind: 'absent', count });
const mute = (count: number): Signal => ({ kind: 'mute', count });
const probed = (card: 'absent' | 'present' | 'mute'): Signal => ({ kind: 'probed', card });

type Case = [string, Presence, Signal, Presence, Effect[]];

const cases: Case[] = [
  ['a reader is plugged in', UNPLUGGED, absent(0), EMPTY, []],
  ['a reader is found empty, all removals counted', UNPLUGGED, absent(2), EMPTY, []],
  [
    'a reader is found empty, the last removal not counted',
    UNPLUGGED,
    absent(1),
    { ...MISSING, tears: 0, looks: MAX_LOOKS - 1, seenEmpty: true },
    ['look-again'],
  ],
  ['a reader is plugged in with a card', UNPLUGGED, present(1), CARD, ['arrived']],
  ['a reader is pulled out', EMPTY, { kind: 'unplugged' }, UNPLUGGED, []],
  ['a reader is pulled out with a card', CARD, { kind: 'unplugged' }, UNPLUGGED, ['removed']],
  ['a reader is pulled out with a silent card', SILENT, { kind: 'unplugged' }, UNPLUGGED, ['removed']],
  ['a reader is pulled out with a mute card', MUTE, { kind: 'unplugged' }, UNPLUGGED, []],

  ['a card comes', EMPTY, present(1), CARD, ['arrived']],
  ['a mute card comes', EMPTY, mute(1), MUTE, []],
  ['still empty', EMPTY, absent(0), EMPTY, []],

  ['a card goes', CARD, absent(2), EMPTY, ['removed']],
  ['other flags of a card change', CARD, present(1), CARD, []],
  ['cards are swapped unseen', CARD, present(3), { ...CARD, count: 3 }, ['removed', 'arrived']],
  ['a card is swapped for a mute one', CARD, mute(3), { ...MUTE, count: 3 }, ['removed']],
  ['a card becomes mute', CARD, mute(1), MUTE, ['removed']],
  [
    'a card is not seen to go but is said to be gone',
    CARD,
    absent(1),
    { ...MISSING, tears: 0, seenEmpty: true },
    ['removed', 'look-again'],
  ],
  ['a card falls silent', CARD, { kind: 'silent' }, SILENT, []],

  ['after a tear there is no card', CARD, probed('absent'), MISSING, ['removed', 'look-again']],
  ['after a tear there is a card', CARD, probed('present'), { ...CARD, tears: 1 }, ['removed', 'arrived']],
  ['after a tear the card is mute', CARD, probed('mute'), { ...MUTE, tears: 1 }, ['removed']],
  ['a card tears too often', { ...CARD, tears: MAX_TEARS - 1 }, probed('present'), WORN, ['removed']],

  ['the service sees the missing card go', MISSING, absent(2), EMPTY, []],
  ['the service knows no more than the reset', MISSING, absent(1), { ...MISSING, seenEmpty: true }, []],
  ['the missing card is still said to be there', MISSING, present(1), MISSING, []],
  ['the missing card is said to be mute', MISSING, mute(1), MISSING, []],
  ['another card comes instead of the missing one', MISSING, present(3), { ...CARD, count: 3 }, ['arrived']],
  ['a mute card comes instead of the missing one', MISSING, mute(3), { ...MUTE, count: 3 }, []],
  ['a second look finds a card', MISSING, probed('present'), { ...CARD, tears: 1 }, ['arrived']],
  ['a second look finds a mute card', MISSING, probed('mute'), { ...MUTE, tears: 1 }, []],
  ['a second look finds none', MISSING, probed('absent'), { ...MISSING, looks: 1 }, ['look-again']],
  ['a second look finds a worn card', { ...MISSING, tears: MAX_TEARS }, probed('present'), WORN, []],
  [
    'the last look finds none, though the service says there is one',
    { ...MISSING, looks: MAX_LOOKS - 1 },
    probed('absent'),
    { ...MUTE, tears: 1 },
    [],
  ],
  [
    'the last look finds none, and the service says so too',
    { ...MISSING, looks: MAX_LOOKS - 1, seenEmpty: true },
    probed('absent'),
    EMPTY,
    [],
  ],

  ['a mute card answers after all', MUTE, present(1), CARD, ['arrived']],
  ['a mute card goes', MUTE, absent(2), EMPTY, []],
  ['a mute card is swapped', MUTE, present(3), { ...CARD, count: 3 }, ['arrived']],

  ['flags of a silent card change', SILENT, present(1), SILENT, []],
  ['a silent card goes', SILENT, absent(2), EMPTY, ['removed']],
  ['a silent card is swapped', SILENT, present(3), { ...CARD, count: 3 }, ['removed', 'arrived']],
  ['a silent card can be reset', SILENT, probed('present'), { ...CARD, tears: 1 }, ['removed', 'arrived']],
  ['a silent card has gone', SILENT, probed('absent'), MISSING, ['removed', 'look-again']],
  ['a silent card is mute', SILENT, probed('mute'), { ...MUTE, tears: 1 }, ['removed']],

  ['flags of a worn card change', WORN, present(1), WORN, []],
  ['a worn card goes', WORN, absent(2), EMPTY, []],
  ['a worn card is swapped', WORN, present(3), { ...CARD, count: 3 }, ['arrived']],

  ['a late look at an empty reader', EMPTY, probed('present'), EMPTY, []],
  ['a late look at a reader that is gone', UNPLUGGED, probed('absent'), UNPLUGGED, []],
  ['a late look at a worn card', WORN, probed('present'), WORN, []],
  ['a card that has gone is silent', EMPTY, { kind: 'silent' }, EMPTY, []],
];

describe('the presence of a card', () => {
  it.each(cases)('%s', (_, now, signal, presence, effects) => {
    expect(nextPresence(now, signal)).toEqual({ presence, effects });
  });

  it.each<[string, Signal[], Effect[], Presence['kind']]>([
    [
      'a ghost card: told of, and never found',
      [absent(0), present(1), ...Array.from({ length: 1 + MAX_LOOKS }, () => probed('absent'))],
      ['arrived', 'removed', ...Array.from({ length: MAX_LOOKS }, () => 'look-again' as const)],
      'unresponsive',
    ],
    [
      'a ghost card that the service sees go at last',
      [absent(0), present(1), probed('absent'), absent(2), present(3)],
      ['arrived', 'removed', 'look-again', 'arrived'],
      'card',
    ],
    [
      'two cards in one field, and then one of them alone',
      [absent(0), mute(1), absent(2), present(3)],
      ['arrived'],
      'card',
    ],
    [
      'two cards in one field, one of which answers once the other has gone',
      [absent(0), mute(1), present(1)],
      ['arrived'],
      'card',
    ],
    ['taps too quick to be seen', [absent(0), absent(2), absent(8)], [], 'empty'],
    ['taps too quick to be seen, and a card that stays', [absent(0), absent(2), present(5)], ['arrived'], 'card'],
    [
      'a wedged reader that is power-cycled with the card on it',
      [absent(0), present(1), { kind: 'silent' }, { kind: 'unplugged' }, present(1)],
      ['arrived', 'removed', 'arrived'],
      'card',
    ],
    [
      'a service that ends and comes back, the card still there',
      [present(3), { kind: 'unplugged' }, present(1)],
      ['arrived', 'removed', 'arrived'],
      'card',
    ],
    [
      'a suspend in which everything changed',
      [present(3), absent(8), present(9), absent(10)],
      ['arrived', 'removed', 'arrived', 'removed'],
      'empty',
    ],
  ])('%s', (_, signals, effects, kind) => {
    let now: Presence = UNPLUGGED;
    const seen: Effect[] = [];
    for (const signal of signals) {
      const step = nextPresence(now, signal);
      seen.push(...step.effects);
      now = step.presence;
    }
    expect(seen).toEqual(effects);
    expect(now.kind).toBe(kind);
  });

  const count = fc.integer({ min: 0, max: 3 });
  const signal: fc.Arbitrary<Signal> = fc.oneof(
    fc.record({ kind: fc.constantFrom('absent', 'present', 'mute'), count }),
    fc.record({ kind: fc.constant('probed'), card: fc.constantFrom('absent', 'present', 'mute') }),
    fc.constantFrom<Signal>({ kind: 'unplugged' }, { kind: 'silent' }),
  );

  it('tells of removals and arrivals in turn, and has a card to show exactly between them', () => {
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 60 }), (signals) => {
        let now: Presence = UNPLUGGED;
        let isTold = false;
        for (const happened of signals) {
          const { presence, effects } = nextPresence(now, happened);
          for (const effect of effects) {
            if (effect === 'look-again') continue;
            expect(isTold).toBe(effect === 'removed');
            isTold = effect === 'arrived';
          }
          const shows = presence.kind === 'card' || (presence.kind === 'unresponsive' && presence.why === 'silent');
          expect(shows).toBe(isTold);
          now = presence;
        }
      }),
    );
  });

  it('comes to an end with a card that only ever tears, and with one that is never found again', () => {
    const steps = (from: Presence, happened: Signal): number => {
      let now = from;
      for (let taken = 1; taken < 100; taken++) {
        const { presence, effects } = nextPresence(now, happened);
        if (effects.length === 0) return taken;
        now = presence;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(steps(CARD, probed('present'))).toBe(MAX_TEARS + 1);
    expect(steps(CARD, probed('absent'))).toBe(MAX_LOOKS + 1);
  });

  it('is what the terminal sees', () => {
    const all = [UNPLUGGED, EMPTY, CARD, MISSING, MUTE, SILENT, WORN];
    expect(all.map(stateOf)).toEqual([
      'unplugged',
      'empty',
      'card',
      'empty',
      'unresponsive',
      'unresponsive',
      'unresponsive',
    ]);
  });
});
