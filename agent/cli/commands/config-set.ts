import type { SettingPath } from '../../config/setting-path.ts';
import type { Setting } from '../../config/settings.ts';
import { parseJson } from '../../json.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { editSettings, settingPath } from '../edit-settings.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type ConfigOption, withConfig } from '../options.ts';

export const define: Define = (command, start) => {
  withConfig(command)
    .argument('<path>', 'the setting, such as log.level; a name with blanks or dots in double quotes')
    .argument('<value>', 'JSON or text; - reads it from standard input')
    .argument('[more...]', 'further paths and values, written together or not at all')
    .addHelpText(
      'after',
      '\nA daemon that runs takes it over with `jdpos config reload`. What nobody else should see, such as an enrolment code,' +
        '\nis not taken from the command line: give - and type or pipe it.',
    )
    .action((path: string, value: string, more: readonly string[], options: ConfigOption) =>
      start((io, json) => set([path, value, ...more], options, io, json)),
    );
};

const SECRET_NEXT =
  'Give - as the value and type it, or pipe it in: the command line is in the shell’s history, and everybody here can see it.';

interface Edit {
  readonly path: SettingPath;
  readonly value: unknown;
}

async function set(words: readonly string[], options: ConfigOption, io: CliIo, json: boolean): Promise<ExitCode> {
  if (words.length % 2 === 1)
    throw new CliError('wrong-use', `${words.at(-1)} has no value`, 'Give a value after each path.');
  const wanted = words.flatMap((text, at) => (at % 2 === 0 ? [{ text, given: words[at + 1] ?? '' }] : []));
  if (wanted.filter(({ given }) => given === '-').length > 1)
    throw new CliError('wrong-use', 'standard input has one value', 'Set the others by themselves.');
  const { withValue } = await import('../../config/setting-path.ts');
  const edits: Edit[] = [];
  for (const { text, given } of wanted) edits.push(await editOf(text, given, io));
  const set = (before: unknown): unknown =>
    edits.reduce<unknown>((settings, { path, value }) => withValue(settings, path, value), before);
  return editSettings(set, options, io, json);
}

async function editOf(text: string, given: string, io: CliIo): Promise<Edit> {
  const { settingAt, settings } = await import('../../config/settings.ts');
  const path = await settingPath(text);
  const setting = settingAt(settings(), path);
  if (setting?.secret && given !== '-') throw new CliError('wrong-use', `${text} is a secret`, SECRET_NEXT);
  return { path, value: asValue(given === '-' ? await typed(text, io) : given, setting) };
}

async function typed(text: string, io: CliIo): Promise<string> {
  const value = io.prompt ? await io.prompt(`${text}: `, io.interrupted) : (await io.readInput()).trim();
  if (value !== undefined && value !== '') return value;
  throw new CliError('wrong-use', `there is no value for ${text}`, 'Type it, or pipe it in.');
}

/** A text stays one where a text is wanted; all else is JSON, and what is none is left for the schema to refuse. */
function asValue(text: string, setting: Setting | undefined): unknown {
  const json = parseJson(text);
  const number = typeof json === 'number' && setting?.allowed.includes('number');
  return typeof setting?.example === 'string' && !number ? text : (json ?? text);
}
