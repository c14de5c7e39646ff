import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../test-terminal.ts';
import { describe as lines } from './doctor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (settings: object): string => {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(settings));
  return path;
};
const RIGHT = { stateDir: '/var/lib/jdpos-test', clearing: { url: 'https://clearing.example' } };

describe('doctor', () => {
  it('says in words what is well and what is not, and what to do', () => {
    expect(
      lines([
        { id: 'a.one', level: 'ok', what: 'all is well' },
        { id: 'a.two', level: 'fail', what: 'it is broken', cause: 'it fell', remedy: 'glue it' },
        { id: 'a.three', level: 'unknown', what: 'nobody\u001b[2J knows' },
      ]),
    ).toEqual([
      'ok    a.one                 all is well',
      'FAIL  a.two                 it is broken',
      '                            why: it fell',
      '                            do:  glue it',
      '??    a.three               nobody\uFFFD[2J knows',
      '',
      '1 ok, 0 to look after, 1 wrong, 1 not known',
    ]);
  });

  it('exits with 1 when anything is wrong, with 0 when it is to be looked after', async () => {
    const well = await cli(['doctor', 'settings', '--json', '--config', config({ ...RIGHT, acceptTestKeys: true })]);
    expect([
      well.exitCode,
      JSON.parse(well.out[0] ?? '').findings.map(({ level }: { level: string }) => level),
    ]).toEqual([0, ['ok', 'warn']]);
    const wrong = await cli(['doctor', 'settings', '--config', config({ ...RIGHT, typo: 1 })]);
    expect([wrong.exitCode, wrong.out[0]]).toEqual([1, 'FAIL  settings.file         typo: there is no such setting']);
  });

  it.each([['/nonexistent/config.json'], [tmpdir()]])(
    'a settings file that cannot be read (%s) is a finding',
    async (path) => {
      expect(await cli(['doctor', 'settings', '--config', path])).toMatchObject({ exitCode: 1, err: [] });
    },
  );

  it('refuses a group that there is not', async () => {
    const { exitCode, err } = await cli(['doctor', 'weather']);
    expect([exitCode, err[0]]).toEqual([2, expect.stringContaining('software, settings, readers')]);
    expect((await cli(['doctor', 'constructor'])).exitCode).toBe(2);
  });

  it('looks again until it is interrupted', async () => {
    const interrupt = new AbortController();
    let rounds = 0;
    const { exitCode } = await cli(['doctor', 'settings', '--watch', '--config', config(RIGHT)], {
      interrupted: interrupt.signal,
      sleep: async () => {
        rounds += 1;
        if (rounds === 2) interrupt.abort();
      },
    });
    expect([exitCode, rounds]).toEqual([0, 2]);
  });
});
