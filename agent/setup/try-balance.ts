import type { Daemon } from '../cli/daemon.ts';
import type { Asker } from './asker.ts';
import { failed, passed, skipped, type TestResult } from './tests.ts';

interface BalanceParts {
  readonly daemon: Daemon;
  readonly key: string;
  readonly sleep: (ms: number) => Promise<void>;
}

const LOOK_AGAIN_MS = 150;
const GOES_ON: ReadonlySet<string> = new Set([
  ...['created', 'awaiting-card', 'card-present', 'present-again', 'awaiting-pin', 'authorising'],
]);

/** Asks a card for its balance through the daemon that was installed. No money moves, and nothing is recorded. */
export async function tryBalance(asker: Asker, parts: BalanceParts): Promise<TestResult> {
  if (!asker.attended) return skipped('balance', 'nobody is there to tap a card');
  return asker.waiting('Take the card away, and tap it for its balance', (stop) => inquire(parts, stop));
}

async function inquire({ daemon, key, sleep }: BalanceParts, stop: AbortSignal): Promise<TestResult> {
  const begun = await daemon.startPayment({ key, kind: 'balance', amountMinor: 0, reference: 'setup' });
  for (;;) {
    const payment = await daemon.payment(begun.id);
    if (payment.state === 'approved') return passed('balance', payment.card?.label);
    if (!GOES_ON.has(payment.state)) return failed('balance', payment.reasonText?.en ?? payment.state);
    if (stop.aborted) {
      await daemon.cancelPayment(begun.id);
      return skipped('balance', 'no card was tapped');
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
