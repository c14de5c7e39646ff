export {
  balanceOf,
  type IssuerApplicationData,
  parseIssuerApplicationData,
} from './issuer-application-data.ts';
export { issuerAuthenticationData } from './issuer-response.ts';

export {
  applicationBlock,
  applicationUnblock,
  cardBlock,
  issuerScript,
  pinChange,
  pinUnblock,
  putData,
} from './issuer-script.ts';

export { checkPinBlock, makePinBlock, PIN_BLOCK_CIPHER, type PinBlockFormat } from './pin-block.ts';
export { type PurseLoadFacts, purseLoadMac2, verifyPurseLoad, verifyPurseLoadRequest } from './purse-load.ts';
export {
  type PursePurchaseFacts,
  type PursePurchaseSession,
  verifyPurseMac1,
  verifyPurseMac2,
  verifyPursePurchase,
} from './purse-purchase.ts';
export type { PurseKeyOwner, PurseTransaction, PurseVerdict } from './purse-verdict.ts';
export { verifyCryptogram } from './verify-cryptogram.ts';
export { verifyDiscretionaryData } from './verify-discretionary-data.ts';
