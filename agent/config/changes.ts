import type { Config } from './schema.ts';
import { isObject, pathText, type SettingPath, valueAt } from './setting-path.ts';
import { type SettingRow, settingAt, settings } from './settings.ts';

/** A setting whose value differs. */
export interface Change {
  readonly path: string;
  readonly holds: SettingRow['holds'];
}

/** Which settings differ between two configurations, in the order in which they stand there. */
export function changesBetween(before: Config, after: Config): Change[] {
  const all = settings();
  const paths = new Map([...leafPaths(before), ...leafPaths(after)].map((path) => [pathText(path), path] as const));
  return [...paths]
    .filter(([, path]) => valueAt(before, path) !== valueAt(after, path))
    .map(([path, names]) => ({ path, holds: settingAt(all, names)?.holds ?? 'restart' }));
}

function leafPaths(value: unknown, path: SettingPath = []): SettingPath[] {
  if (!isObject(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leafPaths(inner, [...path, name]));
}
