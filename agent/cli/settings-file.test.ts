import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configPath } from '../config/config-file.ts';
import { readSettingsFile, replaceSettingsFile } from './settings-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-settings-'));
  file = join(folder, 'config.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a file that somebody else has changed meanwhile is left as it is', () => {
  writeFileSync(file, 'theirs');
  expect(() => replaceSettingsFile(file, 'mine', 'before')).toThrow('somebody else has changed');
  expect(() => replaceSettingsFile(file, 'mine', undefined)).toThrow('somebody else has changed');
  expect(readFileSync(file, 'utf8')).toBe('theirs');
  expect(readdirSync(folder)).toEqual(['config.json']);
});

it('mode, owner and group stay', () => {
  writeFileSync(file, 'before', { mode: 0o600 });
  // Only root may give a file away.
  if (process.getuid?.() === 0) chownSync(file, 1234, 2345);
  const { uid, gid } = statSync(file);
  replaceSettingsFile(file, 'after', 'before');
  expect(readSettingsFile(file)).toBe('after');
  expect(statSync(file)).toMatchObject({ uid, gid });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('the settings are where it is said, else where the environment says, else in the usual place', () => {
  writeFileSync(file, '{}');
  const environment = { JDPOS_CONFIG: '/srv/other.json' };
  expect(configPath('/given.json', environment, file)).toBe('/given.json');
  expect(configPath(undefined, environment, file)).toBe('/srv/other.json');
  expect(configPath(undefined, {}, file)).toBe(file);
  expect(configPath(undefined, {}, join(folder, 'nowhere.json'))).toBeUndefined();
});
