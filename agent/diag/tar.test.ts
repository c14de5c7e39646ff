import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tarArchive } from './tar.ts';

it('is what tar unpacks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-tar-'));
  try {
    const files = [
      { name: 'diag/a.txt', bytes: new TextEncoder().encode('hello') },
      { name: 'diag/empty', bytes: new Uint8Array() },
      { name: `diag/${'n'.repeat(95)}`, bytes: new Uint8Array(1_024).fill(7) },
      { name: 'diag/b', bytes: new Uint8Array(513).fill(8) },
    ];
    writeFileSync(join(folder, 'a.tar'), tarArchive(files, 1_700_000_000));
    const { status, stdout, stderr } = spawnSync('tar', ['-xvf', 'a.tar'], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual(files.map(({ name }) => name));
    for (const { name, bytes } of files) expect(Uint8Array.from(readFileSync(join(folder, name)))).toEqual(bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each(['with blank', 'x'.repeat(101), '中'])('takes no name such as %s', (name) => {
  expect(() => tarArchive([{ name, bytes: new Uint8Array() }], 0)).toThrow(RangeError);
});
