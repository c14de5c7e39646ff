import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { pairs } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command)
    .addHelpText('after', '\nSIGHUP does the same. A file that is wrong changes nothing.')
    .action(({ url }: UrlOption) => start((io, json) => reload(url, io, json)));
};

const EFFECTS = { applied: 'holds now', 'needs-restart': 'NEEDS A RESTART of the daemon' } as const;

async function reload(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const { changes } = await daemonAt(daemonUrl(url, io.environment), io.fetch).reload();
  if (json) io.out(JSON.stringify({ changes }));
  else if (changes.length === 0) io.out('nothing differs from what holds');
  else for (const line of pairs(changes.map(({ path, effect }) => [path, EFFECTS[effect]] as const))) io.out(line);
  return 0;
}
