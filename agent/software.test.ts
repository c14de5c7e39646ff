import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BUILT_AT, SOFTWARE } from './software.ts';

it('has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  expect(SOFTWARE).toBe(`jdpos/${version}`);
});

it('was built before now', () => {
  expect(Number.isSafeInteger(BUILT_AT)).toBe(true);
  expect(BUILT_AT).toBeLessThanOrEqual(Date.now());
});
