import { X509Certificate } from 'node:crypto';
import { toHex } from '../../../emv/values/index.ts';
import type { ReadOnlyQueue } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { pairs, yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .addHelpText('after', '\nExits with 1 when a record that is not acknowledged is no longer as it was written.')
    .action((options: QueueOptions) =>
      start(async (io, json) => {
        const { keptParameters } = await import('../../sync/parameters.ts');
        // Whether their keys are taken is the daemon's affair.
        const stats = await withQueue(options, io, (queue) => ({
          ...statsOf(queue),
          parameters: parametersOf(keptParameters(queue, true, io.now())),
        }));
        if (json) io.out(JSON.stringify(stats));
        else for (const line of describe(stats)) io.out(line);
        const { unreadable } = stats.backlog;
        if (unreadable === 0) return 0;
        if (!json) io.err(`records that are no longer as they were written: ${unreadable}; run \`jdpos queue verify\``);
        return 1;
      }),
    );
};

type Stats = ReturnType<typeof statsOf> & { readonly parameters: ReturnType<typeof parametersOf> };

function statsOf(queue: ReadOnlyQueue) {
  const identity = queue.identity.get();
  const head = identity && queue.records.head();
  const intents = queue.intents.pending();
  return {
    terminal: identity?.terminal ?? null,
    head: head ? { epoch: head.epoch, sequence: head.sequence, hash: toHex(head.hash) } : null,
    backlog: queue.backlog(),
    archived: archived(queue),
    batchesToUpload: queue.batches.toUpload().length,
    unfinishedPayments: queue.payments.unfinished().length,
    openIntents: intents.filter(({ state }) => state === 'open').length,
    undecidedIntents: intents.filter(({ state }) => state === 'undecided').length,
    reversalsDue: queue.reversals.due().length,
    disputedRecords: queue.batches.disputedRecords(),
    certificateUntil: certificateUntil(queue.tls.certificate()),
    hotlist: queue.hotlist.status(),
  };
}

/** What has left the queue's tables; null when nothing has. */
function archived({ archive }: ReadOnlyQueue) {
  const files = archive.list();
  const last = files.at(-1)?.last;
  return last === undefined ? null : { files: files.length, upTo: last };
}

type Kept = ReturnType<typeof import('../../sync/parameters.ts').keptParameters>;

/** The signed parameters that hold; null where there are none. */
const parametersOf = (kept: Kept) =>
  kept === undefined ? null : { version: kept.answer.version, confirmedAt: new Date(kept.confirmedAt).toISOString() };

/** RFC 3339; null where there is none. */
function certificateUntil(certificate: string | undefined): string | null {
  return certificate === undefined ? null : new Date(new X509Certificate(certificate).validTo).toISOString();
}

function describe(stats: Stats): string[] {
  const { backlog, head, hotlist, parameters } = stats;
  const oldest = backlog.oldestAt === undefined ? '' : `, the oldest of ${backlog.oldestAt}`;
  const updated = hotlist.updatedAt === undefined ? '' : `, of ${hotlist.updatedAt}`;
  return pairs([
    ['Terminal', stats.terminal ?? 'not enrolled'],
    ['Chain ends at', head === null ? 'no chain yet' : `${head.epoch}-${head.sequence}  ${head.hash}`],
    ['Not acknowledged', `${backlog.count} that carry money, ${yuan(backlog.sumMinor)} approved${oldest}`],
    ['  records in all', String(backlog.records)],
    ...(stats.archived === null
      ? []
      : [
          [
            'Archived',
            `up to ${stats.archived.upTo.epoch}-${stats.archived.upTo.sequence}, in ${stats.archived.files} files`,
          ] as const,
        ]),
    ['Batches to upload', String(stats.batchesToUpload)],
    ['Unfinished payments', String(stats.unfinishedPayments)],
    ['Torn payments', `${stats.openIntents} open, ${stats.undecidedIntents} undecided`],
    ['Reversals due', String(stats.reversalsDue)],
    ['Disputed records', String(stats.disputedRecords)],
    ['Client certificate', stats.certificateUntil === null ? 'none' : `until ${stats.certificateUntil}`],
    ['Parameters', parameters === null ? 'none' : `version ${parameters.version}, confirmed ${parameters.confirmedAt}`],
    ['Hotlist', `version ${hotlist.version}, ${hotlist.entries} cards${updated}`],
  ]);
}
