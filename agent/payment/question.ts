import type { Requests } from '../../emv/kernel/index.ts';
import type { Secret } from '../../emv/values/index.ts';

type CardholderQuestion = Requests['verify-cardholder']['ask'];
export type DocumentType = Extract<CardholderQuestion, { method: 'id-document' }>['document']['type'];

/** What somebody at the register may have to say while the card waits. Never on disk: a question ends with its tap. */
export type Question = ApplicationQuestion | DocumentQuestion | PinQuestion;

/** Which of the card's applications does the cardholder want? In the card's order of priority. */
export interface ApplicationQuestion {
  readonly kind: 'application';
  readonly candidates: readonly { readonly label: string; readonly aid: Uint8Array }[];
}

/** Is this the document that the customer shows? */
export interface DocumentQuestion {
  readonly kind: 'id-document';
  readonly documentType: DocumentType;
  /** As the card has it (9F61), lent until the question is over; wiped by the kernel. */
  readonly number: Secret;
}

/** A PIN is typed at the pad; the register can do no more than leave it out, where the standard lets it. */
export interface PinQuestion {
  readonly kind: 'pin';
  readonly checkedBy: 'card' | 'host';
  /** As far as the card tells: how many wrong PINs it takes before it blocks them; 1: the last try. */
  readonly triesLeft?: number;
  readonly mayBypass: boolean;
}

/** What each question is answered with. */
export interface Answers {
  readonly application: { readonly kind: 'application'; readonly index: number };
  readonly 'id-document': { readonly kind: 'id-document'; readonly matches: boolean };
  readonly pin: { readonly kind: 'pin'; readonly bypass: true };
}

export type Answer = Answers[keyof Answers];

/** A question as it is put; no other of this run of the agent has its number. */
export type AskedQuestion = Question & { readonly id: number };
