import type { StatusResource } from '../api/status-resource.ts';
import type { Daemon } from '../cli/daemon.ts';
import type { Asker } from './asker.ts';
import { failed, passed, skipped, type TestResult } from './tests.ts';
import { runTrials } from './trials.ts';

interface BalanceParts {
  readonly daemon: Daemon;
  /** A new idempotency key. */
  readonly key: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}

const LOOK_AGAIN_MS = 150;
/** A daemon that has just begun, or a reader that was just plugged in, needs its time. */
const READER_WITHIN_MS = 5_000;
const GOES_ON: ReadonlySet<string> = new Set([
  ...['created', 'awaiting-card', 'card-present', 'present-again', 'awaiting-pin', 'authorising'],
]);

/** Asks a card for its balance through the daemon that was installed. No money moves, and nothing is recorded. */
export async function tryBalance(asker: Asker, parts: BalanceParts): Promise<TestResult> {
  if (!asker.attended) return skipped('balance', 'nobody is there to tap a card');
  const attempt = (): Promise<TestResult> =>
    asker.waiting('Take the card away, and tap it for its balance', (stop) => inquire(parts, stop));
  const [result] = await runTrials(asker, [{ id: 'balance', attempt, trouble: () => undefined, last: true }]);
  return result ?? skipped('balance', 'no card was tapped');
}

async function inquire({ daemon, key, sleep, now }: BalanceParts, stop: AbortSignal): Promise<TestResult> {
  const begun = await daemon.startPayment({ key: key(), kind: 'balance', amountMinor: 0, reference: 'setup' });
  let seenAt = now();
  for (;;) {
    const payment = await daemon.payment(begun.id);
    if (payment.state === 'approved') return passed('balance', payment.card?.label);
    if (!GOES_ON.has(payment.state)) return failed('balance', payment.reasonText?.en ?? payment.state);
    if (takesCards(await daemon.status())) seenAt = now();
    const gone = now() - seenAt > READER_WITHIN_MS;
    if (stop.aborted || gone) {
      await daemon.cancelPayment(begun.id);
      return gone ? failed('balance', 'the reader has gone: plug it in') : skipped('balance', 'no card was tapped');
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

const takesCards = ({ readers }: StatusResource): boolean =>
  readers.some(({ role, state }) => role !== 'sam' && state !== 'unplugged');
