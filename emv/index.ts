/** The PBOC/EMV core for those who use it whole; folders of this repository import the part they need. */
export { parseAnswer } from './apdu/index.ts';
export type { Algorithm, CryptogramInput } from './crypto/index.ts';
export { aidInfo, bitNames, isBitSet, statusWordMeaning, TAG, type TagInfo, tagInfo } from './dictionary/index.ts';
export {
  checkPinBlock,
  parseIssuerApplicationData,
  verifyCryptogram,
  verifyDiscretionaryData,
} from './issuer/index.ts';
export {
  type Decision,
  decodeIntent,
  describeIntent,
  type Explain,
  encodeIntent,
  type Handlers,
  type Intent,
  type Outcome,
  purchase,
  type Recovery,
  recover,
  runStep,
  runStepSync,
  type TransactionInput,
} from './kernel/index.ts';
export {
  type CaKeys,
  type CaPublicKey,
  recoverIccKey,
  recoverIssuerKey,
  staticDataToAuthenticate,
  verifyFdda,
} from './oda/index.ts';
export { buildDol, encodeTlv, findTag, parseDol, parseTlv, type Tlv } from './tlv/index.ts';
export { type CivilDate, type Fen, fen, hex, Pan, Secret, toHex } from './values/index.ts';
