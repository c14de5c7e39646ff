import {
  decodeIntent,
  encodeIntent,
  type Intent,
  type Outcome,
  purchase,
  type Recovery,
  recover,
  type Step,
  type TransactionInput,
} from '../../emv/kernel/index.ts';
import { CA_RSA_80, CA_RSA_81 } from '../../emv/kernel/testing/golden-cards.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { hex } from '../../emv/values/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { type EntryPoint, entryPoint } from './entry-point.ts';
import { genuinePurchases, later, openPayments, tornPurchases } from './genuine-taps.ts';
import { judgePurchase, sm2Facts } from './judge-purchase.ts';
import { judgeRecovery } from './judge-recovery.ts';
import type { Played } from './play.ts';
import type { Transcript } from './transcript.ts';

const RID = hex('A000000333');

/** The roots of the test scheme and of the golden cards: the truth, whatever a terminal under test believes. */
export const TRUE_CA_KEYS: readonly CaPublicKey[] = [
  ...testCaKeys(),
  { rid: RID, index: 0x80, algorithm: 'rsa', modulus: hex(CA_RSA_80), exponent: hex('03') },
  { rid: RID, index: 0x81, algorithm: 'rsa', modulus: hex(CA_RSA_81), exponent: hex('03') },
];

const SM2 = /^golden SM\b/;

/** Any step that buys; a test may plant one that is wrong. */
export function purchaseEntry(
  step: (input: TransactionInput) => Step<Outcome> = purchase,
  genuine: readonly Transcript[] = genuinePurchases(),
): EntryPoint {
  return entryPoint({
    name: 'purchase',
    genuine: genuine.filter(({ name }) => !SM2.test(name)),
    step: ({ input }) => step(input),
    judge: (played: Played<Outcome>, transcript) => judgePurchase(played, transcript, { caKeys: TRUE_CA_KEYS }),
  });
}

/** The card with the SM2 chain, apart from the others because it takes ten times as long. */
export function sm2PurchaseEntry(): EntryPoint {
  return entryPoint({
    name: 'purchase, SM2 card',
    genuine: genuinePurchases().filter(({ name }) => SM2.test(name)),
    step: ({ input }) => purchase(input),
    judge: (played: Played<Outcome>, transcript) => judgePurchase(played, transcript, { caKeys: TRUE_CA_KEYS }),
  });
}

export function recoveryEntry(): EntryPoint {
  return entryPoint({
    name: 'recovery',
    genuine: openPayments().filter(({ name }) => !SM2.test(name)),
    step: ({ intent, input }) => recover(intent, later(input)),
    judge: (played: Played<Recovery>, payment) => judgeRecovery(played, payment, TRUE_CA_KEYS),
  });
}

/** A purchase, and, if its card left behind the intent, the probe of the card that comes then. */
interface TornAndRecovered {
  readonly outcome: Outcome;
  /** Questions of the purchase. */
  readonly asked: number;
  readonly found?: { readonly intent: Intent; readonly recovery: Recovery };
}

function* tornAndRecovered(input: TransactionInput): Step<TornAndRecovered> {
  const step = purchase(input);
  let intent: Intent | undefined;
  let asked = 0;
  let next = step.next();
  while (!next.done) {
    asked += 1;
    // As the queue keeps it: bytes on the disk.
    if (next.value.name === 'save-intent') intent = decodeIntent(encodeIntent(next.value.intent));
    next = step.next(yield next.value);
  }
  const outcome = next.value;
  if (outcome.kind !== 'torn' || outcome.at !== 'after-intent' || intent === undefined) return { outcome, asked };
  return { outcome, asked, found: { intent, recovery: yield* recover(intent, later(input)) } };
}

function judgeBoth(played: Played<TornAndRecovered>, transcript: Transcript): readonly string[] {
  const { result, asked, given } = played;
  if (result === undefined) return [`an answer always comes: threw ${String(played.thrown)}`];
  const [first, second] = [asked.slice(0, result.asked), asked.slice(result.asked)];
  const exchanges = first.filter(({ request }) => request.name === 'exchange').length;
  const tap = { result: result.outcome, thrown: undefined, asked: first, given: given.slice(0, exchanges) };
  const faults = judgePurchase(tap, transcript, { caKeys: TRUE_CA_KEYS });
  if (result.found === undefined) return faults;
  const { intent, recovery } = result.found;
  const probe = { result: recovery, thrown: undefined, asked: second, given: given.slice(exchanges) };
  const payment = { ...transcript, intent, genuineFacts: sm2Facts(transcript) };
  return [...faults, ...judgeRecovery(probe, payment, TRUE_CA_KEYS)];
}

/** Hostile all along: the intent itself holds what an enemy's card has said. */
export function tornEntry(): EntryPoint {
  return entryPoint({
    name: 'torn purchase',
    genuine: tornPurchases().filter(({ name }) => !SM2.test(name)),
    step: ({ input }) => tornAndRecovered(input),
    judge: judgeBoth,
  });
}

/** All ways into the kernel. A new step (full debit and credit, purse …) is one entry more. */
export const ENTRY_POINTS: readonly (() => EntryPoint)[] = [
  () => purchaseEntry(),
  recoveryEntry,
  tornEntry,
  sm2PurchaseEntry,
];
