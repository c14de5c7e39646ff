export type { CaKeys, CaPublicKey } from './ca-keys.ts';
export type { ChainKey, RecoveredKey } from './certificate.ts';
export type { OdaCheck, OdaFailure, OdaObject } from './failure.ts';
export { type FddaInput, type FddaResult, type FddaVersion, verifyFdda } from './fdda.ts';
export { recoverIccKey } from './icc-certificate.ts';
export { recoverIssuerKey } from './issuer-certificate.ts';
export { type StaticData, staticDataToAuthenticate } from './static-data.ts';
