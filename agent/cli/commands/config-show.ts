import type { EffectiveSetting } from '../../config/effective.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { describeProblems } from '../describe-problems.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type ConfigOption, type UrlOption, withConfig, withUrl } from '../options.ts';
import { storedScheme } from '../stored-scheme.ts';
import { table } from '../text.ts';

interface ShowOptions extends ConfigOption, UrlOption {
  readonly running?: true;
}

export const define: Define = (command, start) => {
  withUrl(withConfig(command))
    .argument('[path]', 'one setting, or a part such as offline')
    .option('--running', 'what the daemon has, in place of what it would have if it were started here')
    .action((path: string | undefined, options: ShowOptions) => start((io, json) => show(path, options, io, json)));
};

async function show(path: string | undefined, options: ShowOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const all = options.running ? await ofDaemon(options, io) : await ofFile(options, io);
  const settings = all.filter((one) => path === undefined || one.path === path || one.path.startsWith(`${path}.`));
  if (settings.length === 0)
    throw new CliError('not-found', `there is no setting ${path}`, 'Look at all of them with `jdpos config show`.');
  if (json) io.out(JSON.stringify({ settings }));
  else
    for (const line of table([{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM' }], settings.map(rowOf)))
      io.out(line);
  return 0;
}

async function ofDaemon({ url }: ShowOptions, io: CliIo): Promise<readonly EffectiveSetting[]> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  return (await daemonAt(daemonUrl(url, io.environment), io.fetch).settings()).settings;
}

async function ofFile({ config }: ShowOptions, io: CliIo): Promise<readonly EffectiveSetting[]> {
  const { configPath, loadConfig } = await import('../../config/config-file.ts');
  const { effectiveSettings } = await import('../../config/effective.ts');
  const read = loadConfig(configPath(config, io.environment, io.usualFile), io.environment);
  if (read.kind === 'invalid')
    throw new CliError(
      'wrong-configuration',
      `the settings are wrong: ${describeProblems(read.problems).join('; ')}`,
      'Mend them.',
    );
  const scheme = await storedScheme(read.config, io);
  if ('unread' in scheme) io.err(`the signed parameters are left out: ${scheme.unread}`);
  return effectiveSettings(read, 'unread' in scheme ? undefined : scheme.scheme);
}

function rowOf({ path, value, source, from, absent }: EffectiveSetting): string[] {
  const text =
    value === undefined ? `- (${absent ?? 'not set'})` : typeof value === 'string' ? value : JSON.stringify(value);
  const where = { default: 'default', file: '', environment: '', parameters: 'signed parameters, ' }[source];
  return [path, text, `${where}${from ?? ''}`];
}
