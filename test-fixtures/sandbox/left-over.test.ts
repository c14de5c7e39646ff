import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftOvers } from './left-over.ts';

let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'jdpos-run-'));
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

describe('an earlier run in the same state folder', () => {
  it('is ended, supervisor first, also when that takes the others and their files away', async () => {
    const files = { agent: join(runDir, 'agent.pid'), supervisor: join(runDir, 'supervisor.pid') };
    const program = `
      const { rmSync } = require('node:fs');
      process.on('SIGTERM', () => { rmSync(${JSON.stringify(files.agent)}); process.exit(); });
      process.stdout.write('up');
      setInterval(() => {}, 1000);`;
    const supervisor = spawn(process.execPath, ['-e', program, runDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(supervisor, 'exit');
    await once(supervisor.stdout, 'data');
    writeFileSync(files.supervisor, String(supervisor.pid));
    // None of ours: its file alone is looked at.
    writeFileSync(files.agent, '1');
    const said: string[] = [];
    await endLeftOvers(runDir, runDir, (line) => said.push(line));
    await ended;
    expect(said).toEqual([`ending the supervisor process of an earlier run (pid ${supervisor.pid})`]);
    expect(readdirSync(runDir)).toEqual([]);
  });
});
