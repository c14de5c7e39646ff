import type { Fen, Pan, Secret } from '../values/index.ts';
import type { Intent } from './intent.ts';
import type { CardSeen, ChipData, DeclineReason } from './outcome.ts';
import {
  type AnswerOf,
  askOf,
  type HandlersOf,
  type RequestOf,
  runStepOf,
  runStepOfSync,
  type StepOf,
} from './step.ts';

/** Everything the kernel can ask of the outside, and the answer each question gets. */
export interface Requests {
  /**
   * One command APDU to the card; `response` is data and status word as they came, at least two bytes. `secret`: the
   * command carries a PIN; no log and no trace takes it, and its bytes are zeroed after the exchange.
   */
  exchange: {
    ask: { command: Uint8Array; secret?: true };
    answer: { kind: 'answered'; response: Uint8Array } | { kind: 'torn' };
  };
  /**
   * Which of the card's applications does the cardholder want? Asked on the contact interface alone, and only where the
   * card wants it confirmed (87, bit 8). In the card's order of priority; the answer is an index into them. `torn`: the card
   * left before there was one.
   */
  'confirm-application': {
    ask: { applications: readonly { readonly label: string; readonly aid: Uint8Array }[] };
    answer: { kind: 'confirmed'; index: number } | { kind: 'cancelled' | 'torn' };
  };
  /** Makes the intent durable before the chip can take money or get any. `refused` declines before that. */
  'save-intent': {
    ask: { intent: Intent };
    answer: { kind: 'saved' } | { kind: 'refused'; reason: DeclineReason };
  };
  /** Is the card on the hotlist? `loggedAmount`: what it has paid here lately, against split sales (EMV Book 3, §10.6.1). */
  'check-exception-file': {
    ask: { pan: Pan; panSequence: number };
    answer: { listed: boolean; loggedAmount?: Fen };
  };
  /** May this card pay this amount from its chip, without the host's word? */
  'check-offline-limits': {
    ask: { pan: Pan; panSequence: number; amount: Fen };
    answer: { kind: 'allowed' } | { kind: 'refused'; reason: DeclineReason };
  };
  'verify-cardholder': {
    ask: CardholderQuestion;
    answer: CardholderMethods[CardholderMethod]['answer'];
  };
  /**
   * `authorise`: an ARQC spends the account. `load`: an ARQC moves money from the account into the chip. `verify-tc`: the
   * chip has paid, its signature did not verify here, and the host is asked whether the TC is genuine; it never debits the
   * account as well.
   */
  'authorise-online': {
    ask: { purpose: 'authorise' | 'load' | 'verify-tc'; card: CardSeen; chip: ChipData; pin?: OnlinePin };
    answer: OnlineAnswer;
  };
}

/**
 * How the cardholder shows to be the cardholder, and what each way is asked and answers. `mayBypass`: the attendant may let
 * the PIN be left out, which is answered as `bypassed` (EMV Book 4, §6.3.4.3); elsewhere it ends the transaction.
 */
export interface CardholderMethods {
  'online-pin': {
    ask: { pan: Pan; amount: Fen; mayBypass: boolean };
    answer: { kind: 'entered'; pin: OnlinePin } | NoPin;
  };
  /** The card checks the PIN. `triesLeft` as far as the card tells; `lastTry`: a wrong PIN will block it. */
  'offline-pin': {
    ask: {
      pan: Pan;
      amount: Fen;
      enciphered: boolean;
      triesLeft: number | undefined;
      lastTry: boolean;
      mayBypass: boolean;
    };
    answer: /** The clear PIN, 4 to 12 ASCII digits, which the kernel wipes after the exchange. */
      | { kind: 'entered'; pin: Secret }
      /** Reader or pad sent the VERIFY itself (plaintext alone) and the card answered this status word. */
      | { kind: 'verified-on-reader'; sw: number }
      /** The card left while reader or pad spoke with it. */
      | { kind: 'torn' }
      | NoPin;
  };
  /** The attendant compares the customer's document with what the card says of it (9F61, 9F62). `torn`: the card left. */
  'id-document': {
    ask: { pan: Pan; document: IdDocument };
    answer: { kind: 'confirmed' | 'refused' | 'cancelled' | 'timed-out' | 'unavailable' | 'torn' };
  };
}

type NoPin = { kind: 'cancelled' | 'timed-out' | 'bypassed' | 'unavailable' };

export type CardholderMethod = keyof CardholderMethods;

export type CardholderQuestion = {
  [M in CardholderMethod]: { method: M } & CardholderMethods[M]['ask'];
}[CardholderMethod];

export interface IdDocument {
  /** 9F62: identity card, officer's card, passport, entry permit, temporary identity card, other. */
  readonly type: 'identity-card' | 'officer' | 'passport' | 'entry-permit' | 'temporary-identity-card' | 'other';
  /** 9F61, characters as the card has them. A person's number: shown to the attendant, kept nowhere. */
  readonly number: Secret;
}

/** A PIN enciphered by the PIN pad, for the host. */
export interface OnlinePin {
  readonly block: Secret;
  readonly format: 'iso-0' | 'iso-4' | 'sm4-0';
  readonly keyId: string;
}

/** What the issuer says to its card (full debit/credit; qPBOC has nothing to tell it). */
export interface IssuerAnswer {
  /** 8A, 2 bytes. */
  readonly authorisationResponseCode: Uint8Array;
  /** 91, 8 to 16 bytes: the ARPC, then what the issuer wants. */
  readonly issuerAuthenticationData?: Uint8Array;
  /** Issuer script templates 71 and 72, each whole, in the order in which they are to be sent. */
  readonly scripts?: readonly Uint8Array[];
}

/** The host's own word, or that there is none. */
export type HostAnswer =
  | { kind: 'approved'; authorisationId: string; accountBalance?: Fen; issuer?: IssuerAnswer }
  | { kind: 'declined'; reason: DeclineReason; issuer?: IssuerAnswer }
  /** The link was lost or the host did not answer in time: decline (design: a link lost after GPO declines). */
  | { kind: 'no-answer' };

/**
 * `deferred`: the host could not be asked, and the terminal takes it upon itself to trust an ARQC within bounds of its own; the centre
 * gets it with the record. Only an answer to `authorise`; to anything else it is no answer.
 */
export type OnlineAnswer = HostAnswer | { kind: 'deferred' };

export type RequestName = keyof Requests;

/** One question: a union over `name`, so that whoever runs the kernel can narrow it. */
export type Request = RequestOf<Requests>;

export type Answer = AnswerOf<Requests>;

/** A step of the kernel: asks any number of questions and ends with T. */
export type Step<T> = StepOf<Requests, T>;

/** Ask one question; the answer has the type that belongs to it. */
export function ask<N extends RequestName>(
  name: N,
  question: Requests[N]['ask'],
): Generator<Request, Requests[N]['answer'], Answer> {
  return askOf<Requests, N>(name, question);
}

/** The same of the cardholder, by method. */
export function* askCardholder<M extends CardholderMethod>(
  method: M,
  question: CardholderMethods[M]['ask'],
): Generator<Request, CardholderMethods[M]['answer'], Answer> {
  return (yield {
    name: 'verify-cardholder',
    method,
    ...question,
  } as Request) as CardholderMethods[M]['answer'];
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
export type Handlers = HandlersOf<Requests>;

/** Runs a step against the world. What a handler throws is thrown into the step, so that its `finally` runs. */
export function runStep<T>(step: Step<T>, handlers: Handlers): Promise<T> {
  return runStepOf<Requests, T>(step, handlers);
}

/** The same without a promise: for the simulation, for recorded exchanges and for benchmarks. */
export function runStepSync<T>(step: Step<T>, answer: (request: Request) => Answer): T {
  return runStepOfSync<Requests, T>(step, answer);
}
