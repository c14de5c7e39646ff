export type { CaKeys, CaPublicKey } from './ca-keys.ts';
export type { ChainKey } from './certificate.ts';
export type { OdaFailure } from './failure.ts';
export { verifyFdda } from './fdda.ts';
export { recoverIccKey } from './icc-certificate.ts';
export { recoverIssuerKey } from './issuer-certificate.ts';
export { recoverPinKey } from './pin-key.ts';
export { staticDataToAuthenticate } from './static-data.ts';
