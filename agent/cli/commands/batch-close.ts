import type { CloseResource } from '../../api/close-resource.ts';
import type { Daemon } from '../daemon.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { yuan } from '../text.ts';

interface Options extends UrlOption {
  readonly compare?: boolean;
}

export const define: Define = (command, start) => {
  withUrl(command)
    .option('--compare', 'close the shift or day: the centre compares it record by record')
    .addHelpText(
      'after',
      '\nWith --compare: exits with 1 when the two sides differ, or the centre has not answered in time.',
    )
    .action(({ url, compare }: Options) =>
      start(async (io, json) => {
        const { daemonAt, daemonUrl } = await import('../daemon.ts');
        const daemon = daemonAt(daemonUrl(url, io.environment), io.fetch);
        return compare === true ? closeAndCompare(daemon, io, json) : closeBatch(daemon, io, json);
      }),
    );
};

async function closeBatch(daemon: Daemon, io: CliIo, json: boolean): Promise<ExitCode> {
  const batch = await daemon.closeBatch();
  const { id, state, epoch, firstSequence, lastSequence, count, totalMinor } = batch;
  const range = `records ${epoch}-${firstSequence} to ${epoch}-${lastSequence}`;
  io.out(json ? JSON.stringify(batch) : `${id}  ${state}  ${range}  ${count} in all  ${yuan(totalMinor)}`);
  return 0;
}

/** Uploads and comparison take their time; a centre that is away takes longer. */
const [POLL_MS, WAIT_MS] = [250, 30_000];

async function closeAndCompare(daemon: Daemon, io: CliIo, json: boolean): Promise<ExitCode> {
  const { closeLines } = await import('../print-close.ts');
  const close = await compared(daemon, await daemon.close(), io);
  if (json) io.out(JSON.stringify(close));
  else for (const line of closeLines(close)) io.out(line);
  if (!close.complete) io.err('the close is compared again until it is complete: see `jdpos batch closes`');
  return close.complete && close.differences?.length === 0 ? 0 : 1;
}

async function compared(daemon: Daemon, begun: CloseResource, io: CliIo): Promise<CloseResource> {
  let close = begun;
  for (let waited = 0; !close.complete && waited < WAIT_MS && !io.interrupted.aborted; waited += POLL_MS) {
    await io.sleep(POLL_MS);
    close = await daemon.closeOf(begun.number);
  }
  return close;
}
