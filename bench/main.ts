import { KeyCache } from '../emv/oda/index.ts';
import { bareWorkOf } from './bare-work.ts';
import { longHotlist } from './hotlist.ts';
import { decisionAmong } from './offline-decision.ts';
import { queueBench, ROWS_A_COMMIT } from './queue.ts';
import { recordTap, replayTap } from './recorded-tap.ts';
import { type Comparison, compare, type RoundsPlan, takeTurns } from './rounds.ts';
import { parsing, RECORD, walking } from './tlv.ts';

/** One line of the result: a piece of the product against the work that it cannot do without. */
interface Line extends Comparison {
  readonly name: string;
  /** Of product to floor; undefined is for information. */
  readonly target?: number;
}

const TLV_PLAN: RoundsPlan = { rounds: 101, calls: 20_000 };
const RSA_PLAN: RoundsPlan = { rounds: 61, calls: 800 };
const SM2_PLAN: RoundsPlan = { rounds: 61, calls: 30 };
const DECISION_PLAN: RoundsPlan = { rounds: 41, calls: 200 };
/** One call a round: each commit stands beside a bare write of the same moment. */
const QUEUE_PLAN: RoundsPlan = { rounds: 301, calls: 1, warmUp: 300, clock: 'wall' };
const HOTLIST_PLAN: RoundsPlan = { rounds: 61, calls: 4_096 };
const KEPT_CERTIFICATES = 16;
/** A list of 1.5 million takes minutes to build; the tree is one level deeper then. */
const HOTLIST_CARDS = 100_000;

function tlv(): Line {
  const times = takeTurns([parsing(RECORD), walking(RECORD)], TLV_PLAN);
  return { name: 'TLV of a 215-byte record', ...compare(times.parseTlv, times['bare walker']), target: 3 };
}

/**
 * A tap of a card that was never here, which has to meet the target, and of one that was: each against its own bare work.
 * Of a warm tap's work so little is left that the kernel around it is most of it; it is for information.
 */
function taps(name: string, sm: boolean, target: number, plan: RoundsPlan): readonly Line[] {
  const tap = recordTap({ sm });
  const bare = bareWorkOf(tap);
  const cache = new KeyCache(KEPT_CERTIFICATES);
  // A cache is made once in a terminal's run, so its making is no part of a tap.
  let fresh: KeyCache[] = [];
  const makeFresh = (calls: number): void => {
    fresh = Array.from({ length: calls }, () => new KeyCache(KEPT_CERTIFICATES));
  };
  const contestants = [
    { name: 'cold tap', before: makeFresh, work: replayTap(tap, () => fresh.pop()) },
    { name: 'cold bare', work: bare.cold },
    { name: 'warm tap', work: replayTap(tap, () => cache) },
    { name: 'warm bare', work: bare.warm },
  ] as const;
  const times = takeTurns(contestants, plan);
  return [
    { name: `${name}, cold cache`, ...compare(times['cold tap'], times['cold bare']), target },
    { name: `${name}, warm cache`, ...compare(times['warm tap'], times['warm bare']) },
  ];
}

/** What a decision may take, µs: the cashier shall not notice it. */
const DECISION_BUDGET = 1_000;

/** May this card pay offline? Asked of a queue that has counted so many cards today; few of them or many, it costs the same. */
function decisions(): readonly Line[] {
  const [few, many] = [decisionAmong(10), decisionAmong(1_000)];
  const times = takeTurns(
    [
      { name: 'many', work: many.decide },
      { name: 'few', work: few.decide },
    ],
    DECISION_PLAN,
  );
  for (const queue of [few, many]) queue.end();
  const budget = times.many.map(() => DECISION_BUDGET);
  return [
    { name: 'Offline decision, against 1 ms', ...compare(times.many, budget), target: 1 },
    { name: 'the same, 1,000 cards against 10', ...compare(times.many, times.few), target: 1.5 },
  ];
}

/** Commits of the queue against the bare write that none can do without, as a person waits for them. */
function commits(): readonly Line[] {
  const bench = queueBench();
  try {
    const { overwrite, setting, outcome, rows } = takeTurns(bench.contestants, QUEUE_PLAN);
    const aRow = rows.map((time) => time / ROWS_A_COMMIT);
    return [
      { name: 'queue: a setting', ...compare(setting, overwrite), target: 1 / 0.75 },
      { name: 'queue: an outcome', ...compare(outcome, overwrite) },
      { name: `queue: a row of ${ROWS_A_COMMIT} in one commit`, ...compare(aRow, overwrite), target: 1 / 18 },
    ];
  } finally {
    bench.end();
  }
}

/** Is a card on the hotlist? It is asked before every debit. */
function hotlist(): Line {
  const list = longHotlist(HOTLIST_CARDS);
  try {
    const times = takeTurns(
      [
        { name: 'look-up', work: list.lookUp },
        { name: 'bare statement', work: list.bare },
      ],
      HOTLIST_PLAN,
    );
    const name = `hotlist look-up, ${HOTLIST_CARDS} cards`;
    return { name, ...compare(times['look-up'], times['bare statement']), target: 4 };
  } finally {
    list.close();
  }
}

function shown({ name, product, floor, ratio, target }: Line): string {
  const verdict =
    target === undefined
      ? ''
      : `   target ${target.toFixed(target < 1 ? 4 : 2)}   ${ratio <= target ? 'met' : 'MISSED'}`;
  const times = `${product.toFixed(2).padStart(9)} µs ${floor.toFixed(2).padStart(9)} µs`;
  return `${name.padEnd(34)} ${times}   ${ratio.toFixed(ratio < 1 ? 4 : 2)} ×${verdict}`;
}

const lines = [
  tlv(),
  ...taps('RSA tap', false, 1.5, RSA_PLAN),
  ...taps('SM2 tap', true, 1.2, SM2_PLAN),
  hotlist(),
  ...decisions(),
  ...commits(),
];
console.log(`${'median of the rounds'.padEnd(34)}   product      floor      ratio`);
for (const line of lines) console.log(shown(line));
process.exitCode = lines.some(({ ratio, target = Number.POSITIVE_INFINITY }) => ratio > target) ? 1 : 0;
