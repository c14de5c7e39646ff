import type { z } from 'zod';
import { clashes } from './clashes.ts';
import type { JsonText } from './json-text.ts';
import { type Config, configSchema } from './schema.ts';
import { isObject, pathText, type SettingPath, valueAt, withValue } from './setting-path.ts';
import { type Setting, settingAt, settings } from './settings.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The setting: `clearing.url`; empty for the whole. */
  readonly at: string;
  /** What is wrong, and what is allowed. */
  readonly message: string;
  /** What would be right, as JSON. */
  readonly example?: string;
  /** Where the value comes from: an environment variable, or the file with its line. */
  readonly from?: string;
}

export type ConfigRead =
  | {
      readonly kind: 'config';
      readonly config: Config;
      /** Where the value of a setting comes from; undefined when from nowhere: its default holds. */
      readonly sourceOf: (path: SettingPath) => Source | undefined;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

export type Source =
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number };

export type Environment = Readonly<Record<string, string | undefined>>;

interface Override {
  readonly variable: string;
  readonly path: SettingPath;
  readonly read: (text: string) => unknown;
}

const asText = (text: string): string => text;
// What is no number stays text, so that the schema says what was expected.
const asNumber = (text: string): unknown => (/^[0-9]{1,9}$/.test(text) ? Number(text) : text);
const asNextNumber = (text: string): unknown => (/^[0-9]{1,9}$/.test(text) ? Number(text) + 1 : text);

/** What the environment may set; it wins over the file. */
const OVERRIDES: readonly Override[] = [
  { variable: 'JDPOS_STATE_DIR', path: ['stateDir'], read: asText },
  { variable: 'JDPOS_CLEARING_URL', path: ['clearing', 'url'], read: asText },
  { variable: 'JDPOS_ENROLMENT_CODE', path: ['clearing', 'enrolmentCode'], read: asText },
  { variable: 'JDPOS_PORT', path: ['register', 'port'], read: asNumber },
  // Design 6: the other ports follow it.
  { variable: 'JDPOS_PORT', path: ['central', 'port'], read: asNextNumber },
  { variable: 'JDPOS_LOG_LEVEL', path: ['log', 'level'], read: asText },
];

/** The name of the settings file and what stands on its lines. */
export interface FileLines {
  readonly file: string;
  readonly lines: Extract<JsonText, { kind: 'json' }>['lines'];
}

/**
 * Reads the configuration; whatever is wrong with it is told at once.
 * @param file what the settings file holds as JSON; an empty object when there is none
 * @param where its name and lines, to say where a value comes from
 */
export function readConfig(file: unknown, environment: Environment, where?: FileLines): ConfigRead {
  const set = OVERRIDES.filter(({ variable }) => environment[variable] !== undefined);
  const merged = set.reduce(
    (config, { variable, path, read }) => withValue(config, path, read(environment[variable] ?? '')),
    file,
  );
  const sourceOf = (path: SettingPath): Source | undefined => {
    const override = set.find((one) => pathText(one.path) === pathText(path));
    if (override !== undefined) return { kind: 'environment', variable: override.variable };
    const line = where?.lines.get(pathText(path));
    return where === undefined || line === undefined ? undefined : { kind: 'file', file: where.file, line };
  };
  const parsed = configSchema.safeParse(merged);
  const all = settings();
  const faults: readonly Fault[] = parsed.success
    ? clashes(parsed.data)
    : parsed.error.issues.flatMap((issue) => faultsOf(issue, merged, all));
  if (parsed.success && faults.length === 0) return { kind: 'config', config: parsed.data, sourceOf };
  const problems = faults.map(({ path, message, example }) => {
    // What is missing is missing where its object stands.
    const source = sourceOf(path) ?? (path.length > 0 ? sourceOf(path.slice(0, -1)) : undefined);
    return {
      at: pathText(path),
      message,
      ...(example !== undefined && { example }),
      ...(source && { from: describeSource(source) }),
    };
  });
  return { kind: 'invalid', problems };
}

export const describeSource = (source: Source): string =>
  source.kind === 'environment' ? source.variable : `${source.file}:${source.line}`;

interface Fault {
  readonly path: SettingPath;
  readonly message: string;
  readonly example?: string;
}

type Issue = z.core.$ZodIssue;

/** What an issue of the schema means to a person. */
function faultsOf(issue: Issue, merged: unknown, all: readonly Setting[]): Fault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownSetting([...path, key], all) }));
  // The name is wrong, and not what stands behind it.
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  const kind =
    issue.code === 'invalid_union' && issue.discriminator !== undefined ? [...path, issue.discriminator] : path;
  const at = settingAt(all, path) ? path : kind;
  const setting = settingAt(all, at);
  const given = valueAt(merged, at);
  if (setting === undefined) return [{ path, message: messageOf(issue, given, below(path, all)) }];
  const example = JSON.stringify(setting.example);
  const expected = issue.code === 'custom' ? issue.message : `expected ${setting.allowed}`;
  return [{ path: at, message: `${expected}${butGiven(given, setting)}`, example }];
}

/** The settings that may stand in a part. */
const below = (path: SettingPath, all: readonly Setting[]): string[] =>
  all.map((setting) => setting.path).filter((known) => known.startsWith(`${path.join('.')}.`));

function messageOf(issue: Issue, given: unknown, within: readonly string[]): string {
  if (issue.code === 'invalid_union' && within.length > 0) return `expected ${within.join(' or ')}`;
  if (issue.code !== 'invalid_type') return issue.message;
  const expected = issue.expected === 'object' ? 'an object in braces' : issue.expected;
  return `expected ${expected}${given === undefined ? ', and there is none' : ''}`;
}

const LONGEST = 60;

/** A secret is not repeated, nor what may stand before the name of a host. */
function butGiven(given: unknown, { secret }: Setting): string {
  if (given === undefined) return ', and there is none';
  const text = JSON.stringify(given);
  if (secret || isObject(given) || text.length > LONGEST) return '';
  return `, not ${text.replace(/\/\/.*@/, '//[secret]@')}`;
}

/** A name that is nearly right is told. */
function unknownSetting(path: SettingPath, all: readonly Setting[]): string {
  const wanted = (path.at(-1) ?? '').toLowerCase();
  const near = all.find(({ path: known }) => known.toLowerCase().split('.').includes(wanted));
  return near === undefined ? 'there is no such setting' : `there is no such setting here; ${near.path} is one`;
}
