import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A serial port without a device: one end is a PTY for the terminal, the other is held by a virtual device. */
export interface VirtualSerial {
  /** What the terminal opens; a link that is there while the device is plugged in. */
  readonly port: string;
  readonly isPluggedIn: boolean;
  /** What the device sends. Dropped when it is unplugged. */
  send(bytes: Uint8Array): void;
  /** Calls back with what the terminal has sent; returns how to stop. */
  receive(listener: (chunk: Uint8Array) => void): () => void;
  /** Plugs the device in; settles when the port is there. */
  plugIn(): Promise<void>;
  /** Pulls it: the port and its link are gone when this settles. */
  unplug(): Promise<void>;
  /** Stops reading what the terminal sends, as a device that has hung does; `false` goes on. */
  stall(stalled: boolean): void;
  close(): Promise<void>;
}

const SOCAT = '/usr/bin/socat';

/** What this machine lacks for virtual serial ports; empty when all is there. */
export const missingForVirtualSerial = (): string[] => (existsSync(SOCAT) ? [] : ['socat (Debian package socat)']);

/** Opens one, plugged in. Its link lies in a folder of its own, so that none is left over from an earlier run. */
export async function openVirtualSerial(): Promise<VirtualSerial> {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-serial-'));
  const port = join(folder, 'port');
  const listeners = new Set<(chunk: Uint8Array) => void>();
  let socat: ChildProcess | undefined;
  /** Pulling takes the link away at its end, and must not take that of the next one. */
  let pulled: Promise<void> = Promise.resolve();

  const plugIn = async (): Promise<void> => {
    await pulled;
    if (socat !== undefined) return;
    const child = spawn(SOCAT, [`pty,rawer,link=${port}`, '-'], { stdio: ['pipe', 'pipe', 'ignore'] });
    socat = child;
    child.stdin?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => {
      for (const listener of [...listeners]) listener(Uint8Array.from(chunk));
    });
    while (!existsSync(port)) {
      if (child.exitCode !== null) throw new Error(`socat ended with ${child.exitCode}`);
      await delay(5);
    }
  };
  const unplug = (): Promise<void> => {
    const child = socat;
    socat = undefined;
    if (child !== undefined) pulled = end(child);
    return pulled;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await ended;
    rmSync(port, { force: true });
  };

  await plugIn();
  return {
    port,
    get isPluggedIn() {
      return socat !== undefined;
    },
    send: (bytes) => {
      socat?.stdin?.write(bytes);
    },
    receive: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    plugIn,
    unplug,
    stall: (stalled) => {
      if (stalled) socat?.kill('SIGSTOP');
      else socat?.kill('SIGCONT');
    },
    close: async () => {
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
