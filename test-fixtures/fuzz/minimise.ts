import type { TapAnswer, TapCard } from './transcript.ts';

type Changes = ReadonlyMap<number, TapAnswer>;

/** A card that breaks a rule with as few lies as could be found. */
export interface SmallestLie {
  readonly card: () => TapCard;
  /** The places where it is not honest. */
  readonly changed: ReadonlySet<number>;
}

/** One run with a card that lies at some places; `truths` are what the honest card would have said at each. */
interface Trial {
  readonly wrong: boolean;
  readonly truths: readonly TapAnswer[];
}

/** A card that gives these answers by their place, and is honest elsewhere. */
function liar(honest: () => TapCard, changes: Changes, truths: TapAnswer[] = []): TapCard {
  const card = honest();
  return (command) => {
    const truth = card(command);
    truths.push(truth);
    return changes.get(truths.length - 1) ?? truth;
  };
}

/** More answers than any rule allows: what comes behind them is left out. */
const MOST_PLACES = 200;

/** Takes single bytes back to the truth while the rule is still broken. */
function takeBytesBack(place: number, changes: Map<number, TapAnswer>, run: (changes: Changes) => Trial): void {
  const truth = run(changes).truths[place];
  const lie = changes.get(place);
  if (!(lie instanceof Uint8Array) || !(truth instanceof Uint8Array) || lie.length !== truth.length) return;
  let smallest = lie;
  for (const [at, byte] of truth.entries()) {
    if (smallest[at] === byte) continue;
    const closer = smallest.slice();
    closer[at] = byte;
    if (run(new Map(changes).set(place, closer)).wrong) smallest = closer;
  }
  changes.set(place, smallest);
}

/**
 * Makes a card that breaks a rule as honest as it can be and still break one: whole answers first, then single bytes of those
 * that are as long as the honest ones. `given`: what it said in the run that broke the rule.
 */
export function minimise(parts: {
  readonly given: readonly TapAnswer[];
  readonly honest: () => TapCard;
  readonly stillWrong: (card: TapCard) => boolean;
}): SmallestLie {
  const { given, honest, stillWrong } = parts;
  const run = (changes: Changes): Trial => {
    const truths: TapAnswer[] = [];
    return { wrong: stillWrong(liar(honest, changes, truths)), truths };
  };
  const honestIsWrong = run(new Map()).wrong;
  const changes = new Map(honestIsWrong ? [] : given.slice(0, MOST_PLACES).entries());
  for (const place of [...changes.keys()].reverse()) {
    const without = new Map(changes);
    without.delete(place);
    if (run(without).wrong) changes.delete(place);
  }
  for (const place of [...changes.keys()]) takeBytesBack(place, changes, run);
  return { card: () => liar(honest, changes), changed: new Set(changes.keys()) };
}
