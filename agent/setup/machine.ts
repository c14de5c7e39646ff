import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { present } from '../present.ts';
import { SOFTWARE } from '../software.ts';
import { SERVICE_USER } from './systemd/unit.ts';

/** What another program said, and how it ended; -1 where it is not there. */
interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs another program to its end; never throws. */
export type Run = (program: string, ...args: readonly string[]) => Promise<Ran>;

const LIMIT_MS = 60_000;
const MAX_OUTPUT = 64 * 1024;

export const runProgram: Run = (program, ...args) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // Node's own limit outlives a program that is not there, and keeps this process that long.
    const limit = setTimeout(() => child.kill(), LIMIT_MS);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (ran: Ran): void => {
      clearTimeout(limit);
      resolve(ran);
    };
    child.once('error', ({ message }) => end({ code: -1, output: message }));
    child.once('close', (code) => end({ code: code ?? -1, output: output.trim() }));
  });

/** Node, and the command line that runs. */
export const thisProgram = (): { readonly node: string; readonly cli: string } => ({
  node: process.execPath,
  cli: join(import.meta.dirname, '../cli/jdpos.cjs'),
});

/** Does systemd run this machine? (sd_booted(3)) */
export const systemdRuns = (root: string): boolean => existsSync(`${root}/run/systemd/system`);

/** The service's user and group; made where there is none. Undefined where that is not allowed. */
export async function serviceUser(run: Run): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  const known = await userNumbers(run);
  if (known !== undefined) return known;
  const shell = existsSync('/usr/sbin/nologin') ? '/usr/sbin/nologin' : '/bin/false';
  await run(
    'useradd',
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    shell,
    SERVICE_USER,
  );
  return userNumbers(run);
}

async function userNumbers(run: Run): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  const numbers = await Promise.all(['-u', '-g'].map((which) => run('id', which, SERVICE_USER)));
  const [uid, gid] = numbers.map(({ code, output }) =>
    code === 0 && /^\d+$/.test(output) ? Number(output) : undefined,
  );
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Those groups that the machine knows. */
export async function knownGroups(run: Run, wanted: readonly string[]): Promise<readonly string[]> {
  const known = await Promise.all(
    wanted.map(async (name) => ((await run('getent', 'group', name)).code === 0 ? [name] : [])),
  );
  return known.flat();
}

/** The folder on the way to a file that the service's user may not pass; undefined where there is none. */
export function closedFolder(path: string): string | undefined {
  for (let at = dirname(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** What keeps this process from writing where a file is to be: EACCES, EROFS …; undefined: nothing. */
export function closedTo(path: string): string | undefined {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (!existsSync(at)) continue;
    try {
      accessSync(at, constants.W_OK);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'EACCES';
    }
  }
}

/** Bytes that may still be stored where a file is to be. */
export function roomAt(path: string): number {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (!existsSync(at)) continue;
    const { bavail, bsize } = statfsSync(at);
    return bavail * bsize;
  }
}

/** Versions that a person asks for. */
export async function versionsOf(run: Run): Promise<Readonly<Record<string, string>>> {
  const pcscd = await run('pcscd', '--version');
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readText('/etc/os-release'))?.[1] ?? '';
  return present({
    jdpos: SOFTWARE,
    node: process.version,
    system: `${system} ${release()} ${process.arch}`.trim(),
    pcscd: pcscd.code === 0 ? pcscd.output.split('\n')[0]?.slice(0, 80) : undefined,
  });
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
