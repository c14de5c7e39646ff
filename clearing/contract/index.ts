export {
  type AuthorisationAnswer,
  type AuthorisationDecline,
  type AuthorisationRequest,
  authorisationAnswer,
  authorisationRequest,
  type ReversalAnswer,
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
  batchStatus,
  MAX_BATCH_RECORDS,
  type SettlementItem,
  type SettlementsPage,
  settlement,
  settlementsPage,
} from './batch.ts';
export { type CentralBatch, type CentralRecord, centralBatch, centralRecord } from './central.ts';
export {
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswer,
  enrolmentRequest,
  type HostKeys,
} from './enrolment.ts';
export { type HotlistAnswer, hotlistAnswer } from './hotlist.ts';
export { type ParametersAnswer, type ParametersContent, parametersAnswer } from './parameters.ts';
