import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { describeProblems } from '../describe-problems.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type ConfigOption, withConfig } from '../options.ts';

interface RunOptions extends ConfigOption {
  readonly untilInputEnds?: boolean;
  readonly enrolmentCode?: string;
}

export const define: Define = (command, start) => {
  withConfig(command)
    .option('--enrolment-code <code>', 'one-time code of the centre, for a terminal that is not enrolled')
    .option(
      '--until-input-ends',
      'end when standard input does: with the program that has started it, however that ends',
    )
    .action((options: RunOptions) => start((io, json) => runDaemon(options, io, json)));
};

/** Runs until interrupted. The log goes to standard output, so what people and scripts wait for goes to standard error. */
async function runDaemon(options: RunOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const { enrolmentCode } = options;
  const { configPath } = await import('../../config/config-file.ts');
  const config = configPath(options.config, io.environment, io.usualFile);
  const { run } = await import('../../main.ts');
  const result = await run({
    ...(config !== undefined && { configPath: config }),
    ...(enrolmentCode !== undefined && { enrolmentCode }),
    environment: io.environment,
    signal: options.untilInputEnds === true ? AbortSignal.any([io.interrupted, inputEnd(io)]) : io.interrupted,
    ready: ({ registerUrl, centralUrl }) => {
      io.err(json ? JSON.stringify({ registerUrl, centralUrl }) : `jdpos runs: the cashier page is at ${registerUrl}/`);
    },
  });
  if (result.kind === 'ended') return 0;
  const problems = describeProblems(result.problems).join('; ');
  const next =
    config === undefined
      ? `Give a settings file with --config, or write ${io.usualFile}, or set JDPOS_STATE_DIR and JDPOS_CLEARING_URL.`
      : `Mend ${config}, and look with \`jdpos config check\`.`;
  throw new CliError('wrong-configuration', `the configuration is wrong: ${problems}`, next);
}

function inputEnd(io: CliIo): AbortSignal {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  io.readInput().then(end, end);
  return ended.signal;
}
