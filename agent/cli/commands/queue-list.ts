import type { RecordPage, StoredRecord } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type PageOptions, type QueueOptions, withPage, withQueueOptions } from '../options.ts';
import { pageFrom, sayNext } from '../paging.ts';
import { withQueue } from '../queue-file.ts';
import { table, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withPage(withQueueOptions(command)).action((options: QueueOptions & PageOptions) =>
    start(async (io, json) => {
      const page = await withQueue(options, io, ({ records }) => pageFrom(records.list, options));
      printRecords(page, io, json);
      return page.unreadable === undefined ? 0 : 1;
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

/** Prints a page of records as a table or as JSON; of those that are no longer as they were written their places. */
export function printRecords(page: RecordPage, io: CliIo, json: boolean): void {
  const { unreadable = [] } = page;
  if (json) {
    const rest = { next: page.next ?? null, ...(unreadable.length > 0 && { unreadable }) };
    io.out(JSON.stringify({ items: page.items.map(summaryOf), ...rest }));
    return;
  }
  for (const { epoch, sequence } of unreadable)
    io.err(`record ${epoch}-${sequence} is no longer as it was written: run \`jdpos queue verify\``);
  if (page.items.length === 0 && unreadable.length === 0) io.err('no records');
  else if (page.items.length > 0) for (const line of table(COLUMNS, page.items.map(rowOf))) io.out(line);
  sayNext(page, io);
}
