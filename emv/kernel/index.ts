export { balanceInquiry, type CardBalance } from './debit-credit/balance-inquiry.ts';
export type { LoadLogEntry, LogEntry } from './debit-credit/card-logs.ts';
export { contactPurchase } from './debit-credit/contact-purchase.ts';
export type { CardInterface } from './debit-credit/dialogue.ts';
export { load } from './debit-credit/load.ts';
export type { Decision, Explain } from './explain.ts';
export { identify } from './identify.ts';
export type { DebitCreditIntent, Intent, LoadIntent, QpbocIntent } from './intent.ts';

export { decodeIntent, encodeIntent } from './intent-codec.ts';
export type {
  CardholderVerification,
  CardSeen,
  ChipData,
  Completion,
  DeclineReason,
  OfflineAuthentication,
  Outcome,
  Recovery,
} from './outcome.ts';
export { purchase } from './purchase.ts';
export { recover } from './recover.ts';
export { describeIntent } from './reopen-intent.ts';
export {
  type Answer,
  type CardholderMethods,
  type CardholderQuestion,
  type Handlers,
  type HostAnswer,
  type IdDocument,
  type IssuerAnswer,
  type OnlineAnswer,
  type OnlinePin,
  type Request,
  type Requests,
  runStep,
  runStepSync,
  type Step,
} from './requests.ts';
export type {
  ApplicationParameters,
  DebitCreditInput,
  DebitCreditParameters,
  TerminalParameters,
  TransactionInput,
} from './transaction.ts';
