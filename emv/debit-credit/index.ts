export {
  type Action,
  type ActionFacts,
  firstAction,
  type HostWord,
  secondAction,
  type TerminalActionCodes,
} from './action-analysis.ts';
export {
  type ElectronicCashAction,
  type ElectronicCashFacts,
  type ElectronicCashOffer,
  type ElectronicCashPath,
  electronicCashAction,
  electronicCashPath,
  offersElectronicCash,
} from './electronic-cash.ts';
export { processingRestrictions, type RestrictionFacts } from './processing-restrictions.ts';
export { type RandomSelection, type RiskFacts, terminalRiskManagement } from './terminal-risk-management.ts';
export { type Connectivity, connectivityOf, isAtm, isAttended } from './terminal-type.ts';
export { needsVelocityChecking } from './velocity-checking.ts';
export {
  type Findings,
  TerminalVerificationResults,
  TransactionStatusInformation,
  type TsiBit,
  type TvrBit,
} from './verification-results.ts';
