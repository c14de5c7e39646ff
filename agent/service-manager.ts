import { spawn } from 'node:child_process';
import type { Environment } from './config/read-config.ts';

/** The service manager that has started this process; for one that was started by hand nothing happens. */
export interface ServiceManager {
  /** The servers listen. From now on it is told regularly that the daemon's loop turns, where it wants to know. */
  ready(): void;
  /** The daemon ends, because it was asked to. */
  stopping(): void;
  close(): void;
}

export interface ServiceManagerParts {
  readonly environment: Environment;
  readonly pid: number;
  /** Told once, when the program that speaks to the manager does not work. */
  readonly failed: (why: string) => void;
}

/** The longest that is waited between two signs of life. */
const MAX_SIGN_MS = 30_000;

/**
 * Speaks sd_notify(3). The socket is a datagram socket of the file system, which Node does not have: systemd-notify(1) sends what is to be
 * said, so the unit needs NotifyAccess=all. It is started from the event loop: one that is stuck says nothing, and the
 * manager's watchdog ends it.
 */
export function serviceManager({ environment, pid, failed }: ServiceManagerParts): ServiceManager {
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return { ready() {}, stopping() {}, close() {} };
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const fail = (why: string): void => {
    if (!told) failed(why);
    told = true;
  };
  const say = (...assignments: readonly string[]): void => {
    const env = { NOTIFY_SOCKET: socket, PATH: environment['PATH'] ?? '/usr/bin:/bin' };
    const child = spawn('systemd-notify', assignments, { env, stdio: 'ignore' });
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) fail(`systemd-notify ended with ${code}`);
    });
  };
  return {
    ready() {
      say('READY=1', `MAINPID=${pid}`, 'STATUS=sells');
      const everyMs = watchdogMs(environment, pid);
      if (everyMs !== undefined) timer = setInterval(() => say('WATCHDOG=1'), everyMs);
    },
    stopping() {
      clearInterval(timer);
      say('STOPPING=1');
    },
    close: () => clearInterval(timer),
  };
}

/** Half of what the manager waits for a sign of life (sd_watchdog_enabled(3)); undefined where it wants none of this process. */
function watchdogMs(environment: Environment, pid: number): number | undefined {
  const wanted = environment['WATCHDOG_USEC'] ?? '';
  const whose = environment['WATCHDOG_PID'];
  if (!/^[1-9][0-9]{0,15}$/.test(wanted) || (whose !== undefined && whose !== String(pid))) return undefined;
  return Math.max(1, Math.min(MAX_SIGN_MS, Number(wanted) / 2_000));
}
