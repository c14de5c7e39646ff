import { describe, expect, it } from 'vitest';
import { cli } from '../../agent/cli/test-terminal.ts';
import { type Behaviour, memoryStorage, tearAt, withFaults } from '../card/index.ts';
import { memoryReaders } from '../reader/memory-readers.ts';
import { openTray } from '../tray/index.ts';

/** Nobody listens there: no daemon uses the readers. */
const ALONE = ['--url', 'http://127.0.0.1:1'];

interface Hand {
  readonly faults?: (round: number) => readonly Behaviour[];
  /** How far the clock goes on with each look at it. */
  readonly tickMs?: number;
  readonly never?: 'lays' | 'takes';
  /** At which call the reader is pulled, from 1. */
  readonly pullsAt?: number;
  /** At which call Ctrl-C is pressed. */
  readonly breaksOffAt?: number;
}

/** `jdpos readers test` with somebody who does as told, on a clock that goes on as the reader is slow. */
async function run(
  words: readonly string[],
  { faults = () => [], tickMs = 10, never, pullsAt, breaksOffAt }: Hand = {},
) {
  const readers = memoryReaders();
  const card = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length) }).card('rich');
  if (card === undefined) throw new Error('no card');
  let now = 0;
  let laid = 0;
  let calls = 0;
  const interrupted = new AbortController();
  const told: string[] = [];
  let isOutOfPatience = (): void => {};
  const err = (line: string): void => {
    told.push(line);
    if (line.includes(' the card ')) calls += 1;
    setImmediate(async () => {
      if (calls === pullsAt) return readers.unplug(0);
      if (calls === breaksOffAt) return interrupted.abort();
      if (line.includes('lay the card')) {
        if (never === 'lays') return isOutOfPatience();
        laid += 1;
        await readers.field().place(withFaults(card, faults(laid)));
      } else if (line.includes('take the card')) {
        if (never === 'takes') return isOutOfPatience();
        await readers.field().remove();
      }
    });
  };
  const result = await cli(['readers', 'test', ...ALONE, ...words], {
    openReaders: async () => readers,
    interrupted: interrupted.signal,
    err,
    sleep: () =>
      new Promise((resolve) => {
        isOutOfPatience = resolve;
      }),
    now: () => {
      now += tickMs;
      return now;
    },
  });
  return { ...result, told };
}

describe('readers test', () => {
  it('says that a good reader is good, and exits with 0', async () => {
    const { exitCode, out, told } = await run(['--rounds', '2']);
    expect(told).toEqual([
      'testing "Memory Reader": do as told, without haste and without delay (Ctrl-C ends)',
      '1 of 2: lay the card down',
      '1 of 2: take the card away',
      '2 of 2: lay the card down',
      '2 of 2: take the card away',
    ]);
    expect(out).toEqual([
      'MEASURED                      MEDIAN  GOOD TO  VERDICT',
      'arrival, with your hand        10 ms  3000 ms  good',
      'first exchange (SELECT PPSE)   10 ms   300 ms  good',
      'ten exchanges                 100 ms   500 ms  good',
      'removal, with your hand        10 ms  3000 ms  good',
      'Memory Reader is good, by 2 rounds',
    ]);
    expect(exitCode).toBe(0);
  });

  it.each([
    [60, 'slow'],
    [120, 'faulty'],
  ])('tells what is wrong with one that takes %i ms for each thing: %s', async (tickMs, verdict) => {
    const { exitCode, out } = await run(['Memory', '--rounds', '1'], { tickMs });
    expect(out).toContain('ten exchanges: a payment has some ten exchanges, and is to be over within a second');
    expect(out.at(-1)).toBe(`Memory Reader is ${verdict}, by 1 rounds`);
    expect(exitCode).toBe(1);
  });

  it.each<[string, Hand, string, number]>([
    ['a torn card', { faults: (round) => (round === 2 ? [tearAt(4, 'before-card')] : []) }, 'torn', 2],
    ['a card that is never seen to come', { never: 'lays' }, 'no-arrival', 1],
    ['a card that is never seen to go', { never: 'takes' }, 'no-removal', 1],
  ])('takes %s for a fault', async (_, hand, code, round) => {
    const { exitCode, out } = await run(['--json', '--rounds', '2'], hand);
    const test = JSON.parse(out.join(''));
    expect(test.verdict).toBe('faulty');
    expect(test.faults[0]).toMatchObject({ round, code });
    expect(exitCode).toBe(1);
  });

  it.each([
    ['while a card is awaited', 1, 1],
    ['as a card is to be taken away', 2, 1],
    ['in a later round', 3, 2],
  ])('ends when the reader goes %s, and says so', async (_, pullsAt, round) => {
    const { exitCode, out, told } = await run(['--json', '--rounds', '5'], { pullsAt });
    const test = JSON.parse(out.join(''));
    expect(test.faults).toMatchObject([{ round, code: 'reader-gone' }]);
    expect(test.rounds).toHaveLength(round - 1);
    expect(told).toHaveLength(1 + pullsAt);
    expect(exitCode).toBe(1);
  });

  it('takes no round for a fault that somebody breaks off', async () => {
    const { exitCode, out } = await run([], { breaksOffAt: 1 });
    expect(out).toEqual(['nothing was measured']);
    expect(exitCode).toBe(1);
  });

  it('wants one reader', async () => {
    const { exitCode, told } = await run(['Other']);
    expect(exitCode).toBe(1);
    expect(told.join(' ')).toContain('There are: "Memory Reader".');
  });
});
