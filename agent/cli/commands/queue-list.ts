import type { StoredRecord } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type PageOptions, type QueueOptions, withPage, withQueueOptions } from '../options.ts';
import type { Page } from '../paging.ts';
import { pageFrom, sayNext } from '../paging.ts';
import { withQueue } from '../queue-file.ts';
import { table, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withPage(withQueueOptions(command)).action((options: QueueOptions & PageOptions) =>
    start(async (io, json) => {
      printRecords(await withQueue(options, io, ({ records }) => pageFrom(records.list, options)), io, json);
      return 0;
    }),
  );
};

const COLUMNS = [
  { title: 'RECORD', align: 'right' },
  { title: 'AT' },
  { title: 'OUTCOME' },
  { title: 'AMOUNT', align: 'right' },
  { title: 'CARD' },
  { title: 'FUNDED BY' },
  { title: 'VERDICT' },
  { title: 'REFERENCE' },
] as const;

/** What a list says of a record; `queue show` says the rest. */
function summaryOf({ record, batchId, verdict, verdictReason }: StoredRecord) {
  const { epoch, sequence, at, outcome, reason, amountMinor, currency, fundedBy, debited, offline, reference } = record;
  return {
    ...{ epoch, sequence, at, kind: record.kind, outcome, reason, amountMinor, currency, fundedBy, debited, offline },
    ...{ reference, maskedPan: record.card?.maskedPan, batchId, verdict, verdictReason },
  };
}

function rowOf({ record, batchId, verdict }: StoredRecord): string[] {
  const { epoch, sequence, at, outcome, reason, amountMinor, card, fundedBy, reference } = record;
  return [
    `${epoch}-${sequence}`,
    at,
    reason === undefined ? outcome : `${outcome} (${reason})`,
    yuan(amountMinor),
    card?.maskedPan ?? '',
    fundedBy === 'none' ? '' : fundedBy,
    verdict ?? (batchId === undefined ? 'not sealed' : 'in a batch'),
    reference,
  ];
}

/** Prints a page of records as a table or as JSON. */
export function printRecords(page: Page<StoredRecord>, io: CliIo, json: boolean): void {
  if (json) {
    io.out(JSON.stringify({ items: page.items.map(summaryOf), next: page.next ?? null }));
    return;
  }
  if (page.items.length === 0) io.err('no records');
  else for (const line of table(COLUMNS, page.items.map(rowOf))) io.out(line);
  sayNext(page, io);
}
