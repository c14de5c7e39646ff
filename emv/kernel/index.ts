export type { Decision, Explain } from './explain.ts';
export type { Intent } from './intent.ts';
export { decodeIntent, encodeIntent } from './intent-codec.ts';
export type {
  CardholderVerification,
  CardSeen,
  ChipData,
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
  type Handlers,
  type OnlineAnswer,
  type OnlinePin,
  type Request,
  type Requests,
  runStep,
  runStepSync,
  type Step,
} from './requests.ts';
export type { ApplicationParameters, TerminalParameters, TransactionInput } from './transaction.ts';
