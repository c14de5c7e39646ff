import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Queue } from '../../offline-queue/index.ts';
import type { Clock } from '../clock.ts';
import type { Counts } from '../sync/counters.ts';
import type { Sync } from '../sync/sync.ts';

export interface MetricsParts {
  readonly queue: Pick<Queue, 'backlog' | 'batches' | 'reversals'>;
  readonly sync: Pick<Sync, 'reachability' | 'hotlist' | 'parameters' | 'certificate' | 'troubles' | 'counts'>;
  readonly clock: Clock;
}

export interface Metrics {
  /** Media type of `text`. */
  readonly contentType: string;
  /** In the text format of Prometheus. Numbers, and labels of a fixed few words: no card, payment or batch is named. */
  text(): Promise<string>;
  /** A queue that is timed whenever it commits an outcome: the disk's write and sync are nearly all of it. */
  timed(queue: Queue): Queue;
}

/** Seconds; a good disk takes a millisecond or a few, a dying one seconds. */
const COMMIT_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What can be watched of a terminal (docs/operations.md says at what to look). */
export function metrics(parts: MetricsParts): Metrics {
  const { clock } = parts;
  const registry = new Registry();
  const registers = [registry];
  const commit = new Histogram({
    name: 'jdpos_commit_seconds',
    help: 'Time to commit an outcome durably, which is mostly the write and sync of the disk',
    buckets: COMMIT_BUCKETS,
    registers,
  });
  for (const { name, help, value } of GAUGES) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const now = value(parts);
        // What is not known has no value rather than a wrong one.
        if (now === undefined) this.remove();
        else this.set(now);
      },
    });
  }
  for (const { name, help, value } of COUNTERS) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(parts.sync.counts()));
      },
    });
  }
  for (const { name, help, of } of BY_LOOP) {
    new Counter({
      name,
      help,
      labelNames: ['loop'],
      registers,
      collect() {
        this.reset();
        for (const [loop, rounds] of Object.entries(parts.sync.counts().rounds)) this.inc({ loop }, of(rounds));
      },
    });
  }
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    timed: (queue) => ({
      ...queue,
      commitOutcome(outcome) {
        const began = clock.monotonic();
        try {
          return queue.commitOutcome(outcome);
        } finally {
          commit.observe((clock.monotonic() - began) / 1_000);
        }
      },
    }),
  };
}

interface Watched {
  readonly name: string;
  readonly help: string;
  readonly value: (parts: MetricsParts) => number | undefined;
}

const oldestAgeS = ({ queue, clock }: MetricsParts): number => {
  const { oldestAt } = queue.backlog();
  return oldestAt === undefined ? 0 : Math.max(0, (clock.now() - Date.parse(oldestAt)) / 1_000);
};

const GAUGES: readonly Watched[] = [
  {
    name: 'jdpos_unacknowledged_payments',
    help: 'Records that carry money, or may, and are not yet acknowledged by the centre',
    value: ({ queue }) => queue.backlog().count,
  },
  {
    name: 'jdpos_unacknowledged_records',
    help: 'All records that are not yet acknowledged, declined ones included',
    value: ({ queue }) => queue.backlog().records,
  },
  {
    name: 'jdpos_unacknowledged_fen',
    help: 'Sum of the approved purchases that are not yet acknowledged, fen',
    value: ({ queue }) => queue.backlog().sumMinor,
  },
  { name: 'jdpos_oldest_unacknowledged_seconds', help: 'Age of the oldest of them; 0 for none', value: oldestAgeS },
  {
    name: 'jdpos_batches_to_upload',
    help: 'Sealed batches that are not yet acknowledged',
    value: ({ queue }) => queue.batches.toUpload().length,
  },
  {
    name: 'jdpos_reversals_due',
    help: 'Reversals that are not yet acknowledged',
    value: ({ queue }) => queue.reversals.due().length,
  },
  {
    name: 'jdpos_parked_records',
    help: 'Records that the centre has disputed',
    value: ({ queue }) => queue.batches.disputedRecords(),
  },
  {
    name: 'jdpos_clearing_reachable',
    help: '1 while the clearing host can be asked, 0 while it is away or coming back',
    value: ({ sync }) => Number(sync.reachability().reachable),
  },
  {
    name: 'jdpos_hotlist_age_seconds',
    help: 'Since the host last confirmed the hotlist',
    value: ({ sync }) => sync.hotlist.status().ageS,
  },
  {
    name: 'jdpos_parameters_age_seconds',
    help: 'Since the host last confirmed the parameters',
    value: ({ sync }) => sync.parameters.ageS(),
  },
  {
    name: 'jdpos_certificate_days_left',
    help: 'Whole days until the client certificate ends',
    value: ({ sync }) => sync.certificate()?.daysLeft,
  },
  {
    name: 'jdpos_troubles',
    help: 'What a person must look at: `jdpos status` names it',
    value: ({ sync }) => sync.troubles().length,
  },
];

/** Counted elsewhere since the start, and read off. */
const COUNTERS = [
  {
    name: 'jdpos_acknowledged_records_total',
    help: 'Records acknowledged since the start; its rate is how fast the queue drains',
    value: ({ acknowledgedRecords }: Counts) => acknowledgedRecords,
  },
  {
    name: 'jdpos_disputed_records_total',
    help: 'Of those: parked by the centre',
    value: ({ disputedRecords }: Counts) => disputedRecords,
  },
] as const;

const BY_LOOP = [
  {
    name: 'jdpos_sync_rounds_total',
    help: 'Rounds of each loop since the start',
    of: ({ ended }: { readonly ended: number; readonly failed: number }) => ended,
  },
  {
    name: 'jdpos_sync_retries_total',
    help: 'Of those, rounds that failed and are tried again',
    of: ({ failed }: { readonly ended: number; readonly failed: number }) => failed,
  },
] as const;
