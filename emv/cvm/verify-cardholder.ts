import type { RsaPublicKey } from '../crypto/index.ts';
import { isAttended } from '../debit-credit/terminal-type.ts';
import { askCardholder, type OnlinePin, type Step } from '../kernel/requests.ts';
import type { DataObjects } from '../tlv/index.ts';
import type { Pan } from '../values/index.ts';
import type { CvmFacts } from './cvm-condition.ts';
import type { CvmTask } from './cvm-method.ts';
import { type CvmOutcome, type CvmResult, cvmRules } from './cvm-rules.ts';
import { cardholderDocument } from './id-document.ts';
import { type OfflinePinEnd, offlinePin } from './offline-pin.ts';

export interface VerificationInput extends CvmFacts {
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  readonly pan: Pan;
  /** For an enciphered PIN: see `pinEnciphermentKey`. */
  readonly pinKey: RsaPublicKey | undefined;
  /** `PIN_PADDING_BYTES` fresh random bytes where the terminal enciphers offline PINs (9F33, byte 2, bit 5). */
  readonly pinPadding: Uint8Array;
}

export type VerificationEnd =
  | {
      readonly kind: 'completed';
      readonly outcome: CvmOutcome;
      /** For the host, where `outcome.onlinePin`; whoever takes it wipes it. */
      readonly onlinePin?: OnlinePin;
    }
  /** The customer gave up, or did nothing: the transaction ends. */
  | { readonly kind: 'cancelled'; readonly reason: 'pin-cancelled' | 'pin-timed-out' }
  | { readonly kind: 'torn' }
  /** The card contradicts the standard: the transaction ends. */
  | { readonly kind: 'terminated' };

type TaskEnd =
  | Exclude<OfflinePinEnd, { kind: 'ended' }>
  | { readonly kind: 'ended'; readonly result: CvmResult; readonly onlinePin?: OnlinePin };

const ended = (result: CvmResult): TaskEnd => ({ kind: 'ended', result });

/** EMV Book 4, §6.3.4.3: where somebody attends, a PIN may be left out, and the card is told so. */
const mayBypass = ({ terminalType }: VerificationInput): boolean => isAttended(terminalType);

/** EMV Book 3, §10.5.2; no VERIFY, the host checks it. */
function* onlinePin(input: VerificationInput): Step<TaskEnd> {
  const { pan, amount } = input;
  const entry = yield* askCardholder('online-pin', { pan, amount, mayBypass: mayBypass(input) });
  if (entry.kind === 'entered') return { kind: 'ended', result: 'successful', onlinePin: entry.pin };
  const ends = {
    bypassed: ended('bypassed'),
    unavailable: ended('pin-pad-not-working'),
    cancelled: { kind: 'cancelled', reason: 'pin-cancelled' },
    'timed-out': { kind: 'cancelled', reason: 'pin-timed-out' },
  } as const satisfies Record<typeof entry.kind, TaskEnd>;
  return ends[entry.kind];
}

/** PBOC's own method 20: the attendant compares (JR/T 0025.6). */
function* idDocument(card: DataObjects, { pan }: VerificationInput): Step<TaskEnd> {
  const shown = cardholderDocument(card);
  if (shown.kind === 'missing') return ended('data-missing');
  if (shown.kind === 'unknown-type') return ended('failed');
  try {
    const { kind } = yield* askCardholder('id-document', { pan, document: shown.document });
    if (kind === 'torn') return { kind };
    if (kind === 'cancelled') return { kind, reason: 'pin-cancelled' };
    if (kind === 'timed-out') return { kind: 'cancelled', reason: 'pin-timed-out' };
    return ended(kind === 'confirmed' ? 'successful' : 'failed');
  } finally {
    shown.document.number.wipe();
  }
}

function perform(task: CvmTask, card: DataObjects, input: VerificationInput): Step<TaskEnd> {
  const { pinKey: key, pinPadding: padding } = input;
  const pin = { pan: input.pan, amount: input.amount, mayBypass: mayBypass(input) };
  const tasks: Readonly<Record<CvmTask, () => Step<TaskEnd>>> = {
    'plaintext-pin': () => offlinePin(pin),
    'enciphered-pin': () => offlinePin({ ...pin, enciphered: { key, padding } }),
    'online-pin': () => onlinePin(input),
    'id-document': () => idDocument(card, input),
  };
  return tasks[task]();
}

/**
 * Cardholder verification (EMV Book 3, §10.5): goes through the card's CVM list and asks whom it names. The card: 8E, 9F42,
 * 9F61, 9F62. What has failed once is not tried again, however often the list names it: a list of a hundred rules would ask for
 * a hundred PINs. Ends with what goes into 9F34, TVR and TSI, or with the transaction. Never throws on card data.
 */
export function* verifyCardholder(card: DataObjects, input: VerificationInput): Step<VerificationEnd> {
  const rules = cvmRules(card, input.aip, input);
  const ended = new Map<CvmTask, CvmResult>();
  let pin: OnlinePin | undefined;
  let next = rules.next();
  while (!next.done) {
    const task = next.value;
    const before = ended.get(task);
    if (before !== undefined) {
      next = rules.next(before);
      continue;
    }
    const end = yield* perform(task, card, input);
    if (end.kind !== 'ended') return end;
    pin = end.onlinePin;
    ended.set(task, end.result);
    next = rules.next(end.result);
  }
  if (next.value.kind === 'malformed') return { kind: 'terminated' };
  return { kind: 'completed', outcome: next.value, ...(pin && { onlinePin: pin }) };
}
