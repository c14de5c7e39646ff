import { type ChildProcess, spawn } from 'node:child_process';
import type { StatusResource } from '../api/status-resource.ts';
import { daemonAt } from '../cli/daemon.ts';

/** Looks at a terminal's own API until it can sell. */
export interface HealthParts {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Gives up early: the daemon has ended, or the setup is interrupted. */
  readonly over: () => string | undefined;
}

export type Health =
  | { readonly kind: 'healthy'; readonly status: StatusResource; readonly afterMs: number }
  | { readonly kind: 'ill'; readonly why: string };

const WITHIN_MS = 90_000;
const LOOK_AGAIN_MS = 250;

/** Enrolled, with parameters, in contact with the centre. Readers and devices have their own tests. */
function illness({ terminal, clearing, limits, stopped }: StatusResource): string | undefined {
  if (terminal === undefined) return 'it is not enrolled';
  if (stopped !== undefined) return `it is stopped: ${stopped.detail}`;
  if (!clearing.reachable) return 'the clearing host is not reachable';
  return limits.transactionMinor > 0 ? undefined : 'it has no parameters yet';
}

export async function awaitHealth({ url, fetch: fetchIt, sleep, now, over }: HealthParts): Promise<Health> {
  const begun = now();
  const daemon = daemonAt(url, fetchIt);
  let why = 'it does not answer';
  for (;;) {
    const status = await daemon.status().catch(() => undefined);
    const ill = status === undefined ? why : illness(status);
    if (status !== undefined && ill === undefined) return { kind: 'healthy', status, afterMs: now() - begun };
    why = ill ?? why;
    const ended = over();
    if (ended !== undefined) return { kind: 'ill', why: ended };
    if (now() - begun > WITHIN_MS) return { kind: 'ill', why: `after ${WITHIN_MS / 1000} s ${why}` };
    await sleep(LOOK_AGAIN_MS);
  }
}

/** A daemon that is run for the setup alone, where no service manager does it. It ends with the setup, however that ends. */
export interface TrialDaemon {
  /** What it said last, once it has ended. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

const KEPT_OUTPUT = 2_000;
/** A queue takes no harm from being cut off. */
const STOP_WITHIN_MS = 15_000;

/** @param config file of its settings */
export function startTrial(
  { node, cli }: { readonly node: string; readonly cli: string },
  config: string,
  environment: NodeJS.ProcessEnv,
): TrialDaemon {
  const args = [cli, 'run', '--until-input-ends', '--config', config];
  const child: ChildProcess = spawn(node, args, { env: environment, stdio: ['pipe', 'ignore', 'pipe'] });
  // One that has ended hears nothing any more.
  child.stdin?.on('error', () => {});
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  });
  let over: string | undefined;
  const exit = new Promise<void>((resolve) => {
    child.once('error', ({ message }) => {
      over = message;
      resolve();
    });
    child.once('close', (code) => {
      over ??= `the daemon ended with ${code}: ${said.trim().split('\n').at(-1) ?? ''}`;
      resolve();
    });
  });
  return {
    ended: () => over,
    async stop() {
      child.stdin?.end();
      const hung = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exit;
      clearTimeout(hung);
    },
  };
}
