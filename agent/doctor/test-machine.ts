import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readConfig } from '../config/read-config.ts';
import type { Machine, Ran, Subject } from './machine.ts';
import { thisMachine } from './this-machine.ts';

/** Nothing here can end as that. */
const NOT_RUN: Ran = { kind: 'missing' };

/**
 * A machine whose files are those of a planted tree, and whose programs are canned; nothing of the real one is seen.
 * @param files text by path from the root
 * @param programs what comes of a program, by its name
 */
export function plantedMachine(
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, Ran>> = {},
): Machine & { readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'jdpos-doctor-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    ...thisMachine({}, { root, now: () => Date.parse('2026-11-26T12:00:00Z') }),
    uid: 1000,
    run: async (program) => programs[program] ?? NOT_RUN,
    connect: async () => 'ENOENT',
    askHost: async () => ({ error: 'ENOTFOUND' }),
    syncTimes: async () => [1, 2, 3],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A terminal with the least settings, and whatever else is given. */
export function subjectWith(more: object = {}): Subject {
  const least = { stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' } };
  const read = readConfig({ ...least, ...more }, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  return { own: ['jdpos'], configPath: '/etc/jdpos/config.json', settings: { ...read, pem: {} } };
}

export const ended = (out: string, code = 0, err = ''): Ran => ({ kind: 'ended', code, out, err });
