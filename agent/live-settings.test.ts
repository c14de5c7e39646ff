import { describe, expect, it } from 'vitest';
import { changesBetween } from './config/changes.ts';
import { configSchema, settingsOf } from './config/schema.ts';
import { withValue } from './config/setting-path.ts';
import { settings } from './config/settings.ts';
import { liveSettings } from './live-settings.ts';

const LEAST = { stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' } };
const DEFERRAL = { amountMinor: 1, count: 1, sumMinor: 1 };
const STARTED = configSchema.parse({ ...LEAST, offline: { deferral: DEFERRAL } });

/** Another value of the same kind that the schema takes as well. */
const OTHER: Readonly<Record<string, unknown>> = { 'log.level': 'debug' };
const changed = (path: string) => {
  const names = path.split('.');
  const value = names.reduce<unknown>((inner, name) => Object(inner)[name], STARTED);
  return configSchema.parse(withValue(STARTED, names, OTHER[path] ?? Number(value) + 1));
};

const AT_ONCE = settings().filter(({ holds }) => holds === 'at-once');

describe('settings that hold at once', () => {
  it.each(AT_ONCE.filter(({ path }) => path !== 'log.level').map(({ path }) => path))(
    '%s reaches who was given its part before',
    (path) => {
      const next = changed(path);
      expect(changesBetween(STARTED, next)).toEqual([{ path, holds: 'at-once' }]);
      const live = liveSettings(settingsOf(STARTED));
      const { payment, offline, archive, sync } = live.settings;
      const { backOff, seal } = sync;
      live.apply(settingsOf(next));
      expect({ payment, offline, archive, sync: { ...sync, backOff, seal } }).toEqual(
        (({ payment, offline, archive, sync }) => ({ payment, offline, archive, sync }))(settingsOf(next)),
      );
    },
  );

  it('what is taken out of the settings is gone', () => {
    const live = liveSettings(settingsOf(STARTED));
    const { offline } = live.settings;
    live.apply(settingsOf(configSchema.parse(LEAST)));
    expect('deferral' in offline).toBe(false);
  });

  it('what needs a restart stays as it was', () => {
    const given = settingsOf(STARTED);
    const live = liveSettings(given);
    const more = { register: { port: 1 }, timeZone: 'UTC', sync: { requestTimeoutMs: 200, releaseDelayMs: 7 } };
    live.apply(settingsOf(configSchema.parse({ ...LEAST, ...more, offline: { deferral: DEFERRAL } })));
    expect(live.settings).toEqual(given);
  });
});
