import { describe, expect, it } from 'vitest';
import type { Ran } from './machine.ts';
import { judgeNative, judgeNode } from './software.ts';
import { ended } from './test-machine.ts';

it.each([
  ['v20.19.0', 'ok'],
  ['v20.20.2', 'ok'],
  ['v22.1.0', 'ok'],
  ['v20.18.9', 'fail'],
  ['v18.20.0', 'fail'],
])('Node %s: %s', (version, level) => expect(judgeNode(version).level).toBe(level));

describe('a native module', () => {
  const other = ended(
    '',
    1,
    "node:internal\nError: The module 'x.node' was compiled against a different Node.js version\n  at y",
  );
  const crash: Ran = { kind: 'killed', signal: 'SIGSEGV', err: '' };
  it.each([
    [ended('SQLite 3.53.0\n'), undefined, 'ok', 'SQLite 3.53.0'],
    [other, undefined, 'fail', 'compiled against a different'],
    [crash, undefined, 'fail', 'crashes the process (SIGSEGV)'],
    [crash, 'a token', 'warn', 'only a token needs it'],
    [{ kind: 'late' }, undefined, 'unknown', 'in time'],
    [{ kind: 'missing' }, undefined, 'unknown', 'no process'],
  ] as const)('%j, needed by %s: %s', (ran, optional, level, what) => {
    const finding = judgeNative({ name: 'better-sqlite3', ...(optional !== undefined && { optional }) }, ran);
    expect(finding).toMatchObject({ level, what: expect.stringContaining(what) });
  });
});
