import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';

interface RunOptions {
  readonly config?: string;
  readonly enrolmentCode?: string;
}

export const define: Define = (command, start) => {
  command
    .option('--config <file>', 'settings in JSON; what the environment sets (JDPOS_…) wins over them')
    .option('--enrolment-code <code>', 'one-time code of the centre, for a terminal that is not enrolled')
    .action((options: RunOptions) => start((io, json) => runDaemon(options, io, json)));
};

/** Runs until interrupted. The log goes to standard output, so what people and scripts wait for goes to standard error. */
async function runDaemon({ config, enrolmentCode }: RunOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const { run } = await import('../../main.ts');
  const result = await run({
    ...(config !== undefined && { configPath: config }),
    ...(enrolmentCode !== undefined && { enrolmentCode }),
    environment: io.environment,
    signal: io.interrupted,
    ready: ({ registerUrl, centralUrl }) => {
      io.err(json ? JSON.stringify({ registerUrl, centralUrl }) : `jdpos runs: the cashier page is at ${registerUrl}/`);
    },
  });
  if (result.kind === 'ended') return 0;
  const problems = result.problems.map(({ at, message }) => `${at || 'the file'}: ${message}`).join('; ');
  const next =
    config === undefined
      ? 'Give a settings file with --config, or set JDPOS_STATE_DIR and JDPOS_CLEARING_URL.'
      : `Mend ${config}.`;
  throw new CliError('wrong-configuration', `the configuration is wrong: ${problems}`, next);
}
