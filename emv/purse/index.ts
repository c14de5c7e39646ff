export { type PurseBalance, purseBalance } from './balance.ts';
export type { PurseCard } from './card.ts';
export { recoverPurseLoad } from './credit.ts';
export type { PurseIntent, PurseLoadIntent, PursePurchaseIntent, SamUse } from './intent.ts';
export { decodePurseIntent, encodePurseIntent } from './intent-codec.ts';
export { purseLoad } from './load.ts';
export { type PurseLog, type PurseLogEntry, parseLogRecord, purseLog } from './log.ts';
export { openPurse } from './open-purse.ts';
export type {
  PurseCancelled,
  PurseCredit,
  PurseDebit,
  PurseFinding,
  PurseLoadOutcome,
  PurseLoadRecovery,
  PursePurchaseOutcome,
  PurseReason,
  PurseRecovery,
  PurseSeen,
} from './outcome.ts';
export {
  PURSE_TYPE,
  type PurseApplication,
  type PurseKind,
  type PurseLoadInput,
  type PursePurchaseInput,
  type SamParameters,
} from './parameters.ts';
export { pursePurchase } from './purchase.ts';
export { recoverPursePurchase } from './recover-purchase.ts';
export {
  type LoadAnswer,
  type PurseAnswer,
  type PurseHandlers,
  type PurseRequest,
  type PurseRequests,
  type PurseStep,
  runPurseStep,
  runPurseStepSync,
} from './requests.ts';
export { openSam } from './sam.ts';
