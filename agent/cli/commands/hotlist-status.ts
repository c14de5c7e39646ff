import type { ReadOnlyQueue } from '../../../offline-queue/index.ts';
import type { Define } from '../define.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { duration, pairs } from '../text.ts';

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .addHelpText('after', '\nExits with 1 when the terminal has never fetched a list.')
    .action((options: QueueOptions) =>
      start(async (io, json) => {
        const status = await withQueue(options, io, (queue) => statusOf(queue, io.now()));
        if (json) io.out(JSON.stringify(status));
        else for (const line of describe(status)) io.out(line);
        return status.updatedAt === null ? 1 : 0;
      }),
    );
};

type Status = ReturnType<typeof statusOf>;

function statusOf({ hotlist }: ReadOnlyQueue, now: number) {
  const { version, hash, updatedAt, entries, debts } = hotlist.status();
  const arriving = hotlist.arriving();
  return {
    version,
    hash: hash ?? null,
    entries,
    openDebts: debts ?? 0,
    updatedAt: updatedAt ?? null,
    ageS: updatedAt === undefined ? null : Math.max(0, Math.floor((now - Date.parse(updatedAt)) / 1000)),
    arriving: arriving === undefined ? null : { version: arriving.to, full: arriving.full, changes: arriving.rows },
  };
}

function describe({ version, hash, entries, openDebts, updatedAt, ageS, arriving }: Status): string[] {
  const age = ageS === null ? 'never fetched: nothing is approved offline' : `${duration(ageS)}, of ${updatedAt}`;
  return pairs([
    ['Version', String(version)],
    ...(hash === null ? [] : ([['Hash', hash]] as const)),
    ['Cards', String(entries)],
    ['Open debts', String(openDebts)],
    ['Age', age],
    ...(arriving === null ? [] : ([['Arriving', describeArriving(arriving)]] as const)),
  ]);
}

const describeArriving = ({ version, full, changes }: NonNullable<Status['arriving']>): string =>
  `version ${version}, ${full ? 'the whole list' : 'changes'}, ${changes} so far; it holds once it is complete`;
