import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const NO_IMPORT = 'noRestrictedImports';

/** Files planted in a copy of the house: where they stand, what they import, and the rule that must catch them. */
const PLANTED = [
  ['emv/kernel/planted.ts', '../../agent/risk/index.ts', NO_IMPORT],
  ['emv/kernel/planted-type.ts', '../../drivers/ports.ts', NO_IMPORT],
  ['emv/kernel/planted-builtin.ts', 'node:crypto', NO_IMPORT],
  ['emv/kernel/planted-scoped.ts', '@fastify/static', NO_IMPORT],
  ['emv/crypto/planted.ts', 'node:fs', NO_IMPORT],
  ['emv/crypto/planted.test.ts', '../../test-fixtures/card/index.ts', NO_IMPORT],
  ['drivers/pcsc/planted.ts', '../../emv/kernel/requests.ts', NO_IMPORT],
  ['drivers/pcsc/planted-queue.ts', '../../offline-queue/index.ts', NO_IMPORT],
  ['clearing/contract/planted.ts', '../host/index.ts', NO_IMPORT],
  ['clearing/contract/planted-kernel.ts', '../../emv/kernel/outcome.ts', NO_IMPORT],
  ['clearing/host/planted.ts', '../../agent/compose.ts', NO_IMPORT],
  ['offline-queue/planted.ts', '../emv/kernel/intent.ts', NO_IMPORT],
  ['offline-queue/planted-contract.ts', '../clearing/contract/index.ts', NO_IMPORT],
  ['agent/planted.ts', '../test-fixtures/card/index.ts', NO_IMPORT],
  ['agent/payment/planted.ts', '../../clearing/host/index.ts', NO_IMPORT],
] as const;

const ALLOWED = [
  ['emv/crypto/allowed.ts', 'node:crypto'],
  ['drivers/pcsc/allowed.ts', '../../emv/values/index.ts'],
  ['clearing/contract/allowed.ts', '../../emv/crypto/index.ts'],
  ['offline-queue/allowed.ts', '../clearing/contract/record/index.ts'],
  ['agent/allowed.ts', '../clearing/contract/index.ts'],
  ['test-fixtures/allowed.ts', '../agent/compose.ts'],
] as const;

let house: string;
let report: string;

const plant = (file: string, specifier: string): void => {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), `import { something } from '${specifier}';\n\nconsole.log(something);\n`);
};

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'jdpos-house-'));
  const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  writeFileSync(join(house, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  for (const [file, specifier] of [...PLANTED, ...ALLOWED]) plant(file, specifier);
  plant('agent/ring-a.ts', './ring-b.ts');
  plant('agent/ring-b.ts', './ring-a.ts');
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--max-diagnostics=200', '--reporter=json', '.'];
  report = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

/** Rules that the linter named for a file. */
function rulesFor(file: string): string[] {
  const { diagnostics } = JSON.parse(report) as { diagnostics: { category: string; location: { path: unknown } }[] };
  return diagnostics
    .filter(({ location }) => JSON.stringify(location.path ?? '').includes(file))
    .map(({ category }) => category);
}

describe('import bounds of the house', () => {
  it.each(PLANTED)('%s may not import %s', (file, _specifier, rule) => {
    expect(rulesFor(file).some((category) => category.endsWith(rule))).toBe(true);
  });

  it.each(ALLOWED)('%s may import %s', (file) => {
    expect(rulesFor(file).filter((category) => category.endsWith(NO_IMPORT))).toEqual([]);
  });

  it('a ring of imports is found', () => {
    expect(rulesFor('agent/ring-a.ts').some((category) => category.endsWith('noImportCycles'))).toBe(true);
  });
});
