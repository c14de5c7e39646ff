import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { cli } from './test-terminal.ts';

describe('jdpos', () => {
  it.each<[string[], number]>([
    [['--help'], 0],
    [['--version'], 0],
    [['help', 'queue'], 0],
    [['queue', 'list', '--help'], 0],
    [[], 2],
    [['queue'], 2],
    [['nosuch'], 2],
    [['queue', 'nosuch'], 2],
    [['status', 'extra'], 2],
    [['status', '--nosuch'], 2],
    [['pay'], 2],
    [['pay', '-5'], 2],
    [['pay', '1.234'], 2],
    [['pay', '0'], 2],
    [['queue', 'list', '--limit', '0'], 2],
    [['queue', 'show', '7'], 2],
    [['queue', 'list', '--state-dir', 'a', '--config', 'b'], 2],
    [['decode', 'tlv', 'xyz'], 2],
    [['decode', 'tvr', '123'], 2],
    [['decode', 'nosuch', '12'], 2],
    [['status', '--url', 'nowhere'], 2],
    [['run'], 2],
  ])('%j exits with %i', async (words, exitCode) => {
    expect((await cli(words)).exitCode).toBe(exitCode);
  });

  it('takes --json before the command and after it', async () => {
    const before = await cli(['--json', 'decode', 'tlv', '9F3602000A']);
    expect(JSON.parse(before.out.join('\n'))).toHaveLength(1);
    expect(await cli(['decode', '--json', 'tlv', '9F3602000A'])).toEqual(before);
    expect(await cli(['decode', 'tlv', '9F3602000A', '--json'])).toEqual(before);
  });

  it('says what is wrong and what to do next, in JSON where that is asked for', async () => {
    const text = await cli(['status', '--url', 'http://127.0.0.1:1']);
    expect(text).toMatchObject({ exitCode: 1, out: [] });
    expect(text.err).toEqual([
      'jdpos: no daemon answers at http://127.0.0.1:1. Start it with `jdpos run` (`npm start` for the sandbox), or say where it is with --url.',
    ]);
    const json = await cli(['pay', '--json']);
    expect(json.err.map((line) => JSON.parse(line))).toEqual([
      {
        error: {
          code: 'wrong-use',
          message: "missing required argument 'amount'",
          next: 'Run the command with --help for its use.',
        },
      },
    ]);
  });

  it('names every problem of a configuration', async () => {
    const { err } = await cli(['run']);
    expect(err.join()).toMatch(/stateDir: .*clearing: .*--config/);
  });

  it('has a help for every command', async () => {
    for (const { path } of COMMANDS) {
      const { out, exitCode } = await cli([...path.split(' '), '--help']);
      expect(exitCode).toBe(0);
      expect(out.join('\n')).toMatch(new RegExp(`^Usage: jdpos ${path} `));
    }
  });
});

/** Packages that a file imports before anything is called, through whatever it imports itself. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file) || !existsSync(file)) return packages;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, clause = '', specifier = ''] of source.matchAll(/^(?:import|export)\s([^;]*?)\sfrom\s'([^']+)'/gm)) {
    if (/^type\s/.test(clause)) continue;
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const found of packagesOf(join(dirname(file), specifier), seen)) packages.add(found);
  }
  return packages;
}

describe('start-up', () => {
  const here = (file: string): string => join(import.meta.dirname, file);

  it.each([
    'jdpos.cts',
    'main.ts',
    'commands/decode-tlv.ts',
    'commands/decode-dol.ts',
    'commands/decode-value.ts',
    'commands/card-inspect.ts',
    'commands/card-replay.ts',
    'commands/queue-verify.ts',
  ])('%s loads commander at most', (file) => {
    const foreign = [...packagesOf(here(file))].filter((name) => !name.startsWith('node:'));
    expect(foreign.filter((name) => name !== 'commander')).toEqual([]);
  });

  it('the entry imports nothing before it has checked the version of Node', () => {
    expect([...packagesOf(here('jdpos.cts'))]).toEqual([]);
  });

  it('would be seen to load more', () => {
    expect([...packagesOf(here('daemon.ts'))]).toContain('zod');
  });
});
