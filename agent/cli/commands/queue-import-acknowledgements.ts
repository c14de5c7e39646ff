import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BundleReceipt } from '../../../clearing/contract/index.ts';
import type { Queue } from '../../../offline-queue/index.ts';
import type { TakenReceipt } from '../../api/receipt-resource.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type QueueOptions, type UrlOption, withQueueOptions, withUrl } from '../options.ts';
import { withOwnQueue } from '../own-queue.ts';
import { printable } from '../text.ts';

type Options = QueueOptions & UrlOption;

export const define: Define = (command, start) => {
  withUrl(withQueueOptions(command))
    .argument('<file>', 'the receipt that the centre has given for a bundle')
    .addHelpText(
      'after',
      '\nExits with 1 when the centre has refused something in the bundle, or an acknowledgement does not hold.',
    )
    .action((file: string, options: Options) =>
      start(async (io, json) => {
        const receipt = await readReceipt(resolve(io.workingDirectory, file));
        const taken = await withOwnQueue(
          options,
          io,
          (queue) => takeAlone(queue, receipt, io),
          () => giveToDaemon(options, receipt, io),
        );
        if (json) io.out(JSON.stringify(taken));
        else {
          io.out(`${taken.batches} batches and ${taken.reversals} reversals are acknowledged now`);
          for (const { kind, id, code, detail } of taken.refused)
            io.out(printable(`refused: ${kind} ${id} (${code}): ${detail}`));
          for (const id of taken.doubtful)
            io.out(
              `batch ${id}: its acknowledgement is not the centre's word for it; nothing was changed, it is sent again`,
            );
        }
        return taken.refused.length + taken.doubtful.length === 0 ? 0 : 1;
      }),
    );
};

async function readReceipt(path: string): Promise<BundleReceipt> {
  const [{ bundleReceipt }, { parseJson }] = await Promise.all([
    import('../../../clearing/contract/index.ts'),
    import('../../json.ts'),
  ]);
  const parsed = bundleReceipt.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const next = 'Copy the file again; it is the answer of the centre to the bundle, as it was given.';
  throw new CliError('bad-file', `${path} is no receipt, or is cut`, next);
}

async function takeAlone(queue: Queue, receipt: BundleReceipt, io: CliIo): Promise<TakenReceipt> {
  const [{ pino }, { takeReceipt }] = await Promise.all([import('pino'), import('../../sync/receipt.ts')]);
  const clock = { now: io.now, monotonic: () => performance.now() };
  // What is refused is printed; what does not hold is for people.
  const log = pino({ level: 'silent' });
  const taken = takeReceipt(receipt, { queue, clock, log });
  if (taken.kind === 'taken') {
    const { kind: _, ...counted } = taken;
    return counted;
  }
  const why =
    taken.kind === 'not-ours' ? 'is for another terminal, or for an earlier enrolment' : 'is not signed by the centre';
  throw new CliError('bad-file', `the receipt ${why}`, 'Choose the receipt of this terminal; nothing was changed.');
}

async function giveToDaemon(options: Options, receipt: BundleReceipt, io: CliIo): Promise<TakenReceipt> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  return daemonAt(daemonUrl(options.url, io.environment), io.fetch).takeReceipt(receipt);
}
