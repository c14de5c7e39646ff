import type { SettingPath } from '../config/setting-path.ts';
import { CliError } from './cli-error.ts';
import { describeProblems } from './describe-problems.ts';
import type { CliIo, ExitCode } from './io.ts';
import type { ConfigOption } from './options.ts';
import { readSettingsFile, replaceSettingsFile } from './settings-file.ts';

/** The path that a person has written. Throws CliError `wrong-use`. */
export async function settingPath(text: string): Promise<SettingPath> {
  const { parsePath } = await import('../config/setting-path.ts');
  const path = parsePath(text);
  if (path !== undefined) return path;
  const next = 'Write it as in clearing.url; a name with blanks or dots stands in double quotes.';
  throw new CliError('wrong-use', `${text} is no path of a setting`, next);
}

/** Changes the settings file. What would be wrong with it as a whole is told, and then nothing is written. */
export async function editSettings(
  edit: (before: unknown) => unknown,
  { config }: ConfigOption,
  io: CliIo,
  json: boolean,
): Promise<ExitCode> {
  const { configPath } = await import('../config/config-file.ts');
  const path = configPath(config, io.environment, io.usualFile) ?? io.usualFile;
  const before = readSettingsFile(path);
  const text = `${JSON.stringify(edit(contentOf(before, path)), undefined, 2)}\n`;
  const problems = await problemsOf(text, path, io);
  if (problems.length > 0) {
    if (json) io.out(JSON.stringify({ file: path, written: false, problems }));
    else for (const line of [...describeProblems(problems), 'nothing is written']) io.out(line);
    return 1;
  }
  replaceSettingsFile(path, text, before);
  if (json) io.out(JSON.stringify({ file: path, written: true, problems }));
  else io.out(`${path} is written; \`jdpos config reload\` has a daemon that runs take it over`);
  return 0;
}

function contentOf(text: string | undefined, path: string): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError('bad-file', `${path} is no JSON`, `Mend it first: \`jdpos config check ${path}\` says where.`);
  }
}

/** What the environment overrides must be right as well: it may be another one tomorrow. */
async function problemsOf(text: string, path: string, io: CliIo) {
  const { readConfigText, withPemFiles } = await import('../config/config-file.ts');
  const { parsePath, valueAt } = await import('../config/setting-path.ts');
  const file: unknown = JSON.parse(text);
  const together = withPemFiles(readConfigText(text, path, io.environment));
  const alone = readConfigText(text, path, {});
  const found = together.kind === 'invalid' ? together.problems : [];
  const covered = alone.kind === 'invalid' ? alone.problems : [];
  const more = covered.filter(
    ({ at }) => valueAt(file, parsePath(at) ?? []) !== undefined && !found.some((problem) => problem.at === at),
  );
  return [...found, ...more];
}
