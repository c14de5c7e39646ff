import {
  type Answer,
  type CardSeen,
  type ChipData,
  contactPurchase,
  type Outcome,
  purchase,
  type Request,
  type Step,
  type TransactionInput,
} from '../kernel/index.ts';
import type { RecordedCard } from './player.ts';
import { recordedCardholder } from './recorded-cardholder.ts';
import { redactCommand } from './redact-command.ts';
import { issuerIn, questionsOf } from './told.ts';

/** How a replay ends. */
export type Replayed =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** The kernel asks the host, whose answer no recording of a card holds. */
  | {
      readonly kind: 'asks-host';
      readonly purpose: 'authorise' | 'load' | 'verify-tc';
      readonly card: CardSeen;
      readonly chip: ChipData;
    }
  /** The kernel sends what was not recorded here; `sent` is without PIN. `at` counts from 0; no `recorded`: the recording had ended. */
  | { readonly kind: 'mismatch'; readonly at: number; readonly sent: Uint8Array; readonly recorded?: Uint8Array };

/** What the host says, where the replay is to go on after it was asked. */
export type ReplayHost = 'approved' | 'declined' | 'no-answer';

/** The kernels by interface. */
const KERNELS = { contactless: purchase, contact: contactPurchase } as const satisfies {
  readonly [over: string]: (input: TransactionInput) => Step<Outcome>;
};

export type ReplayInterface = keyof typeof KERNELS;

function hostAnswer(host: ReplayHost, card: RecordedCard): Answer {
  if (host === 'no-answer') return { kind: 'no-answer' };
  const issuer = issuerIn(questionsOf(card.recording));
  const said = issuer && { issuer };
  return host === 'approved'
    ? { kind: 'approved', authorisationId: 'replay', ...said }
    : { kind: 'declined', reason: 'host-declined', ...said };
}

/** Nobody is listed, everything is allowed, the PIN is that of the recording: it decides what comes of it. */
function answerOf(request: Request, card: RecordedCard, host: ReplayHost | undefined): Answer | Replayed {
  switch (request.name) {
    case 'exchange': {
      const played = card.play(request.command);
      if (played.kind !== 'mismatch') return played;
      const { at, recorded } = played;
      return { kind: 'mismatch', at, sent: redactCommand(request.command), ...(recorded && { recorded }) };
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
      return recordedCardholder(request.method, card);
    case 'authorise-online': {
      const { purpose, card: seen, chip } = request;
      return host === undefined ? { kind: 'asks-host', purpose, card: seen, chip } : hostAnswer(host, card);
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
