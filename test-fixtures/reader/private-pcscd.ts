import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { inTurn } from '../../drivers/index.ts';

/** A pcscd of our own with a virtual reader of two slots, and one for a SAM if wanted, beside any other pcscd of the machine. */
export interface PrivatePcscd {
  /** Where it listens, running or not: what PC/SC clients are given as PCSCLITE_CSOCK_NAME. */
  readonly socketPath: string;
  /** Where the cards of the two slots connect. */
  readonly ports: readonly [number, number];
  /** Where the SAM connects, when there is a reader for it. */
  readonly samPort: number;
  readonly isRunning: boolean;
  /** Settles when its readers are there; does nothing while it runs. It can be started again after a stop or a crash. */
  start(): Promise<void>;
  /** Ends it and takes its socket and pid file away. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Lets it stand still, as one that hangs in a driver does; its socket goes on taking connections. `thaw` lets it go on. */
  freeze(): void;
  thaw(): void;
}

export interface PrivatePcscdOptions {
  /**
   * Folder for its socket, its configuration and its pid file. The user nobody must be able to pass through it when this
   * process is root's, and its path may have some 90 bytes at most.
   */
  readonly dir: string;
  /** Port of the first slot; the others have the next ones. Without it, free ones are looked for. */
  readonly port?: number;
  /** Of the reader; "Virtual PCD" unless it is to be named as a reader at USB is. */
  readonly name?: string;
  /** A second reader, "Virtual SAM". */
  readonly sam?: boolean;
  /** More readers, of other drivers. */
  readonly others?: readonly OtherReader[];
}

/** A reader of some driver: what pcscd calls it, the driver's library, and the port at which it finds its reader. */
interface OtherReader {
  readonly name: string;
  readonly driver: string;
  readonly port: number;
}

const DAEMON = '/usr/sbin/pcscd';
const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const RUN_DIR = '/run/pcscd';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 3_000;
const PORT_TRIES = 20;

/** Debian's user nobody. pcscd run as root would overwrite the pid file of the system's own. */
const NOBODY = 65_534;

/** What this machine lacks for the virtual reader, each with what brings it; empty when all is there. */
export function missingForVirtualReader(): string[] {
  const missing: string[] = [];
  if (!existsSync(DAEMON)) missing.push('pcscd (Debian package pcscd)');
  if (!existsSync(DRIVER)) missing.push('vpcd (Debian package vsmartcard-vpcd)');
  if (!existsSync(RUN_DIR) && process.getuid?.() !== 0) missing.push(`the folder ${RUN_DIR} (made by root)`);
  try {
    createRequire(import.meta.url).resolve('nfc-pcsc');
  } catch {
    missing.push('nfc-pcsc (npm, needs libpcsclite-dev)');
  }
  return missing;
}

/** Makes ready a private pcscd; one that an earlier run left in this folder is ended. `start` starts it. */
export async function privatePcscd({
  dir,
  port,
  name = 'Virtual PCD',
  sam = false,
  others = [],
}: PrivatePcscdOptions): Promise<PrivatePcscd> {
  const [socketPath, pidFile, configDir] = [join(dir, 'comm'), join(dir, 'pcscd.pid'), join(dir, 'conf')];
  mkdirSync(configDir, { recursive: true });
  // pcscd lists it, and may be another user.
  chmodSync(configDir, 0o755);
  await endLeftOver(pidFile, configDir);
  const slots = sam ? 4 : 2;
  const first = port ?? (await freeRow(slots));
  const queue = inTurn();
  let child: ChildProcess | undefined;

  const isRunning = (): boolean => child !== undefined && isAlive(child);

  const start = async (): Promise<void> => {
    if (isRunning()) return;
    for (const wanted of rowFrom(first, slots)) {
      if ((await freePort(wanted)) === undefined) throw new Error(`port ${wanted}, for a card of pcscd, is taken`);
    }
    const rest = others.map((other) => `\n${reader(other.name, other.driver, other.port)}`);
    writeFileSync(join(configDir, 'reader.conf'), configuration(dir, { name, first, sam }) + rest.join(''));
    rmSync(socketPath, { force: true });
    const server = await listenAt(socketPath);
    child = launch(configDir, server);
    // It is pcscd's alone from now on: Node would take connections away from it.
    server.close();
    if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
    await ready(child);
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child) await ended(child, signal);
  };

  const stop = async (): Promise<void> => {
    await end('SIGTERM');
    for (const file of [pidFile, socketPath]) rmSync(file, { force: true });
  };

  return {
    socketPath,
    ports: [first, first + 1],
    samPort: first + 2,
    get isRunning() {
      return isRunning();
    },
    start: () => queue(start),
    stop: () => queue(stop),
    kill: () => queue(() => end('SIGKILL')),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

function configuration(dir: string, { name, first, sam }: { name: string; first: number; sam: boolean }): string {
  const pcd = reader(name, DRIVER, first);
  return sam ? `${pcd}\n${reader('Virtual SAM', driverOfItsOwn(dir), first + 2)}` : pcd;
}

function reader(name: string, driver: string, port: number): string {
  const hexPort = `0x${port.toString(16).toUpperCase()}`;
  return `FRIENDLYNAME "${name}"\nDEVICENAME /dev/null:${hexPort}\nLIBPATH ${driver}\nCHANNELID ${hexPort}\n`;
}

/** vpcd keeps its slots in variables of the library: two readers of one library would be one. */
function driverOfItsOwn(dir: string): string {
  const copy = join(dir, 'libifdvpcd-sam.so');
  copyFileSync(DRIVER, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** Listens at a path that outlives the server: closing it removes the path that it was given, and here that is another name. */
async function listenAt(path: string): Promise<Server> {
  const server = createServer();
  const own = `${path}.new`;
  rmSync(own, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: own, readableAll: true, writableAll: true }, resolve);
  });
  linkSync(own, path);
  return server;
}

/** Starts pcscd the way systemd does: with the listening socket as descriptor 3, and its own pid in LISTEN_PID. */
function launch(configDir: string, server: Server): ChildProcess {
  const isRoot = process.getuid?.() === 0;
  // Without systemd nobody has made it yet, and without it pcscd does not start.
  if (isRoot && mkdirSync(RUN_DIR, { recursive: true })) chmodSync(RUN_DIR, 0o755);
  const { _handle: handle } = server as { _handle?: { fd: number } };
  if (handle === undefined) throw new Error('the socket for pcscd is not open');
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"';
  const options = ['--foreground', '--info', '--config', configDir, ...withoutPolkit()];
  return spawn('sh', ['-c', script, DAEMON, ...options], {
    stdio: ['ignore', 'pipe', 'pipe', handle.fd],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  });
}

/** Newer ones ask polkit who may use them, which knows nothing of this one. */
function withoutPolkit(): string[] {
  const { stdout } = spawnSync(DAEMON, ['--help'], { encoding: 'utf8' });
  return stdout.includes('--disable-polkit') ? ['--disable-polkit'] : [];
}

/** pcscd says that it is ready after it has set up its readers. */
function ready(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(limit);
      child.kill('SIGKILL');
      reject(new Error(`pcscd ${why}: ${said.slice(-500)}`));
    };
    const onExit = (): void => fail('ended');
    const limit = setTimeout(() => fail('is not ready in time'), START_LIMIT_MS);
    const read = (piece: Buffer): void => {
      said += piece.toString('latin1');
      if (!said.includes('daemon ready')) return;
      clearTimeout(limit);
      child.off('exit', onExit);
      // Its output must go on being taken, or it would stand still.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume();
      resolve();
    };
    child.once('exit', onExit);
    child.once('error', (error) => fail(error.message));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', read);
  });
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!isAlive(child)) return;
  await new Promise<void>((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill(signal);
  });
}

/** Ends the pcscd that the pid file names, if it is still the one that was started for this folder. */
async function endLeftOver(pidFile: string, configDir: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const isOurs = (): boolean => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[0]?.endsWith('pcscd') === true && words.includes(configDir);
    } catch {
      return false;
    }
  };
  if (Number.isSafeInteger(pid) && pid > 1 && isOurs()) {
    process.kill(pid, 'SIGKILL');
    const until = performance.now() + STOP_LIMIT_MS;
    while (isOurs() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  rmSync(pidFile, { force: true });
}

const rowFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at);

/** A port that is free together with the next ones. */
async function freeRow(count: number): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const port = await freePort(0);
    if (port === undefined) continue;
    const others = await Promise.all(rowFrom(port + 1, count - 1).map(freePort));
    if (others.every((other) => other !== undefined)) return port;
  }
  throw new Error(`no ${count} free ports in a row`);
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
