import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ServiceManager, serviceManager } from './service-manager.ts';

const missing = (['systemd-notify', 'python3'] as const).filter(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined,
);
for (const name of missing) {
  if (process.env['CI'] === 'true') throw new Error(`missing: ${name}`);
  console.warn(`skipped: without ${name} nothing is said to a service manager`);
}

/** A datagram socket of the file system that prints what it gets, as the manager's own. */
const RECEIVER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    print(s.recv(4096).decode().replace('\\n', ' '), flush=True)
`;
const WAIT = { timeout: 30_000, interval: 10 };
const PID = 4711;

describe.skipIf(missing.length > 0)('what the service manager is told', () => {
  let folder: string;
  let socket: string;
  let receiver: ChildProcess;
  let heard: string[];
  let manager: ServiceManager;
  let failures: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-notify-'));
    socket = join(folder, 'notify');
    heard = [];
    failures = [];
    receiver = spawn('python3', ['-c', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.on('data', (chunk: Buffer) => heard.push(...chunk.toString().split('\n').filter(Boolean)));
    await vi.waitFor(() => expect(heard).toContain('listening'), WAIT);
  });
  afterEach(() => {
    manager.close();
    receiver.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (environment: Record<string, string>): void => {
    manager = serviceManager({
      environment: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket, ...environment },
      pid: PID,
      failed: (why) => failures.push(why),
    });
  };
  const isHeard = (text: string) =>
    vi.waitFor(() => expect(heard.some((line) => line.includes(text))).toBe(true), WAIT);
  const signs = (): number => heard.filter((line) => line.includes('WATCHDOG=1')).length;

  it('that it is ready, that it lives, and that it ends', async () => {
    open({ WATCHDOG_USEC: '200000', WATCHDOG_PID: String(PID) });
    manager.ready();
    await isHeard('READY=1');
    await isHeard(`MAINPID=${PID}`);
    await vi.waitFor(() => expect(signs()).toBeGreaterThan(2), WAIT);
    manager.stopping();
    await isHeard('STOPPING=1');
    expect(failures).toEqual([]);
  });

  it.each([
    ['no watchdog is set', {}],
    ['it waits for another process', { WATCHDOG_USEC: '20000', WATCHDOG_PID: '1' }],
    ['the time is none', { WATCHDOG_USEC: 'soon' }],
  ])('nothing of its life where %s', async (_, environment) => {
    open(environment);
    manager.ready();
    await isHeard('READY=1');
    manager.stopping();
    await isHeard('STOPPING=1');
    expect(signs()).toBe(0);
  });

  it('a manager that does not listen is no reason to end', async () => {
    open({ NOTIFY_SOCKET: join(folder, 'nobody') });
    manager.ready();
    manager.stopping();
    await vi.waitFor(() => expect(failures).toHaveLength(1), WAIT);
  });
});

it('a daemon that was started by hand tells nobody', () => {
  const manager = serviceManager({ environment: {}, pid: PID, failed: (why) => expect.unreachable(why) });
  manager.ready();
  manager.stopping();
  manager.close();
});
