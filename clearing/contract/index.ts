export {
  type AuthorisationAnswer,
  type AuthorisationRequest,
  authorisationAnswer,
  authorisationRequest,
  type ReversalRequest,
  reversalAnswer,
  reversalRequest,
} from './authorisation.ts';
export {
  type AcknowledgementAnswer,
  acknowledgement,
  type BatchRequest,
  type BatchStatus,
  batchRequest,
  MAX_BATCH_RECORDS,
  type SettlementItem,
  type SettlementsPage,
  settlement,
  settlementsPage,
} from './batch.ts';
export type { CentralBatch, CentralRecord } from './central.ts';
export { type ChainPosition, chainPosition } from './chain.ts';
export {
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswer,
  enrolmentRequest,
} from './enrolment.ts';
export { type HotlistAnswer, hotlistAnswer } from './hotlist.ts';
export { type ParametersAnswer, type ParametersContent, parametersAnswer, purseParameters } from './parameters.ts';
