/** What has passed between terminal and host in this run; numbers alone. */
export interface Counts {
  readonly acknowledgedRecords: number;
  /** Of those: parked by the host. */
  readonly disputedRecords: number;
  /** Rounds by loop. A failed one is tried again. */
  readonly rounds: Readonly<Record<string, { readonly ended: number; readonly failed: number }>>;
}

export interface Counters {
  acknowledged(records: number, disputed: number): void;
  round(loop: string, failed: boolean): void;
  counts(): Counts;
}

export function counters(): Counters {
  const rounds = new Map<string, { ended: number; failed: number }>();
  let acknowledgedRecords = 0;
  let disputedRecords = 0;
  return {
    acknowledged(records, disputed) {
      acknowledgedRecords += records;
      disputedRecords += disputed;
    },
    round(loop, failed) {
      const of = rounds.get(loop) ?? { ended: 0, failed: 0 };
      rounds.set(loop, { ended: of.ended + 1, failed: of.failed + (failed ? 1 : 0) });
    },
    counts: () => ({ acknowledgedRecords, disputedRecords, rounds: Object.fromEntries(rounds) }),
  };
}
