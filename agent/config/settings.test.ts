import { describe, expect, it } from 'vitest';
import { leavesOfConfig } from './leaves.ts';
import { configSchema } from './schema.ts';
import { withValue } from './setting-path.ts';
import { fits, SETTING_ROWS, settings } from './settings.ts';

const LEAST = { stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' } };

describe('the table of settings', () => {
  it('says of every key of the schema what it means', () => {
    const paths = leavesOfConfig().map(({ path }) => path.split('.'));
    const unknown = paths.filter((path) => !SETTING_ROWS.some((row) => fits(row.path.split('.'), path)));
    expect(unknown).toEqual([]);
  });

  it('has no row for what the schema does not know', () => {
    const paths = leavesOfConfig().map(({ path }) => path.split('.'));
    const rows = SETTING_ROWS.filter((row) => !paths.some((path) => fits(row.path.split('.'), path)));
    expect(rows.map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ['register.port', 'a whole number from 0 to 65535', 7400],
    ['log.level', '"fatal" or "error" or "warn" or "info" or "debug" or "silent"', 'info'],
    ['acceptTestKeys', 'true or false', false],
    ['keyStore.place.kind', '"file" or "credential" or "pkcs11"', 'file'],
    ['clearing.enrolmentCode', '6 to 64 letters, digits or hyphens', undefined],
    ['readers.roles.*', '"contactless" or "contact" or "sam"', undefined],
  ])('%s: %s', (path, allowed, byDefault) => {
    const found = settings().find((setting) => setting.path === path);
    expect(found).toMatchObject({ allowed });
    expect(found?.byDefault).toEqual(byDefault);
  });

  it('gives as defaults what the schema gives', () => {
    const parsed = configSchema.parse(LEAST);
    const given = settings().filter(({ byDefault }) => byDefault !== undefined);
    const wrong = given.filter(({ path, byDefault }) => {
      const value = path.split('.').reduce<unknown>((inner, name) => Object(inner)[name], parsed);
      return value !== undefined && value !== byDefault;
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(given.length).toBeGreaterThan(30);
  });

  it('gives examples that the schema takes', () => {
    const plain = settings().filter(
      ({ path }) => !/^(keyStore|devices|readers|central\.tls|offline\.deferral|log\.file)/.test(path),
    );
    for (const { path, example } of plain)
      expect(configSchema.safeParse(withValue(LEAST, path.split('.'), example)).error, path).toBeUndefined();
  });
});
