import type { Define } from '../define.ts';
import { describeProblems } from '../describe-problems.ts';
import type { CliIo, ExitCode } from '../io.ts';

export const define: Define = (command, start) => {
  command
    .argument('[file]', 'settings file (default: the one that `run` would take)')
    .addHelpText(
      'after',
      '\nExits with 0 when a daemon would start with it, with 1 otherwise. The environment counts along.',
    )
    .action((file: string | undefined) => start((io, json) => check(file, io, json)));
};

async function check(given: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { configPath, loadConfig, withPemFiles } = await import('../../config/config-file.ts');
  const path = configPath(given, io.environment, io.usualFile);
  const read = withPemFiles(loadConfig(path, io.environment));
  if (read.kind === 'invalid') {
    if (json) io.out(JSON.stringify({ file: path ?? null, problems: read.problems }));
    else for (const line of describeProblems(read.problems)) io.out(line);
    return 1;
  }
  if (json) io.out(JSON.stringify({ file: path ?? null, problems: [] }));
  else io.out(path === undefined ? 'no settings file; the environment says enough' : `${path} is right`);
  return 0;
}
