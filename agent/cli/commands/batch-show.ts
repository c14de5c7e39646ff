import type { StoredBatch, StoredRecord } from '../../../offline-queue/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { pairs, yuan } from '../text.ts';
import { printRecords } from './queue-list.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .argument('<batch>', 'its identity, as `jdpos batch list` prints it')
    .action((id: string, options: QueueOptions) =>
      start(async (io, json) => {
        const found = await withQueue(options, io, ({ batches }) => {
          const batch = batches.get(id);
          return batch && { batch, records: batches.records(id) };
        });
        if (found === undefined) {
          throw new CliError('not-found', `there is no batch ${id}`, 'See `jdpos batch list` for those there are.');
        }
        const { batch, records } = found;
        if (json) io.out(JSON.stringify({ ...batch, records: records.map(({ record }) => record) }));
        else {
          for (const line of pairs(fieldsOf(batch))) io.out(line);
          io.out('');
          printRecords({ items: records, unreadable: missingOf(batch, records) }, io, false);
        }
        return records.length === batch.count ? 0 : 1;
      }),
    );
};

/** What lies in the batch, by its seal, and cannot be shown. */
function missingOf({ epoch, firstSequence, count }: StoredBatch, records: readonly StoredRecord[]) {
  const shown = new Set(records.map(({ record }) => record.sequence));
  const sealed = Array.from({ length: count }, (_, nth) => firstSequence + nth);
  return sealed.filter((sequence) => !shown.has(sequence)).map((sequence) => ({ epoch, sequence }));
}

function fieldsOf(batch: StoredBatch): [string, string][] {
  const { id, state, epoch, firstSequence, lastSequence, count, totalMinor, settledAt, centralAcknowledgedAt } = batch;
  return [
    ['Batch', id],
    ['State', state],
    ['Records', `${epoch}-${firstSequence} to ${epoch}-${lastSequence}, ${count} in all`],
    ['Total', `${yuan(totalMinor)} approved`],
    ['Chain ends at', batch.chainHead],
    ['Merkle root', batch.merkleRoot],
    ['Signature', batch.signature],
    ['Sealed', batch.sealedAt],
    ['Settled', settledAt ?? 'not yet'],
    ['At the centre', centralAcknowledgedAt === undefined ? 'not yet confirmed' : `confirmed ${centralAcknowledgedAt}`],
  ];
}
