import { type ChildProcess, fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answerer, type Message, openChannel } from './channel.ts';

/** A process of the sandbox that is started again when it dies, as a service manager would. */
export interface Child {
  /** Settles when the process said for the first time that it is ready; rejects when it will never be. */
  readonly ready: Promise<void>;
  /** Asks the process a question; rejects when it dies first. */
  ask(question: unknown): Promise<unknown>;
  /** Ends it for good: SIGTERM, and SIGKILL when it has not gone after a grace time. */
  stop(): Promise<void>;
}

interface ChildParts {
  readonly name: string;
  /** Path of the module to run. */
  readonly module: string;
  /** Handed to the module as its one argument, in JSON. */
  readonly settings: unknown;
  /** Where the pid file is kept while it runs. */
  readonly runDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** What the process may ask of the supervisor. */
  readonly answer: Answerer;
}

const STOP_GRACE_MS = 8_000;
const RESTART_AFTER_MS = 200;
/** A process that dies this often without having been ready is not started again. */
const MAX_FAILED_STARTS = 5;

/** Starts a process of the sandbox and keeps it running. */
export function startChild(parts: ChildParts): Child {
  const pidFile = join(parts.runDir, `${parts.name}.pid`);
  let becomesReady: () => void = () => {};
  let neverReady: (error: Error) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    becomesReady = resolve;
    neverReady = reject;
  });
  const channel = openChannel((message) => {
    if (child.connected) child.send(message);
  }, parts.answer);
  let stopping = false;
  let failedStarts = 0;

  const onMessage = (message: Message): void => {
    if (message.kind === 'ready') {
      failedStarts = 0;
      becomesReady();
    }
    channel.received(message);
  };

  const onExit = (code: number | null, signal: string | null): void => {
    rmSync(pidFile, { force: true });
    channel.broken(`the ${parts.name} process ended`);
    if (stopping) return;
    failedStarts += 1;
    const how = signal ?? `exit code ${code}`;
    if (failedStarts > MAX_FAILED_STARTS) {
      neverReady(new Error(`the ${parts.name} process does not start (${how})`));
      return;
    }
    parts.say(`the ${parts.name} process ended (${how}); starting it again`);
    setTimeout(() => {
      if (!stopping) child = start();
    }, RESTART_AFTER_MS);
  };

  const start = (): ChildProcess => {
    const started = fork(parts.module, [JSON.stringify(parts.settings)], {
      // As `jdpos` itself (agent/cli/jdpos.cts).
      env: { UV_THREADPOOL_SIZE: '32', ...parts.env },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    writeFileSync(pidFile, String(started.pid));
    started.on('message', onMessage);
    started.on('exit', onExit);
    return started;
  };
  let child = start();

  return {
    ready,
    ask: channel.ask,
    stop: () =>
      new Promise((resolve) => {
        stopping = true;
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
        child.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}
