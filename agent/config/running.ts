import type { AgentSettings } from '../agent-settings.ts';
import { changesBetween } from './changes.ts';
import type { Loaded } from './config-file.ts';
import { type EffectiveSetting, effectiveSettings, type Scheme } from './effective.ts';
import type { ConfigProblem, ConfigRead } from './read-config.ts';
import { type Config, settingsOf } from './schema.ts';
import { parsePath, pathText, valueAt, withoutValue, withValue } from './setting-path.ts';

type Read = Extract<ConfigRead, { kind: 'config' }>;

/** What came of reading the settings anew. */
export type Reloaded =
  | {
      readonly kind: 'reloaded';
      /** What differs from what holds; `needs-restart` is told again until it is restarted. */
      readonly changes: readonly { readonly path: string; readonly effect: 'applied' | 'needs-restart' }[];
    }
  /** Nothing has changed. */
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The settings of a daemon that runs. */
export interface RunningConfiguration {
  /** Each setting as it holds now. */
  effective(scheme?: Scheme): readonly EffectiveSetting[];
  /** Reads file and environment anew. @param apply takes over what may change at once */
  reload(apply: (settings: AgentSettings) => void): Reloaded;
}

/**
 * @param started what the daemon was started with
 * @param load reads it again; what it throws counts as invalid
 * @param applied called after a change that holds
 */
export function runningConfiguration(
  started: Read,
  load: () => Loaded,
  applied: (config: Config) => void,
): RunningConfiguration {
  let held = started;

  const take = (next: Extract<Loaded, { kind: 'config' }>, apply: (settings: AgentSettings) => void): Reloaded => {
    const changes = changesBetween(held.config, next.config);
    const waiting = new Set(changes.filter(({ holds }) => holds === 'restart').map(({ path }) => path));
    const config = changes.reduce<unknown>((merged, { path }) => {
      const names = parsePath(path) ?? [];
      const value = valueAt(next.config, names);
      if (waiting.has(path)) return merged;
      return value === undefined ? withoutValue(merged, names) : withValue(merged, names, value);
    }, held.config) as Config;
    const before = held;
    held = {
      kind: 'config',
      config,
      sourceOf: (path) => (waiting.has(pathText(path)) ? before : next).sourceOf(path),
    };
    if (changes.length > waiting.size) {
      apply(settingsOf(config, next.pem));
      applied(config);
    }
    return {
      kind: 'reloaded',
      changes: changes.map(({ path }) => ({ path, effect: waiting.has(path) ? 'needs-restart' : 'applied' })),
    };
  };

  return {
    effective: (scheme) => effectiveSettings(held, scheme),
    reload(apply) {
      const next = loadedBy(load);
      return next.kind === 'config' ? take(next, apply) : next;
    },
  };
}

function loadedBy(load: () => Loaded): Loaded {
  try {
    return load();
  } catch (error) {
    return { kind: 'invalid', problems: [{ at: '', message: error instanceof Error ? error.message : String(error) }] };
  }
}
