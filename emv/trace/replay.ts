import {
  type Answer,
  type CardholderQuestion,
  type CardSeen,
  type ChipData,
  contactPurchase,
  type Outcome,
  purchase,
  type Request,
  type Step,
  type TransactionInput,
} from '../kernel/index.ts';
import { Secret } from '../values/index.ts';
import type { RecordedCard } from './player.ts';

/** How a replay ends. */
export type Replayed =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** The kernel asks the host, whose answer no recording of a card holds. */
  | {
      readonly kind: 'asks-host';
      readonly purpose: 'authorise' | 'verify-tc';
      readonly card: CardSeen;
      readonly chip: ChipData;
    }
  /** The kernel sends what was not recorded here. `at` counts from 0; no `recorded`: the recording had ended. */
  | { readonly kind: 'mismatch'; readonly at: number; readonly sent: Uint8Array; readonly recorded?: Uint8Array };

/** What the host says, where the replay is to go on after it was asked. */
export type ReplayHost = 'approved' | 'declined' | 'no-answer';

/** The kernels by interface. */
const KERNELS = { contactless: purchase, contact: contactPurchase } as const satisfies {
  readonly [over: string]: (input: TransactionInput) => Step<Outcome>;
};

export type ReplayInterface = keyof typeof KERNELS;

function hostAnswer(host: ReplayHost): Answer {
  if (host === 'approved') return { kind: 'approved', authorisationId: 'replay' };
  return host === 'declined' ? { kind: 'declined', reason: 'host-declined' } : { kind: 'no-answer' };
}

/** A PIN that a recording never holds: a card that checks it is played back leniently. */
const SOME_PIN = '000000';

function cardholderAnswer(method: CardholderQuestion['method']): Answer {
  switch (method) {
    case 'online-pin':
      return { kind: 'entered', pin: { block: new Secret(new Uint8Array(8)), format: 'iso-0', keyId: 'replay' } };
    case 'offline-pin':
      return { kind: 'entered', pin: new Secret(new TextEncoder().encode(SOME_PIN)) };
    case 'id-document':
      return { kind: 'confirmed' };
  }
}

/** Nobody is listed, everything is allowed, any PIN is entered: the recording decides what comes of it. */
function answerOf(request: Request, card: RecordedCard, host: ReplayHost | undefined): Answer | Replayed {
  switch (request.name) {
    case 'exchange': {
      const played = card.play(request.command);
      if (played.kind !== 'mismatch') return played;
      const { at, recorded } = played;
      return { kind: 'mismatch', at, sent: request.command, ...(recorded && { recorded }) };
    }
    case 'save-intent':
      return { kind: 'saved' };
    case 'check-exception-file':
      return { listed: false };
    case 'check-offline-limits':
      return { kind: 'allowed' };
    case 'confirm-application':
      return { kind: 'confirmed', index: 0 };
    case 'verify-cardholder':
      return cardholderAnswer(request.method);
    case 'authorise-online': {
      const { purpose, card: seen, chip } = request;
      return host === undefined ? { kind: 'asks-host', purpose, card: seen, chip } : hostAnswer(host);
    }
  }
}

const ENDINGS: ReadonlySet<string> = new Set(['asks-host', 'mismatch']);

const isEnd = (answer: Answer | Replayed): answer is Replayed => 'kind' in answer && ENDINGS.has(answer.kind);

/** Runs the kernel against a recorded card. Every question but the host's is answered so that the transaction goes on. */
export function replay(
  over: ReplayInterface,
  input: TransactionInput,
  card: RecordedCard,
  host: ReplayHost | undefined,
): Replayed {
  const step = KERNELS[over](input);
  let next = step.next();
  while (!next.done) {
    const answer = answerOf(next.value, card, host);
    if (isEnd(answer)) {
      // So that what the kernel holds is wiped in its `finally`.
      step.return(undefined as never);
      return answer;
    }
    next = step.next(answer);
  }
  return { kind: 'ended', outcome: next.value };
}
