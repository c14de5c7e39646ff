import type { Requests } from '../kernel/requests.ts';
import {
  type AnswerOf,
  askOf,
  type HandlersOf,
  type RequestOf,
  runStepOf,
  runStepOfSync,
  type StepOf,
} from '../kernel/step.ts';
import type { CivilDate, CivilTime, Fen, Secret } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import type { PurseIntent, PurseLoadIntent } from './intent.ts';
import type { PurseReason } from './outcome.ts';

type Allowance = { kind: 'allowed' } | { kind: 'refused'; reason: PurseReason };

/** Everything a purse transaction can ask of the outside, and the answer each question gets. */
export interface PurseRequests {
  /**
   * One command APDU to the customer's card or to the PSAM; `response` is data and status word as they came. `secret`: the command
   * holds a PIN and must reach no trace; its bytes are wiped when the answer is there.
   */
  exchange: {
    ask: { to: 'card' | 'sam'; command: Uint8Array; secret: boolean };
    answer: Requests['exchange']['answer'];
  };
  /** Makes the intent durable: of a purchase before the card can pay, of a load before the host is asked for money. */
  'save-intent': {
    ask: { intent: PurseIntent };
    answer: { kind: 'saved' } | { kind: 'refused'; reason: PurseReason };
  };
  /** Is the card on the hotlist? */
  'check-exception-file': { ask: { card: PurseCard }; answer: { listed: boolean } };
  /** May this card pay this amount without the host's word? */
  'check-offline-limits': { ask: { card: PurseCard; amount: Fen }; answer: Allowance };
  /** The PIN in ASCII digits, for the card; it is wiped here. `triesLeft`: the one before was wrong. */
  'verify-cardholder': {
    ask: { card: PurseCard; amount: Fen; triesLeft?: number };
    answer: { kind: 'entered'; pin: Secret } | { kind: 'cancelled' | 'timed-out' | 'bypassed' | 'unavailable' };
  };
  /** Asks the host to check the card's MAC1, to take the money from the account and to tell the card so (MAC2). */
  'authorise-load': { ask: { load: PurseLoadIntent }; answer: LoadAnswer };
}

export type LoadAnswer =
  /** `mac2`: 4 bytes; `date` and `time`: the host's, which it covers. */
  | { kind: 'approved'; mac2: Uint8Array; date: CivilDate; time: CivilTime; authorisationId: string }
  | { kind: 'declined'; reason: PurseReason }
  | { kind: 'no-answer' };

export type PurseRequest = RequestOf<PurseRequests>;

export type PurseAnswer = AnswerOf<PurseRequests>;

/** A step of a purse transaction: asks any number of questions and ends with T. */
export type PurseStep<T> = StepOf<PurseRequests, T>;

export type PurseHandlers = HandlersOf<PurseRequests>;

/** Ask one question; the answer has the type that belongs to it. */
export function ask<N extends keyof PurseRequests>(
  name: N,
  question: PurseRequests[N]['ask'],
): Generator<PurseRequest, PurseRequests[N]['answer'], PurseAnswer> {
  return askOf<PurseRequests, N>(name, question);
}

/** The question that is asked most often, without a step of its own around it. */
export function exchangeOf(to: 'card' | 'sam', command: Uint8Array, secret: boolean): PurseRequest {
  return { name: 'exchange', to, command, secret };
}

/** The answer that belongs to it. */
export function exchangeAnswer(answer: PurseAnswer): PurseRequests['exchange']['answer'] {
  return answer as PurseRequests['exchange']['answer'];
}

/** Runs a step against the world. What a handler throws is thrown into the step, so that its `finally` runs. */
export function runPurseStep<T>(step: PurseStep<T>, handlers: PurseHandlers): Promise<T> {
  return runStepOf<PurseRequests, T>(step, handlers);
}

/** The same without a promise: for the simulation, for recorded exchanges and for benchmarks. */
export function runPurseStepSync<T>(step: PurseStep<T>, answer: (request: PurseRequest) => PurseAnswer): T {
  return runStepOfSync<PurseRequests, T>(step, answer);
}
