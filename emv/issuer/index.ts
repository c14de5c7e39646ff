export {
  balanceOf,
  type IssuerApplicationData,
  parseIssuerApplicationData,
} from './issuer-application-data.ts';
export { issuerAuthenticationData } from './issuer-response.ts';
export { checkPinBlock, type PinBlockFormat } from './pin-block.ts';
export { verifyCryptogram } from './verify-cryptogram.ts';
export { verifyDiscretionaryData } from './verify-discretionary-data.ts';
