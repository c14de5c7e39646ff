import { paysMerchant, type Record } from '../../clearing/contract/record/index.ts';

export interface Sum {
  readonly count: number;
  /** Fen. */
  readonly minor: number;
}

/** What the records of a close add up to. A record is counted once among sales, loads, and the last three; one that another has settled, not at all. */
export interface CloseTally {
  readonly salesByChip: Sum;
  readonly salesByAccount: Sum;
  /** What the merchant is to have. */
  readonly sales: Sum;
  readonly loads: Sum;
  /** Of the sales, those for which no host was asked. */
  readonly offlineSales: Sum;
  /** Those that no later record of the same close has settled. */
  readonly undecided: Sum;
  /** Came to nothing although money had moved. */
  readonly charged: Sum;
  readonly declined: Sum;
}

type Counted = Pick<
  Record,
  'epoch' | 'sequence' | 'kind' | 'outcome' | 'fundedBy' | 'offline' | 'amountMinor' | 'resolvesSequence'
>;

/** @param records those of a close that can be read */
export function tallyOf(records: readonly Counted[]): CloseTally {
  const settled = new Set(
    records.flatMap(({ epoch, resolvesSequence }) =>
      resolvesSequence === undefined ? [] : [`${epoch}-${resolvesSequence}`],
    ),
  );
  const sum = (counts: (record: Counted) => boolean): Sum => {
    const counted = records.filter(counts);
    return { count: counted.length, minor: counted.reduce((total, { amountMinor }) => total + amountMinor, 0) };
  };
  return {
    salesByChip: sum((record) => paysMerchant(record) && record.fundedBy === 'chip'),
    salesByAccount: sum((record) => paysMerchant(record) && record.fundedBy !== 'chip'),
    sales: sum(paysMerchant),
    loads: sum(({ kind, outcome }) => kind === 'load' && outcome === 'approved'),
    offlineSales: sum((record) => paysMerchant(record) && record.offline),
    undecided: sum(({ outcome, epoch, sequence }) => outcome === 'undecided' && !settled.has(`${epoch}-${sequence}`)),
    charged: sum(({ outcome }) => outcome === 'declined-after-debit'),
    declined: sum(({ outcome }) => outcome === 'declined'),
  };
}
