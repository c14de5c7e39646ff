import type { Draw } from '../fuzz/draw.ts';
import { FINAL } from '../scenarios/final-states.ts';
import type { Payment, SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';

/** A payment that has ended, and whose card it was. */
export interface Sold {
  readonly card: string;
  readonly payment: Payment;
}

/** Cards and the largest amount each is asked for, fen. What they hold lasts for hours of taps. */
const SHOPPERS: readonly { readonly card: string; readonly mostMinor: number; readonly weight: number }[] = [
  { card: 'rich', mostMinor: 40, weight: 6 },
  { card: 'fdda-00', mostMinor: 9, weight: 2 },
  { card: 'cvn17', mostMinor: 9, weight: 2 },
  { card: 'sm4', mostMinor: 9, weight: 2 },
  { card: 'sm2', mostMinor: 9, weight: 2 },
  { card: 'hides-balance', mostMinor: 9, weight: 1 },
  // Its signature is wrong: the chip pays, the merchant is refused, the centre gives it back.
  { card: 'forged-fdda', mostMinor: 9, weight: 1 },
  // From its account, with the host's word alone.
  { card: 'over-cvm-limit', mostMinor: 90, weight: 6 },
  { card: 'poor', mostMinor: 3, weight: 1 },
  { card: 'hotlisted', mostMinor: 9, weight: 1 },
];
export const SHOPPING_CARDS: readonly string[] = SHOPPERS.map(({ card }) => card);

const PIN = '123456';
/** A payment waits for the host a few seconds at most. */
const ENDS_WITHIN_MS = 40_000;
/** Long enough for a tap: whoever is asked for the card again holds it there once more. */
const TAPPED_AGAIN_AFTER_MS = 5_000;
const CANCEL_ONE_IN = 12;
const CANCEL_WITHIN_MS = 1_500;

function shopper(draw: Draw): (typeof SHOPPERS)[number] {
  let at = draw.below(SHOPPERS.reduce((sum, { weight }) => sum + weight, 0));
  for (const one of SHOPPERS) {
    at -= one.weight;
    if (at < 0) return one;
  }
  throw new RangeError('the weights do not cover their sum');
}

/** One purchase to its end, whatever the network does meanwhile; some are cancelled on the way. */
export async function sellOnce(sandbox: SandboxUnderTest, draw: Draw): Promise<Sold> {
  const { card, mostMinor } = shopper(draw);
  const { id } = await sandbox.pay(1 + draw.below(mostMinor), `flaky ${card}`);
  const cancelAt = draw.oneIn(CANCEL_ONE_IN) ? performance.now() + draw.below(CANCEL_WITHIN_MS) : undefined;
  await sandbox.tap(card);
  let payment: Payment | undefined;
  let tappedAt = performance.now();
  const ended = async () => {
    payment = await sandbox.payment(id);
    if (FINAL.includes(payment.state)) return payment;
    await step(sandbox, payment, cancelAt);
    if (payment.state !== 'present-again' || performance.now() - tappedAt < TAPPED_AGAIN_AFTER_MS) return undefined;
    await sandbox.tap(card);
    tappedAt = performance.now();
    return undefined;
  };
  const waitedFor = () => `a payment of ${card} to end: ${JSON.stringify(payment)}`;
  return { card, payment: await until(waitedFor, ended, ENDS_WITHIN_MS) };
}

/** What cashier and PIN pad do next. */
async function step(sandbox: SandboxUnderTest, { id, state }: Payment, cancelAt: number | undefined): Promise<void> {
  if (cancelAt !== undefined && performance.now() > cancelAt) {
    await sandbox.call('POST', `/v1/payments/${id}/cancel`);
  } else if (state === 'awaiting-pin') {
    // 409 when it has been awaited no longer since.
    await sandbox.pin({ pin: PIN });
  }
}
