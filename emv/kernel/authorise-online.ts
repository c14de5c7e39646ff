import { chooseVerification, explainVerification } from './cardholder-verification.ts';
import { declined } from './ending.ts';
import { isOnExceptionFile } from './exception-file.ts';
import { SECTION } from './explain.ts';
import type { CardholderVerification, CardSeen, DeclineReason, Outcome } from './outcome.ts';
import { ask, askCardholder, type CardholderMethods, type OnlinePin, type Step } from './requests.ts';
import { cardSeen, chipData, hasExpired, refuse, type Tap } from './tap.ts';

type PinAnswer = CardholderMethods['online-pin']['answer'];

/** What speaks against asking the host. */
function* refusalBeforeAsking(tap: Tap): Step<DeclineReason | undefined> {
  if (hasExpired(tap)) return 'expired';
  if (yield* isOnExceptionFile(tap)) return 'hotlisted';
  // A card that is not told to go online, and does, may be out of money; without the host it ends here either way.
  if (!tap.input.terminal.onlineCapable) return lacksFunds(tap) ? 'insufficient-funds' : 'host-unreachable';
  return undefined;
}

/** Is the chip's balance known to be too small? */
export function lacksFunds({ balanceBefore, amount }: Tap): boolean {
  return balanceBefore !== undefined && balanceBefore < amount;
}

/** The end of a payment whose PIN was not entered. */
function withoutPin(answer: Exclude<PinAnswer, { kind: 'entered' }>, card: CardSeen): Outcome {
  const endings = {
    cancelled: { kind: 'cancelled', reason: 'pin-cancelled', card },
    'timed-out': { kind: 'cancelled', reason: 'pin-timed-out', card },
    bypassed: declined('pin-not-entered', card),
    unavailable: declined('online-pin-required', card),
  } as const satisfies Record<typeof answer.kind, Outcome>;
  return endings[answer.kind];
}

/** Asks the host; the account pays, not the chip. */
function* askHost(tap: Tap, verification: CardholderVerification, pin?: OnlinePin): Step<Outcome> {
  const card = cardSeen(tap, tap.answer.balance ?? tap.balanceBefore);
  const chip = chipData(tap);
  const answer = yield* ask('authorise-online', { purpose: 'authorise', card, chip, ...(pin && { pin }) });
  tap.input.explain?.({ section: SECTION.outcome, text: `The host: ${answer.kind}` });
  if (answer.kind === 'declined') return declined(answer.reason, card, chip);
  if (answer.kind === 'no-answer') return declined('host-unreachable', card, chip);
  // A PIN that nobody has checked verifies nobody.
  if (answer.kind === 'deferred' && pin !== undefined) return declined('online-pin-required', card, chip);
  const approved = {
    kind: 'approved',
    fundedBy: 'account',
    card,
    chip,
    cardholderVerification: verification,
    offlineAuthentication: 'none',
  } as const;
  if (answer.kind === 'deferred') return { ...approved, offline: true };
  return { ...approved, offline: false, authorisationId: answer.authorisationId };
}

/**
 * The card wants the host's word (ARQC; JR/T 0025.12-2013 §7.8): no record is read, the card may go. Cardholder
 * verification as its transaction qualifiers ask for, then the authorisation, which alone decides.
 */
export function* authoriseOnline(tap: Tap): Step<Outcome> {
  const { explain } = tap.input;
  const refusal = yield* refusalBeforeAsking(tap);
  explain?.({
    section: SECTION.outcome,
    text: `Checks before the host is asked: ${refusal ?? 'nothing speaks against it'}`,
  });
  if (refusal !== undefined) return refuse(tap, refusal);
  const verification = chooseVerification(tap);
  if (explain) explainVerification(tap, verification);
  if (verification.kind === 'refused') return refuse(tap, verification.reason);
  if (verification.method !== 'online-pin') return yield* askHost(tap, verification.method);
  const { pan } = tap.answer;
  // qPBOC has no list to go on with: a PIN that is left out ends the payment.
  const entered = yield* askCardholder('online-pin', { pan, amount: tap.amount, mayBypass: false });
  if (entered.kind !== 'entered') return withoutPin(entered, cardSeen(tap));
  try {
    return yield* askHost(tap, verification.method, entered.pin);
  } finally {
    entered.pin.block.wipe();
  }
}
