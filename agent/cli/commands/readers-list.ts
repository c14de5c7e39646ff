import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { table } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => listReaders(url, io, json)));
};

/** Exits with 1 when there is no reader at all. */
async function listReaders(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const { readers } = await daemonAt(daemonUrl(url, io.environment), io.fetch).status();
  const columns = [{ title: 'READER' }, { title: 'ROLE' }, { title: 'STATE' }];
  if (json) io.out(JSON.stringify({ items: readers }));
  else if (readers.length === 0) io.err('no reader: plug one in, and check that pcscd runs');
  else
    for (const line of table(
      columns,
      readers.map(({ name, role, state }) => [name, role, state]),
    ))
      io.out(line);
  return readers.length === 0 ? 1 : 0;
}
