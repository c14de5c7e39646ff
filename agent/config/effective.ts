import type { ParametersContent } from '../../clearing/contract/index.ts';
import { present } from '../present.ts';
import { type OfflinePolicy, policyUnder } from '../risk/policy.ts';
import { type ConfigRead, describeSource } from './read-config.ts';
import { type Config, settingsOf } from './schema.ts';
import { isObject, pathText, type SettingPath, valueAt } from './setting-path.ts';
import { type Setting, settings } from './settings.ts';

/** A setting as it holds. */
export interface EffectiveSetting {
  readonly path: string;
  /** A secret is `[secret]`; absent: not set. */
  readonly value?: unknown;
  /** `default`: nobody has set it. `parameters`: the signed parameters of the centre are stricter. */
  readonly source: 'default' | 'file' | 'environment' | 'parameters';
  /** The file with its line, the variable, or the version of the parameters. */
  readonly from?: string;
  /** What holds where nothing is set, in words. */
  readonly absent?: string;
}

/** Of the signed parameters what bears upon the settings. */
export type Scheme = Pick<ParametersContent, 'offlineRisk'> & { readonly version: number };

type Read = Extract<ConfigRead, { kind: 'config' }>;

/** Each setting with its value and where that comes from, in the order of the schema. */
export function effectiveSettings({ config, sourceOf }: Read, scheme?: Scheme): EffectiveSetting[] {
  const stricter = schemeValues(config, scheme);
  return settings().flatMap((setting) =>
    pathsOf(setting, config).map((path): EffectiveSetting => {
      const at = pathText(path);
      const own = valueAt(config, path);
      const theirs = stricter.get(at);
      if (theirs !== undefined && theirs !== own)
        return { path: at, value: theirs, source: 'parameters', from: `version ${scheme?.version}` };
      const source = sourceOf(path);
      const kind: EffectiveSetting['source'] = source?.kind ?? 'default';
      return present({
        path: at,
        value: own !== undefined && setting.secret ? '[secret]' : own,
        source: kind,
        from: source && describeSource(source),
        absent: own === undefined ? setting.absent : undefined,
      });
    }),
  );
}

/** Where the values of a setting stand; none for what belongs to a kind that was not chosen. */
function pathsOf({ path, ofKind }: Setting, config: Config): SettingPath[] {
  const names = path.split('.');
  const open = names.indexOf('*');
  if (open >= 0) {
    const chosen = valueAt(config, names.slice(0, open));
    return isObject(chosen) ? Object.keys(chosen).map((name) => names.with(open, name)) : [];
  }
  return ofKind && valueAt(config, names) === undefined ? [] : [names];
}

/** Which bound of the policy is which setting. */
const BOUNDS: Readonly<Record<string, (policy: OfflinePolicy) => number | undefined>> = {
  'offline.maxUnacknowledgedSumMinor': ({ maxUnacknowledgedSum }) => maxUnacknowledgedSum,
  'offline.maxUnacknowledgedCount': ({ maxUnacknowledgedCount }) => maxUnacknowledgedCount,
  'offline.maxUnacknowledgedAgeS': ({ maxUnacknowledgedAgeS }) => maxUnacknowledgedAgeS,
  'offline.terminal.dayCount': ({ terminalDay }) => terminalDay.count,
  'offline.terminal.daySumMinor': ({ terminalDay }) => terminalDay.sum,
  'offline.card.dayCount': ({ cardDay }) => cardDay.count,
  'offline.card.daySumMinor': ({ cardDay }) => cardDay.sum,
  'offline.cardIntervalS': ({ cardIntervalS }) => cardIntervalS,
  'offline.deferral.amountMinor': ({ deferral }) => deferral?.amount,
  'offline.deferral.count': ({ deferral }) => deferral?.count,
  'offline.deferral.sumMinor': ({ deferral }) => deferral?.sum,
};

/** The bounds as they hold under the signed parameters. */
function schemeValues(config: Config, scheme: Scheme | undefined): ReadonlyMap<string, number | undefined> {
  if (scheme === undefined) return new Map();
  const policy = policyUnder(settingsOf(config).offline, scheme.offlineRisk);
  return new Map(Object.entries(BOUNDS).map(([path, bound]) => [path, bound(policy)]));
}
