import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts, ROOT } from './sandbox-under-test.ts';

describe('a second sandbox on the ports of another program', () => {
  let other: Server;
  let stateDir: string;
  beforeEach(() => {
    other = createServer();
    stateDir = mkdtempSync(join(tmpdir(), 'jdpos-scenario-'));
  });
  afterEach(() => {
    other.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it.each([
    ['its page', 0],
    ['the central API', 1],
    ['the centre', 10],
  ])('says in one line that the port of %s is taken, and has started nothing', async (_what, offset) => {
    const port = await freePorts();
    await once(other.listen(port + offset, '127.0.0.1'), 'listening');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/test-fixtures/sandbox/main.js'], {
      cwd: ROOT,
      env: { ...process.env, JDPOS_PORT: String(port), JDPOS_STATE_DIR: stateDir, JDPOS_READER: 'in-process' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const line = `sandbox: port ${port + offset} is taken by another program; choose another than ${port} with JDPOS_PORT (the next and the tenth after it are used too)\n`;
    expect([status, stdout, stderr]).toEqual([1, '', line]);
    expect(readdirSync(join(stateDir, 'run'))).toEqual([]);
  });
});
