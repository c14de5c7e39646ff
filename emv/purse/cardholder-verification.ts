import { SUCCESS } from '../kernel/transceive.ts';
import type { Fen, Secret } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import { verify } from './commands.ts';
import { refuse, TORN } from './ending.ts';
import { toCard } from './exchange.ts';
import type { PurseCancelled, PurseReason, PurseRefused, PurseTorn } from './outcome.ts';
import { ask, type PurseStep } from './requests.ts';
import { reasonFor, triesLeft } from './status-words.ts';

/** PINs that one transaction may try; the card's own counter may allow fewer. */
const MAX_PIN_ENTRIES = 3;
const MIN_DIGITS = 4;
const MAX_DIGITS = 12;
const FILL = 0x0f;

const isPin = (digits: Uint8Array): boolean =>
  digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && digits.every((digit) => digit >= 0x30 && digit <= 0x39);

/** Two digits a byte, an odd one filled with F: as the purse holds it (format cn; from memory). */
function packed(digits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(digits.length / 2));
  for (let at = 0; at < bytes.length; at++) {
    const [first = 0, second = FILL] = digits.subarray(at * 2, at * 2 + 2);
    bytes[at] = ((first & 0x0f) << 4) | (second & 0x0f);
  }
  return bytes;
}

/** The whole VERIFY of a PIN; undefined when it is none. Nothing but the result holds the PIN. */
function verifyOf(digits: Uint8Array): Uint8Array | undefined {
  if (!isPin(digits)) return undefined;
  const pin = packed(digits);
  try {
    return verify(pin);
  } finally {
    pin.fill(0);
  }
}

type Presented =
  | { readonly kind: 'right' }
  | { readonly kind: 'torn' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'refused'; readonly reason: PurseReason };

function* present(pin: Secret): PurseStep<Presented> {
  let command: Uint8Array | undefined;
  try {
    command = pin.use(verifyOf);
    if (command === undefined) return { kind: 'refused', reason: 'pin-not-entered' };
    const reply = yield* toCard(command, true);
    if (reply.kind === 'torn') return { kind: 'torn' };
    if (reply.kind === 'faulty') return { kind: 'refused', reason: 'card-error' };
    if (reply.sw === SUCCESS) return { kind: 'right' };
    const left = triesLeft(reply.sw) ?? 0;
    return left > 0 ? { kind: 'wrong', triesLeft: left } : { kind: 'refused', reason: reasonFor('pin', reply.sw) };
  } finally {
    command?.fill(0);
    pin.wipe();
  }
}

/** VERIFY before a load, and before a purchase from an ED: the PIN goes to the card, which counts the tries. */
export function* verifyCardholder(
  card: PurseCard,
  amount: Fen,
): PurseStep<{ readonly kind: 'verified' } | PurseRefused | PurseCancelled | PurseTorn> {
  let left: number | undefined;
  for (let entry = 0; entry < MAX_PIN_ENTRIES; entry++) {
    const entered = yield* ask('verify-cardholder', { card, amount, ...(left !== undefined && { triesLeft: left }) });
    if (entered.kind === 'cancelled') return { kind: 'cancelled', reason: 'pin-cancelled', card };
    if (entered.kind === 'timed-out') return { kind: 'cancelled', reason: 'pin-timed-out', card };
    if (entered.kind !== 'entered') return refuse('pin-not-entered', { card });
    const presented = yield* present(entered.pin);
    if (presented.kind === 'torn') return TORN;
    if (presented.kind === 'right') return { kind: 'verified' };
    if (presented.kind === 'refused') return refuse(presented.reason, { card });
    left = presented.triesLeft;
  }
  return refuse('pin-wrong', { card });
}
