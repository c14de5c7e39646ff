/** What is measured in one round of a reader's test, milliseconds. */
export interface RoundTimes {
  /** From the call to lay the card down until the reader tells of it: with the hand in it. */
  readonly arrivalMs: number;
  /** From there until the card has answered SELECT PPSE: it is powered and reset first. */
  readonly firstExchangeMs: number;
  /** Ten more of them. */
  readonly tenExchangesMs: number;
  /** From the call to take it away until the reader tells of it: with the hand in it. */
  readonly removalMs: number;
}

interface Expectation {
  readonly what: keyof RoundTimes;
  readonly title: string;
  /** Up to here it is as it should be; up to `slowMs` it is slow, and faulty beyond. */
  readonly goodMs: number;
  readonly slowMs: number;
  readonly why: string;
}

/** What is expected of a good reader. Bounds of our own: none of these times is in a standard. */
const EXPECTATIONS: readonly Expectation[] = [
  {
    what: 'arrivalMs',
    title: 'arrival, with your hand',
    goodMs: 3_000,
    slowMs: 6_000,
    why: 'a hand takes a second or two; pcscd looks every 0.4 s at readers that do not tell by themselves',
  },
  {
    what: 'firstExchangeMs',
    title: 'first exchange (SELECT PPSE)',
    goodMs: 300,
    slowMs: 1_000,
    why: 'power, reset and one exchange; an answer to the customer is due within a second of the tap',
  },
  {
    what: 'tenExchangesMs',
    title: 'ten exchanges',
    goodMs: 500,
    slowMs: 1_000,
    why: 'a payment has some ten exchanges, and is to be over within a second',
  },
  {
    what: 'removalMs',
    title: 'removal, with your hand',
    goodMs: 3_000,
    slowMs: 6_000,
    why: 'as with arrival; until it is noticed the next customer waits',
  },
];

export type Verdict = 'good' | 'slow' | 'faulty';

export interface Judged extends Expectation {
  /** The middle of all rounds. */
  readonly medianMs: number;
  readonly verdict: Verdict;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Holds the rounds against what is expected. Of no rounds it is an empty list. */
export function judgeRounds(rounds: readonly RoundTimes[]): readonly Judged[] {
  if (rounds.length === 0) return [];
  return EXPECTATIONS.map((expected) => {
    const medianMs = median(rounds.map((round) => round[expected.what]));
    const verdict = medianMs <= expected.goodMs ? 'good' : medianMs <= expected.slowMs ? 'slow' : 'faulty';
    return { ...expected, medianMs, verdict };
  });
}
