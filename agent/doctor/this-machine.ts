import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat, statfs } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Environment } from '../config/read-config.ts';
import { durableWrites } from '../durable-writes.ts';
import { askHost } from './ask-host.ts';
import type { FileFacts, Machine, Ran } from './machine.ts';

/** Where the doctor looks; tests plant trees of their own. */
interface Roots {
  /** Stands before every path that is only read. */
  readonly root?: string;
  readonly now: () => number;
}

/** The machine this runs on. */
export function thisMachine(environment: Environment, { root = '/', now }: Roots): Machine {
  const at = (path: string): string => join(root, path);
  const quiet = <T>(looked: Promise<T>): Promise<T | undefined> => looked.catch(() => undefined);
  return {
    environment,
    now,
    uid: process.getuid?.() ?? 0,
    read: (path) => quiet(readFile(at(path), 'utf8')),
    list: (path) => quiet(readdir(at(path))),
    facts: (path) => quiet(stat(at(path)).then(factsOf)),
    real: (path) => quiet(realpath(at(path))),
    link: (path) => quiet(readlink(at(path))),
    run: (program, words, limitMs) => run(program, words, environment, limitMs),
    space: (path) =>
      quiet(statfs(at(path)).then(({ bavail, blocks, bsize }) => ({ free: bavail * bsize, size: blocks * bsize }))),
    syncTimes,
    connect,
    askHost: (url, ca, limitMs) => askHost(url, ca, limitMs, now),
  };
}

function factsOf(stats: Stats): FileFacts {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'folder'
      : stats.isCharacterDevice() || stats.isBlockDevice()
        ? 'device'
        : stats.isSocket()
          ? 'socket'
          : 'other';
  return { kind, uid: stats.uid, gid: stats.gid, mode: stats.mode & 0o7777 };
}

const MOST_OUTPUT = 4 * 2 ** 20;

function run(program: string, words: readonly string[], environment: Environment, timeout: number): Promise<Ran> {
  return new Promise((resolve) => {
    const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT, encoding: 'utf8' } as const;
    const env = { ...environment, LC_ALL: 'C' };
    const child = execFile(program, [...words], { ...limits, env }, (error, out, err) => {
      if (error === null) return resolve({ kind: 'ended', code: 0, out, err });
      if (typeof error.code === 'number') return resolve({ kind: 'ended', code: error.code, out, err });
      if (error.killed) return resolve({ kind: 'late' });
      if (error.signal) return resolve({ kind: 'killed', signal: error.signal, err });
      return resolve({ kind: 'missing' });
    });
    child.stdin?.end();
  });
}

async function syncTimes(folder: string, count: number): Promise<readonly number[] | string> {
  try {
    return await durableWrites(folder, count, () => performance.now());
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const CONNECT_MS = 3_000;

function connect(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const end = (result: string): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(CONNECT_MS, () => end('ETIMEDOUT'));
    socket.once('connect', () => end('ok'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
