import type { CardChannel, CardReader, CardReaders, ExchangeAnswer } from '../../../drivers/index.ts';
import type { CardField } from '../virtual-field.ts';
import { type Observed, type Observer, observe, openCard } from './observer.ts';
import { type TestCard, testCard } from './test-card.ts';

/** An implementation of CardReaders with one reader to lay cards on. */
export interface Bench {
  readonly readers: CardReaders;
  /** The field of the first reader. */
  readonly field: CardField;
  stop(): Promise<void>;
}

/** What a case has at hand. */
export interface Stage extends Bench {
  readonly observer: Observer;
  theReader(): CardReader;
  /** Lays a card on the reader, waits until it is told of, and opens it. */
  tap(card?: TestCard): Promise<{ card: TestCard; arrived: Observed; channel: CardChannel }>;
}

/** What every implementation does, by a sentence that says so. */
export type Cases = Readonly<Record<string, (stage: Stage) => Promise<void>>>;

/** For exchanges that are answered, and for those that are to be given up. */
export const PATIENT_MS = 5_000;
export const IMPATIENT_MS = 150;

export const answered = (response: Uint8Array): ExchangeAnswer => ({ kind: 'answered', response });

export const torn = (cause: Extract<ExchangeAnswer, { kind: 'torn' }>['cause']): ExchangeAnswer => ({
  kind: 'torn',
  cause,
});

export function stageOf(bench: Bench): Stage {
  const observer = observe(bench.readers);
  return {
    ...bench,
    observer,
    theReader: () => {
      const [reader] = bench.readers.list();
      if (reader === undefined) throw new Error('no reader');
      return reader;
    },
    tap: async (card = testCard()) => {
      await bench.field.place(card);
      const arrived = await observer.next('arrived');
      return { card, arrived, channel: await openCard(arrived) };
    },
  };
}
