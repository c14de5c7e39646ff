/**
 * The PBOC/EMV core, `import … from 'jdpos/emv'` (docs/emv.md): parsing and encoding, decoding into words, offline data
 * authentication, the kernel, inspection and recordings, and the issuer's side. Each function is documented where it is
 * declared: lengths, units, outcomes, and the section of the standard. Folders of this repository import the part they need.
 */
export { parseAnswer } from './apdu/index.ts';
export {
  type Algorithm,
  applicationCryptogram,
  arpc,
  type CryptogramInput,
  cardKey,
  mac,
  sessionKey,
} from './crypto/index.ts';
export {
  answerToReset,
  bitString,
  cvmList,
  cvmResults,
  type Decoded,
  type DecodedObject,
  type Decoder,
  decodeTree,
  issuerApplicationData,
  meaningOf,
  statusWord,
  type Words,
} from './decode/index.ts';
export { aidInfo, bitNames, isBitSet, statusWordMeaning, TAG, type TagInfo, tagInfo } from './dictionary/index.ts';
export {
  type ApplicationReport,
  type CardAuthentication,
  type CardReport,
  type InspectInput,
  inspect,
} from './inspect/index.ts';
export {
  checkPinBlock,
  issuerAuthenticationData,
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
export {
  type Exchange,
  isContact,
  lenientCard,
  type Recording,
  readRecording,
  redact,
  redactCommand,
  replay,
  replayInput,
  strictCard,
  writeRecording,
} from './trace/index.ts';
export {
  type CivilDate,
  concat,
  equalBytes,
  type Fen,
  fen,
  hex,
  Pan,
  parseHex,
  Secret,
  toHex,
} from './values/index.ts';
