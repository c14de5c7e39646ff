import type { Fen, Pan, Secret } from '../values/index.ts';
import type { Intent } from './intent.ts';
import type { CardSeen, ChipData, DeclineReason } from './outcome.ts';

/** Everything the kernel can ask of the outside, and the answer each question gets. */
export interface Requests {
  /** One command APDU to the card; `response` is data and status word as they came, at least two bytes. */
  exchange: {
    ask: { command: Uint8Array };
    answer: { kind: 'answered'; response: Uint8Array } | { kind: 'torn' };
  };
  /** Makes the intent durable before the card can take money. `refused` declines before the debit. */
  'save-intent': {
    ask: { intent: Intent };
    answer: { kind: 'saved' } | { kind: 'refused'; reason: DeclineReason };
  };
  /** Is the card on the hotlist? */
  'check-exception-file': {
    ask: { pan: Pan; panSequence: number };
    answer: { listed: boolean };
  };
  /** May this card pay this amount from its chip, without the host's word? */
  'check-offline-limits': {
    ask: { pan: Pan; panSequence: number; amount: Fen };
    answer: { kind: 'allowed' } | { kind: 'refused'; reason: DeclineReason };
  };
  'verify-cardholder': {
    ask: { method: 'online-pin'; pan: Pan; amount: Fen };
    answer: { kind: 'entered'; pin: OnlinePin } | { kind: 'cancelled' | 'timed-out' | 'bypassed' | 'unavailable' };
  };
  /**
   * `authorise`: an ARQC spends the account. `verify-tc`: the chip has paid, its signature did not verify here, and the
   * host is asked whether the TC is genuine; it never debits the account as well.
   */
  'authorise-online': {
    ask: { purpose: 'authorise' | 'verify-tc'; card: CardSeen; chip: ChipData; pin?: OnlinePin };
    answer: OnlineAnswer;
  };
}

/** A PIN enciphered by the PIN pad, for the host. */
export interface OnlinePin {
  readonly block: Secret;
  readonly format: 'iso-0' | 'iso-4' | 'sm4-0';
  readonly keyId: string;
}

export type OnlineAnswer =
  | { kind: 'approved'; authorisationId: string; accountBalance?: Fen }
  | { kind: 'declined'; reason: DeclineReason }
  /** The link was lost or the host did not answer in time: decline (design: a link lost after GPO declines). */
  | { kind: 'no-answer' };

export type RequestName = keyof Requests;

/** One question: a union over `name`, so that whoever runs the kernel can narrow it. */
export type Request = { [N in RequestName]: { name: N } & Requests[N]['ask'] }[RequestName];

export type Answer = Requests[RequestName]['answer'];

/** A step of the kernel: asks any number of questions and ends with T. */
export type Step<T> = Generator<Request, T, Answer>;

/** Ask one question; the answer has the type that belongs to it. The kernel's assertions are here and below. */
export function* ask<N extends RequestName>(
  name: N,
  question: Requests[N]['ask'],
): Generator<Request, Requests[N]['answer'], Answer> {
  return (yield { name, ...question } as unknown as Request) as Requests[N]['answer'];
}

/** The question that is asked most often, without a step of its own around it. */
export function exchangeOf(command: Uint8Array): Request {
  return { name: 'exchange', command };
}

/** The answer that belongs to it. */
export function exchangeAnswer(answer: Answer): Requests['exchange']['answer'] {
  return answer as Requests['exchange']['answer'];
}

/** One handler a question; a handler returns what card, cardholder or host decided. */
export type Handlers = {
  [N in RequestName]: (question: Requests[N]['ask']) => Requests[N]['answer'] | Promise<Requests[N]['answer']>;
};

const dispatch = <N extends RequestName>(handlers: Handlers, request: { name: N } & Requests[N]['ask']) =>
  handlers[request.name](request);

/** Runs a step against the world. What a handler throws is thrown into the step, so that its `finally` runs. */
export async function runStep<T>(step: Step<T>, handlers: Handlers): Promise<T> {
  let next = step.next();
  while (!next.done) {
    let answer: Answer;
    try {
      answer = await dispatch(handlers, next.value);
    } catch (error) {
      next = step.throw(error);
      continue;
    }
    next = step.next(answer);
  }
  return next.value;
}

/** The same without a promise: for the simulation, for recorded exchanges and for benchmarks. */
export function runStepSync<T>(step: Step<T>, answer: (request: Request) => Answer): T {
  let next = step.next();
  while (!next.done) next = step.next(answer(next.value));
  return next.value;
}
