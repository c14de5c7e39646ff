import { fork } from 'node:child_process';
import type { TlsPair } from '../../test-fixtures/pki/tls.ts';

export interface CentreParts {
  readonly server: TlsPair;
  readonly terminals: TlsPair;
  /** Of the card that pays. */
  readonly pan: string;
}
export interface CentreReady {
  readonly port: number;
  /** A one-time code for a terminal. */
  readonly code: string;
}

export interface AnsweringParts {
  readonly server: TlsPair;
  /** SM2, hex. */
  readonly acknowledgementKey: string;
}
export interface AnsweringReady {
  readonly port: number;
}

/** Runs a module of this folder as a process; gives what it says once it is ready. */
export function startProcess<Ready>(module: string, parts: object): Promise<Ready & { stop(): Promise<void> }> {
  const child = fork(new URL(`./${module}.js`, import.meta.url), [JSON.stringify(parts)], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', (exitCode) => reject(new Error(`${module} ended with ${exitCode}`)));
    child.once('message', (ready) =>
      resolve({
        ...(ready as Ready),
        stop() {
          child.disconnect();
          return ended;
        },
      }),
    );
  });
}
