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
export {
  BUNDLE_TYPE,
  BundleError,
  type BundleHead,
  type BundleItem,
  type BundleReceipt,
  bundleHeadOf,
  bundleLines,
  bundleReceipt,
  readBundle,
  type WholeBundle,
} from './bundle/index.ts';
export type { CentralBatch, CentralRecord } from './central.ts';
export {
  type CertificateRequest,
  type ClientCertificate,
  certificateRequest,
  clientCertificate,
} from './certificate.ts';
export { type ChainPosition, chainPosition } from './chain.ts';
export {
  type ClaimedRecord,
  type Comparison,
  type ComparisonRequest,
  comparison,
  comparisonRequest,
  type Difference,
  MAX_COMPARED,
} from './comparison.ts';

export {
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswer,
  enrolmentRequest,
} from './enrolment.ts';
export { type HotlistAnswer, type HotlistPageAnswer, hotlistAnswer, hotlistPage } from './hotlist.ts';
export {
  type DebtPolicy,
  type ParametersAnswer,
  type ParametersContent,
  parametersAnswer,
  purseParameters,
} from './parameters.ts';
export { type PinKeyFile, pinKeyFile } from './pin-key.ts';
