import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Is the process with this pid still the one that wrote the pid file? Pids are used again. */
function isOurs(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
  } catch {
    return false;
  }
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Undefined when the file is gone: the supervisor, told to end, has ended the others and taken it away. */
function pidIn(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Ends what an earlier run in this state folder left running, the supervisor first so that it does not start the others
 * again. `mark` must stand in the command line of a process that is ended.
 */
export async function endLeftOvers(runDir: string, mark: string, say: (line: string) => void): Promise<void> {
  const files = readdirSync(runDir).filter((file) => file.endsWith('.pid'));
  files.sort((a, b) => Number(b === 'supervisor.pid') - Number(a === 'supervisor.pid'));
  for (const file of files) {
    const pid = pidIn(join(runDir, file));
    if (pid !== undefined && Number.isSafeInteger(pid) && pid > 1 && pid !== process.pid && isOurs(pid, mark)) {
      say(`ending the ${file.replace('.pid', '')} process of an earlier run (pid ${pid})`);
      process.kill(pid, 'SIGTERM');
      if (!(await gone(pid, 10_000))) process.kill(pid, 'SIGKILL');
      await gone(pid, 2_000);
    }
    rmSync(join(runDir, file), { force: true });
  }
}
