export type { CvmFacts } from './cvm-condition.ts';
export { type CvmList, type CvmRule, parseCvmList } from './cvm-list.ts';
export type { CvmTask } from './cvm-method.ts';
export { type CvmOutcome, type CvmResult, cvmRules } from './cvm-rules.ts';
export { type OfflinePinEnd, type OfflinePinInput, offlinePin, PIN_PADDING_BYTES } from './offline-pin.ts';
export { pinEnciphermentKey } from './pin-key.ts';
export { type VerificationEnd, type VerificationInput, verifyCardholder } from './verify-cardholder.ts';
