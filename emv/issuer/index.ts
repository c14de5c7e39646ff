export type { KeyContext } from './card-session-key.ts';
export type { CardDecision, CardVerificationResults, CvrFlag } from './card-verification-results.ts';
export {
  balanceOf,
  type DiscretionaryData,
  type IssuerApplicationData,
  type ParsedIssuerApplicationData,
  parseIssuerApplicationData,
} from './issuer-application-data.ts';
export { issuerAuthenticationData, scriptCommand } from './issuer-response.ts';
export { checkPinBlock, type PinBlockFormat, type PinVerdict } from './pin-block.ts';
export { type CryptogramVerdict, verifyCryptogram } from './verify-cryptogram.ts';
export { verifyDiscretionaryData } from './verify-discretionary-data.ts';
