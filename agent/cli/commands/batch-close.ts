import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { yuan } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => closeBatch(url, io, json)));
};

async function closeBatch(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const batch = await daemonAt(daemonUrl(url, io.environment), io.fetch).closeBatch();
  const { id, state, epoch, firstSequence, lastSequence, count, totalMinor } = batch;
  const range = `records ${epoch}-${firstSequence} to ${epoch}-${lastSequence}`;
  io.out(json ? JSON.stringify(batch) : `${id}  ${state}  ${range}  ${count} in all  ${yuan(totalMinor)}`);
  return 0;
}
