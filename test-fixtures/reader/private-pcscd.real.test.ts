import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cannotTest } from '../missing-parts.ts';
import { missingForVirtualReader, privatePcscd } from './private-pcscd.ts';

const skipped = cannotTest('a private pcscd', missingForVirtualReader());

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jdpos-pcscd-'));
  chmodSync(dir, 0o711);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const pidIn = (folder: string): number => Number(readFileSync(join(folder, 'pcscd.pid'), 'utf8'));

function isRunning(pid: number): boolean {
  try {
    // A process that has ended and is not waited for yet has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe.skipIf(skipped)('a private pcscd', () => {
  it('runs beside another one, stops, and takes its socket away', async () => {
    const [one, two] = [await privatePcscd({ dir: join(dir, '1') }), await privatePcscd({ dir: join(dir, '2') })];
    await one.start();
    await two.start();
    expect([one.isRunning, two.isRunning]).toEqual([true, true]);
    const pids = [pidIn(join(dir, '1')), pidIn(join(dir, '2'))];
    expect(pids.map(isRunning)).toEqual([true, true]);
    await one.stop();
    await two.stop();
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(existsSync(one.socketPath)).toBe(false);
  });

  it('starts once, however often it is told to, and again after a crash', async () => {
    const pcscd = await privatePcscd({ dir });
    await Promise.all([pcscd.start(), pcscd.start()]);
    const pid = pidIn(dir);
    expect(isRunning(pid)).toBe(true);
    await pcscd.kill();
    expect([pcscd.isRunning, isRunning(pid)]).toEqual([false, false]);
    await pcscd.start();
    expect([pcscd.isRunning, pidIn(dir) === pid]).toEqual([true, false]);
    await pcscd.stop();
  });

  it('ends the one that a killed run has left in its folder', async () => {
    const left = await privatePcscd({ dir });
    await left.start();
    const pid = pidIn(dir);
    const next = await privatePcscd({ dir });
    expect(isRunning(pid)).toBe(false);
    await next.start();
    await next.stop();
  });

  it('leaves a process alone that only has the pid', async () => {
    writeFileSync(join(dir, 'pcscd.pid'), String(process.pid));
    await privatePcscd({ dir });
    expect(existsSync(join(dir, 'pcscd.pid'))).toBe(false);
  });

  it('says so when another has its port', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, () => resolve((holder.address() as { port: number }).port));
    });
    const pcscd = await privatePcscd({ dir, port });
    await expect(pcscd.start()).rejects.toThrow(`port ${port}`);
    expect(pcscd.isRunning).toBe(false);
    await new Promise((resolve) => holder.close(resolve));
  });

  it.runIf(process.getuid?.() === 0)('says why it does not start', async () => {
    const pcscd = await privatePcscd({ dir });
    chmodSync(dir, 0o700);
    await expect(pcscd.start()).rejects.toThrow(/pcscd ended: .*Permission denied/s);
    await pcscd.stop();
  });
});
