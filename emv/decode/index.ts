export { answerToReset } from './atr.ts';
export { bitString } from './bit-string.ts';
export { cvmList, cvmResults } from './cvm.ts';
export { issuerApplicationData } from './issuer-application-data.ts';
export { statusWord } from './status-word.ts';
export { tagHex } from './tag-hex.ts';
export { type DecodedObject, decodeTree, isMasked } from './tree.ts';
export { meaningOf } from './value.ts';
export type { Decoded, Decoder, Words } from './words.ts';
