import { type Config, configSchema } from './schema.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** Where: `clearing.url`, or the environment variable that set it. */
  readonly at: string;
  readonly message: string;
}

export type ConfigRead =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

interface Override {
  readonly variable: string;
  readonly path: readonly string[];
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

/**
 * Reads the configuration; whatever is wrong with it is told at once.
 * @param file what the settings file holds as JSON; an empty object when there is none
 */
export function readConfig(file: unknown, environment: Environment): ConfigRead {
  const set = OVERRIDES.filter(({ variable }) => environment[variable] !== undefined);
  const merged = set.reduce(
    (config, { variable, path, read }) => withValue(config, path, read(environment[variable] ?? '')),
    file,
  );
  const parsed = configSchema.safeParse(merged);
  if (parsed.success) return { kind: 'config', config: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => {
    const at = path.join('.');
    return { at: set.find((override) => override.path.join('.') === at)?.variable ?? at, message };
  });
  return { kind: 'invalid', problems };
}

/** A copy with one value set. What stands in the way of the path and is no object is left for the schema to refuse. */
function withValue(config: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (config === undefined) return { [name]: withValue(undefined, rest, value) };
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const fields = config as Readonly<Record<string, unknown>>;
  return { ...fields, [name]: withValue(fields[name], rest, value) };
}
