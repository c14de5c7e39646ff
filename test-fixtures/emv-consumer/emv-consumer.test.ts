import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/emv.md'), 'utf8');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** A block of the page, by what stands behind its fence. */
const block = (kind: string): string => PAGE.split(`\`\`\`${kind}\n`)[1]?.split('```')[0] ?? '';

/** As a project that has just begun would have them: strict, and no more. */
const SETTINGS = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    types: ['node'],
    outDir: 'out',
  },
  files: ['example.ts'],
};

let project: string;

const run = (words: readonly string[]) => spawnSync(process.execPath, words, { cwd: project, encoding: 'utf8' });

beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist/emv/index.d.ts'))) throw new Error('nothing is built: npm run build');
  project = mkdtempSync(join(tmpdir(), 'jdpos-consumer-'));
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(project, 'node_modules/jdpos'));
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'));
  symlinkSync(join(ROOT, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'));
  for (const file of ['offline-payment.json', 'test-ca-keys.json']) {
    copyFileSync(join(ROOT, 'docs/examples', file), join(project, file));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(SETTINGS));
  writeFileSync(join(project, 'example.ts'), block('ts example.ts'));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('a project of its own that uses jdpos/emv', () => {
  it('compiles and runs the example of docs/emv.md, which prints what the page says', () => {
    const compiled = run([TSC, '-p', '.']);
    expect(compiled.stdout).toBe('');
    const ran = run(['out/example.js']);
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toBe(block('text'));
    expect(ran.stdout).toContain('approved');
  });

  it('gets types: a mistake does not compile', () => {
    writeFileSync(
      join(project, 'mistake.ts'),
      "import { fen } from 'jdpos/emv';\nexport const wrong: string = fen(1);\n",
    );
    const { stdout, status } = run([
      TSC,
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      'mistake.ts',
      '--ignoreConfig',
    ]);
    expect(status).not.toBe(0);
    expect(stdout).toContain("is not assignable to type 'string'");
  });

  it('is shown nothing else of this package', () => {
    writeFileSync(join(project, 'inside.js'), "import 'jdpos/emv/kernel/purchase.js';\n");
    expect(run(['inside.js']).stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    writeFileSync(
      join(project, 'names.js'),
      "import * as emv from 'jdpos/emv';\nconsole.log(Object.keys(emv).join(' '));\n",
    );
    const names = run(['names.js']).stdout.trim().split(' ');
    const told = [...(PAGE.split('| for | take |')[1]?.split('\n\n')[0] ?? '').matchAll(/`([a-zA-Z]+)`/g)].map(
      ([, name]) => name,
    );
    expect(told.length).toBeGreaterThan(30);
    for (const name of told) expect(names).toContain(name);
  });
});
