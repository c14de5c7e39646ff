import { getChallenge, parseAnswer, verify } from '../apdu/index.ts';
import { type RsaPublicKey, rsaRecover } from '../crypto/index.ts';
import { readPinTryCounter } from '../kernel/get-data.ts';
import { ask, askCardholder, type Step } from '../kernel/requests.ts';
import { SUCCESS, transceive } from '../kernel/transceive.ts';
import { type Fen, type Pan, Secret } from '../values/index.ts';
import type { CvmResult } from './cvm-rules.ts';
import { dataToEncipher, paddingLength, pinBlock } from './pin-block.ts';

/** A card can announce 15 tries at most (63CF): whatever it answers, nobody is asked more often. */
const MAX_TRIES = 15;
/** Padding of one try under the longest key (EMV Book 2, annex D: 248 bytes). */
const MAX_PADDING = paddingLength(248);
/** Random bytes that suffice for every try of a transaction. */
export const PIN_PADDING_BYTES = MAX_TRIES * MAX_PADDING;

const CHALLENGE_LENGTH = 8;

export interface OfflinePinInput {
  readonly pan: Pan;
  readonly amount: Fen;
  /** May the attendant let the PIN be left out? */
  readonly mayBypass: boolean;
  /** Present: the PIN goes enciphered (P2 = 88). */
  readonly enciphered?: {
    /** None: this method cannot succeed with this card. */
    readonly key: RsaPublicKey | undefined;
    /** Fresh random bytes, `PIN_PADDING_BYTES` of them; every try takes its own. */
    readonly padding: Uint8Array;
  };
}

export type OfflinePinEnd =
  | { readonly kind: 'ended'; readonly result: CvmResult }
  | { readonly kind: 'cancelled'; readonly reason: 'pin-cancelled' | 'pin-timed-out' }
  | { readonly kind: 'torn' }
  /** The card answered VERIFY as no standard says: the transaction ends (EMV Book 3, §6.3.5). */
  | { readonly kind: 'terminated' };

type Try = OfflinePinEnd | { readonly kind: 'again'; readonly triesLeft: number };

const ended = (result: CvmResult): OfflinePinEnd => ({ kind: 'ended', result });

/** EMV Book 3, §6.5.12 and §10.5.1: what the card says to a PIN. */
function judge(sw: number): Try {
  if (sw === SUCCESS) return ended('successful');
  if (sw === 0x63c0 || sw === 0x6983 || sw === 0x6984) return ended('try-limit-exceeded');
  if ((sw & 0xfff0) === 0x63c0) return { kind: 'again', triesLeft: sw & 0x0f };
  return { kind: 'terminated' };
}

/** One VERIFY. The command holds the PIN: it is zeroed however the exchange ends. */
function* sendVerify(enciphered: boolean, data: Secret): Step<Try> {
  const command = data.use((bytes) => verify(enciphered, bytes));
  try {
    const reply = yield* ask('exchange', { command, secret: true });
    if (reply.kind === 'torn' || reply.response.length < 2) return { kind: 'torn' };
    return judge(parseAnswer(reply.response).sw);
  } finally {
    command.fill(0);
    data.wipe();
  }
}

/** EMV Book 2, §7.2: challenge, encipherment, VERIFY. What fails before the VERIFY costs no try. */
function* sendEnciphered(block: Secret, key: RsaPublicKey, padding: Uint8Array): Step<Try> {
  const reply = yield* transceive(getChallenge());
  if (reply.kind === 'torn') return reply;
  if (reply.kind === 'faulty' || reply.sw !== SUCCESS || reply.data.length !== CHALLENGE_LENGTH) return ended('failed');
  const plain = dataToEncipher(block, reply.data, padding);
  try {
    const data = plain.use((bytes) => rsaRecover(key, bytes));
    return data === undefined ? ended('failed') : yield* sendVerify(true, new Secret(data));
  } finally {
    plain.wipe();
  }
}

/** One try with a PIN that was entered, which is wiped. */
function* tryPin(pin: Secret, attempt: number, { enciphered }: OfflinePinInput): Step<Try> {
  const block = pinBlock(pin);
  try {
    // What a pad hands over as a PIN and is none, is the pad's failure.
    if (block === undefined) return ended('pin-pad-not-working');
    if (enciphered === undefined) return yield* sendVerify(false, block);
    const { key, padding } = enciphered;
    const length = key === undefined ? 0 : paddingLength(key.length);
    const own = padding.subarray(attempt * length, (attempt + 1) * length);
    if (key === undefined || own.length !== length) return ended('failed');
    return yield* sendEnciphered(block, key, own);
  } finally {
    pin.wipe();
    block?.wipe();
  }
}

const WITHOUT_PIN = {
  bypassed: ended('bypassed'),
  unavailable: ended('pin-pad-not-working'),
  cancelled: { kind: 'cancelled', reason: 'pin-cancelled' },
  'timed-out': { kind: 'cancelled', reason: 'pin-timed-out' },
  torn: { kind: 'torn' },
} as const satisfies Record<string, OfflinePinEnd>;

function* askOnce(triesLeft: number | undefined, attempt: number, input: OfflinePinInput): Step<Try> {
  const { pan, amount, mayBypass } = input;
  const enciphered = input.enciphered !== undefined;
  const question = { pan, amount, enciphered, triesLeft, lastTry: triesLeft === 1, mayBypass };
  const entry = yield* askCardholder('offline-pin', question);
  if (entry.kind === 'entered') return yield* tryPin(entry.pin, attempt, input);
  return entry.kind === 'verified-on-reader' ? judge(entry.sw) : WITHOUT_PIN[entry.kind];
}

/**
 * Offline PIN verification (EMV Book 3, §10.5.1; Book 4, §6.3.4.1; Book 2, §7): the try counter (9F17) where the card gives
 * it, the PIN, VERIFY, and again as long as the card leaves tries. A counter of zero asks nobody for anything; one try left
 * is said to whoever enters the PIN. Clear PIN, PIN block and command are zeroed when the step has ended, however it ends.
 */
export function* offlinePin(input: OfflinePinInput): Step<OfflinePinEnd> {
  if (input.enciphered !== undefined && input.enciphered.key === undefined) return ended('failed');
  const counter = yield* readPinTryCounter();
  if (counter.kind === 'torn') return counter;
  let triesLeft = counter.value;
  if (triesLeft === 0) return ended('try-limit-exceeded');
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const end = yield* askOnce(triesLeft, attempt, input);
    if (end.kind !== 'again') return end;
    triesLeft = end.triesLeft;
  }
  return ended('failed');
}
