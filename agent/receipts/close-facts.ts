import type { Comparison } from '../../clearing/contract/index.ts';
import type { Queue, StoredClose } from '../../offline-queue/index.ts';
import { comparisonsOf } from '../api/close-resource.ts';
import { localTime } from '../clock.ts';
import { present } from '../present.ts';
import { rangesOf } from '../sync/closes.ts';
import { type CloseTally, tallyOf } from './close-tally.ts';
import type { SlipFacts, SlipSources } from './slip-facts.ts';

/** What the slip of a close (结算单) is made of. */
export interface CloseFacts extends Pick<SlipFacts, 'merchant' | 'terminal' | 'at'> {
  readonly close: StoredClose;
  /** Batches that hold the first and the last record; absent of one that is not sealed. */
  readonly firstBatch?: string;
  readonly lastBatch?: string;
  readonly tally: CloseTally;
  /** Records of the range that no longer say what was written. */
  readonly unreadable: number;
  /** What the centre has signed; empty until it has answered. */
  readonly comparisons: readonly Comparison[];
}

export interface CloseFactSources extends Omit<SlipSources, 'queue'> {
  readonly queue: {
    readonly records: Pick<Queue['records'], 'between'>;
    readonly batches: Pick<Queue['batches'], 'holding'>;
    readonly identity: Pick<Queue['identity'], 'get'>;
  };
}

/** Reads what there is about a close: its records as they are stored, archived or not. */
export function closeFacts(close: StoredClose, { queue, merchant, timeZone }: CloseFactSources): CloseFacts {
  const found = rangesOf(close, { queue }).flatMap(({ epoch, first, last }) =>
    queue.records.between(epoch, first, last),
  );
  const records = found.flatMap(({ record }) => record ?? []);
  const identity = queue.identity.get();
  const now = merchant();
  const id = records.at(-1)?.merchant ?? identity?.merchant;
  const { first, last } = close;
  return present({
    close,
    terminal: identity?.terminal,
    merchant: id === undefined ? undefined : present({ id, name: now?.id === id ? now.name : undefined }),
    at: localTime(Date.parse(close.closedAt), timeZone).rfc3339,
    firstBatch: queue.batches.holding(first.epoch, first.sequence)?.id,
    lastBatch: queue.batches.holding(last.epoch, last.sequence)?.id,
    tally: tallyOf(records),
    unreadable: found.length - records.length,
    comparisons: comparisonsOf(close),
  });
}
