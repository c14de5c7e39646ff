import type { z } from 'zod';
import type { enrolledResource } from '../../api/upkeep-routes.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { pairs } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command)
    .requiredOption('--code <code>', 'one-time code that the operator of the centre gave out for this terminal')
    .addHelpText(
      'after',
      '\nA terminal that is enrolled begins a new epoch; everything it holds must have been acknowledged.',
    )
    .action(({ url, code }: UrlOption & { readonly code: string }) => start((io, json) => enrol(url, code, io, json)));
};

async function enrol(url: string | undefined, code: string, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const enrolled = await daemonAt(daemonUrl(url, io.environment), io.fetch).enrol(code);
  if (json) io.out(JSON.stringify(enrolled));
  else for (const line of describe(enrolled)) io.out(line);
  return 0;
}

function describe({ terminal, merchant, epoch, closed }: z.output<typeof enrolledResource>): string[] {
  const ended = `epoch ${closed?.epoch} at record ${closed?.sequence}; what came after it, if anything, the centre does not know`;
  return pairs([
    ['Enrolled as', `${terminal} of ${merchant}, epoch ${epoch}`],
    ...(closed === undefined ? [] : ([['Ended', ended]] as const)),
  ]);
}
