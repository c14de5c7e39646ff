/** One way of doing a piece of work. */
export interface Contestant {
  readonly name: string;
  /** Makes ready for so many calls; takes no time. */
  before?(calls: number): void;
  /** Does the work once. What it returns is kept from being optimised away. */
  work(): unknown;
}

export interface RoundsPlan {
  readonly rounds: number;
  /** Calls of each contestant in one round: enough that a round is long beside the clock's grain. */
  readonly calls: number;
}

/** Rounds before the first one that counts, while the engine still compiles. */
const WARM_UP_ROUNDS = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) throw new RangeError('no values, no median');
  return (lower + upper) / 2;
}

/** CPU time of so many calls, µs a call: what the process used, not what others did meanwhile. */
function cpuOf(contestant: Contestant, calls: number): number {
  contestant.before?.(calls);
  const { work } = contestant;
  let kept: unknown;
  const before = process.cpuUsage();
  for (let left = calls; left > 0; left--) kept = work();
  const { user, system } = process.cpuUsage(before);
  if (kept === process) throw new Error('never so: it keeps the work from being optimised away');
  return (user + system) / calls;
}

/** One piece of work against another that was done in the same rounds. */
export interface Comparison {
  /** Medians, µs a call. */
  readonly product: number;
  readonly floor: number;
  /** The median of the rounds' own ratios: what slows a round down slows both. */
  readonly ratio: number;
}

export function compare(product: readonly number[], floor: readonly number[]): Comparison {
  const ratios = product.map((time, round) => time / (floor[round] ?? Number.NaN));
  return { product: median(product), floor: median(floor), ratio: median(ratios) };
}

/**
 * CPU time of each contestant in each round, µs a call. They take turns within each round, and who begins changes from round
 * to round, so that a slow minute of the machine, or what one leaves behind for the next, falls on all of them.
 */
export function takeTurns<Name extends string>(
  contestants: readonly (Contestant & { readonly name: Name })[],
  { rounds, calls }: RoundsPlan,
): Readonly<Record<Name, readonly number[]>> {
  const times = new Map<Name, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const first = Math.abs(round) % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const time = cpuOf(contestant, calls);
      if (round >= 0) times.get(contestant.name)?.push(time);
    }
  }
  return Object.fromEntries(times) as unknown as Record<Name, readonly number[]>;
}
