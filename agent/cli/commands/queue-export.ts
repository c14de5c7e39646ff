import { resolve } from 'node:path';
import type { WholeBundle } from '../../../clearing/contract/index.ts';
import type { Queue } from '../../../offline-queue/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type QueueOptions, type UrlOption, withQueueOptions, withUrl } from '../options.ts';
import { requireSameTerminal, withOwnQueue } from '../own-queue.ts';

type Options = QueueOptions & UrlOption;

export const define: Define = (command, start) => {
  withUrl(withQueueOptions(command))
    .argument('<file>', 'where to write it, such as on a stick; not there yet')
    .addHelpText(
      'after',
      '\nWhat is not sealed yet is sealed first. Works while the daemon runs and while it does not.',
    )
    .action((file: string, options: Options) =>
      start(async (io, json) => {
        const path = resolve(io.workingDirectory, file);
        const { head, end } = await withOwnQueue(
          options,
          io,
          (queue) => exportAlone(queue, path, io),
          () => exportFromDaemon(options, path, io),
        );
        const { bundleId, terminal, epoch } = head;
        const { reversals, batches, records } = end;
        io.out(
          json
            ? JSON.stringify({ file: path, bundleId, terminal, epoch, reversals, batches, records })
            : `${path}: ${records} records in ${batches} batches and ${reversals} reversals of ${terminal}`,
        );
        if (!json)
          io.err('bring it to the centre, and what the centre gives for it to `jdpos queue import-acknowledgements`');
        return 0;
      }),
    );
};

async function exportAlone(queue: Queue, path: string, io: CliIo): Promise<WholeBundle> {
  const [{ pino }, { exportBundle }, { sealer }, { writeBundle }] = await Promise.all([
    import('pino'),
    import('../../sync/bundle.ts'),
    import('../../sync/sealer.ts'),
    import('../bundle-file.ts'),
  ]);
  const clock = { now: io.now, monotonic: () => performance.now() };
  const { random } = io;
  const rule = { maxRecords: 100, maxAgeMs: 0 };
  const log = pino({ level: 'warn' }, { write: (line) => io.err(line.trimEnd()) });
  const sealing = sealer({ queue, identity: () => queue.identity.get(), rule, clock, random });
  const lines = exportBundle({ queue, sealer: sealing, clock, random, log });
  if (lines !== undefined) return writeBundle(path, lines);
  throw new CliError('not-found', 'this terminal is not enrolled', 'There is nothing to export.');
}

async function exportFromDaemon(options: Options, path: string, io: CliIo): Promise<WholeBundle> {
  const [{ daemonAt, daemonUrl }, { writeBundle }] = await Promise.all([
    import('../daemon.ts'),
    import('../bundle-file.ts'),
  ]);
  const daemon = daemonAt(daemonUrl(options.url, io.environment), io.fetch);
  const { terminal } = await daemon.status();
  await requireSameTerminal(options, io, terminal ?? 'nobody');
  return writeBundle(path, await daemon.exportBundle());
}
