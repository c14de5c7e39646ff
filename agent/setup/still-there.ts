import type { StatusResource } from '../api/status-resource.ts';
import type { Daemon } from '../cli/daemon.ts';
import { failed, type TestId, type TestResult } from './tests.ts';

const KINDS: Readonly<Partial<Record<TestId, string>>> = {
  pin: 'pin-pad',
  scan: 'scanner',
  print: 'printer',
  display: 'display',
};

/** A daemon that has just begun looks for its devices every five seconds. */
const SETTLE_MS = 6_000;
const LOOK_AGAIN_MS = 250;

const lost = ({ devices = [] }: StatusResource) => devices.filter(({ state }) => state !== 'ready');

/** How the terminal stands once its devices had time to be opened. */
export async function settledStatus(
  daemon: Daemon,
  sleep: (ms: number) => Promise<void>,
  now: () => number,
): Promise<StatusResource> {
  for (const begun = now(); ; await sleep(LOOK_AGAIN_MS)) {
    const status = await daemon.status();
    if (lost(status).length === 0 || now() - begun > SETTLE_MS) return status;
  }
}

/** What worked when it was tried, and does no more through the terminal that runs: it was pulled since. */
export const asItStands =
  (status: StatusResource) =>
  (test: TestResult): TestResult => {
    const gone = lost(status).find(({ kind }) => kind === KINDS[test.id]);
    if (gone === undefined || test.outcome !== 'passed') return test;
    const detail = [`${gone.name} is ${gone.state}`, gone.detail].filter(Boolean).join(': ');
    return failed(test.id, `it worked, and does no more: ${detail}`);
  };
