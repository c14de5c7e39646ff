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
  /** Rounds before the first one that counts, while the engine still compiles. Absent: a few, of many calls. */
  readonly warmUp?: number;
  /** What is measured: CPU time unless it says otherwise; who waits for the disk uses none. */
  readonly clock?: 'cpu' | 'wall';
}

const WARM_UP_ROUNDS = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) throw new RangeError('no values, no median');
  return (lower + upper) / 2;
}

/** Starts to measure; what it gives says how many µs it has been. CPU time is what the process used, not what others did. */
const CLOCKS = {
  cpu() {
    const before = process.cpuUsage();
    return () => {
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
  },
  wall() {
    const beforeMs = performance.now();
    return () => (performance.now() - beforeMs) * 1_000;
  },
} as const;

/** Time of so many calls, µs a call. */
function timeOf(contestant: Contestant, { calls, clock = 'cpu' }: RoundsPlan): number {
  contestant.before?.(calls);
  let kept: unknown;
  const passed = CLOCKS[clock]();
  for (let left = calls; left > 0; left--) kept = contestant.work();
  const time = passed();
  if (kept === process) throw new Error('never so: it keeps the work from being optimised away');
  return time / calls;
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
 * The time of each contestant in each round, µs a call. They take turns within each round, and who begins changes from round
 * to round, so that a slow minute of the machine, or what one leaves behind for the next, falls on all of them.
 */
export function takeTurns<Name extends string>(
  contestants: readonly (Contestant & { readonly name: Name })[],
  plan: RoundsPlan,
): Readonly<Record<Name, readonly number[]>> {
  const times = new Map<Name, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -(plan.warmUp ?? WARM_UP_ROUNDS); round < plan.rounds; round++) {
    const first = Math.abs(round) % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const time = timeOf(contestant, plan);
      if (round >= 0) times.get(contestant.name)?.push(time);
    }
  }
  return Object.fromEntries(times) as unknown as Record<Name, readonly number[]>;
}
