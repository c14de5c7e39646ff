import type { StoredBatch } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import { type PageOptions, type QueueOptions, withPage, withQueueOptions } from '../options.ts';
import { pageFrom, sayNext } from '../paging.ts';
import { withQueue } from '../queue-file.ts';
import { table, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withPage(withQueueOptions(command)).action((options: QueueOptions & PageOptions) =>
    start(async (io, json) => {
      const page = await withQueue(options, io, ({ batches }) => pageFrom(batches.list, options));
      if (json) {
        io.out(JSON.stringify({ items: page.items, next: page.next ?? null }));
        return 0;
      }
      if (page.items.length === 0) io.err('no batches');
      else for (const line of table(COLUMNS, page.items.map(rowOf))) io.out(line);
      sayNext(page, io);
      return 0;
    }),
  );
};

const COLUMNS = [
  { title: 'BATCH' },
  { title: 'STATE' },
  { title: 'RECORDS' },
  { title: 'COUNT', align: 'right' },
  { title: 'TOTAL', align: 'right' },
  { title: 'SEALED' },
  { title: 'SETTLED' },
] as const;

function rowOf(batch: StoredBatch): string[] {
  const { id, state, epoch, firstSequence, lastSequence, count, totalMinor, sealedAt, settledAt } = batch;
  const range = `${epoch}-${firstSequence} to ${epoch}-${lastSequence}`;
  return [id, state, range, String(count), yuan(totalMinor), sealedAt, settledAt ?? ''];
}
