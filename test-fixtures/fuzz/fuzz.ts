import { toHex } from '../../emv/values/index.ts';
import { Draw } from './draw.ts';
import type { EntryPoint } from './entry-point.ts';
import { hostileCard } from './hostile-card.ts';
import { type Ingredients, ingredientsOf } from './ingredients.ts';
import { minimise } from './minimise.ts';
import type { TapCard } from './transcript.ts';
import { worldOf } from './world.ts';

/** An input that broke a rule, small enough to become a regression test. */
export interface Finding {
  readonly faults: readonly string[];
  /** Which input it was, and the conversation, one exchange a line. */
  readonly report: string;
}

/** An entry point made ready: its honest cards, and what a hostile one may know. */
export interface Fuzzer {
  readonly name: string;
  /** Cards against the kernel, or bytes against a reader, of which many more fit into a second. */
  readonly kind: 'cards' | 'bytes';
  /** Runs the nth input of a seed; undefined when nothing is wrong. */
  try(seed: number, n: number): Finding | undefined;
}

/** The world's seed is its own, so that a card that is made simpler meets the same world. */
const worldSeed = (seed: number): number => ~seed;

export function fuzzerOf(entry: EntryPoint, from: Ingredients = ingredientsOf(entry.genuine)): Fuzzer {
  return {
    name: entry.name,
    kind: 'cards',
    try: (seed, n) => {
      const draw = Draw.ofInput(seed, n);
      const nth = draw.below(entry.genuine.length);
      const transcript = entry.genuine[nth];
      if (transcript === undefined) throw new RangeError(`${entry.name} has no transcripts`);
      const runWith = (card: TapCard) => entry.run(nth, card, worldOf(Draw.ofInput(worldSeed(seed), n)));
      const { played, faults } = runWith(hostileCard(entry.card(nth), transcript.exchanges.length, draw, from));
      if (faults.length === 0) return undefined;
      const smallest = minimise({
        given: played.given.map(({ answer }) => answer),
        honest: () => entry.card(nth),
        stillWrong: (card) => runWith(card).faults.length > 0,
      });
      const again = runWith(smallest.card());
      return { faults: again.faults, report: reportOf(entry, transcript.name, { seed, n }, again, smallest.changed) };
    },
  };
}

function reportOf(
  entry: EntryPoint,
  transcript: string,
  { seed, n }: { seed: number; n: number },
  { played, faults }: ReturnType<EntryPoint['run']>,
  changed: ReadonlySet<number>,
): string {
  const lines = played.given.map(({ command, answer }, at) => {
    const said = answer === 'torn' ? 'torn' : toHex(answer);
    return `${changed.has(at) ? '!' : ' '} { command: '${toHex(command)}', answer: '${said}' },`;
  });
  const others = played.asked
    .filter(({ request }) => request.name !== 'exchange')
    .map(({ request, answer }) => `  ${request.name} -> ${JSON.stringify(answer)}`);
  return [
    `fuzz: ${entry.name}, ${transcript}, seed ${seed}, input ${n}`,
    ...faults.map((fault) => `  ${fault}`),
    '  the conversation (! not as the honest card says it):',
    ...lines,
    ...others,
  ].join('\n');
}

/** Runs inputs `first` to `first + count - 1`; throws with the report of the first one that breaks a rule. */
export function fuzz(
  fuzzer: Fuzzer,
  { seed, count, first = 0 }: { seed: number; count: number; first?: number },
): void {
  for (let n = first; n < first + count; n++) {
    const finding = fuzzer.try(seed, n);
    if (finding !== undefined) throw new Error(finding.report);
  }
}
