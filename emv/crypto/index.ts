export { type Algorithm, type BlockKey, type CipherName, cipherOf, sm4Key } from './block-cipher.ts';
export { checkValue } from './check-value.ts';
export type { CryptogramInput } from './cryptogram-input.ts';
export { equalSecrets, fingerprint, type HmacKey, hmacSm3, hmacSm3Key, sha1, sm3 } from './digest.ts';
export { dukptPinKey } from './dukpt.ts';
export { KEY_ALGORITHM, type KeyBlockHeader, keyBlockHeader, makeKeyBlock, openKeyBlock } from './key-block.ts';
export { cardKey, sessionKey } from './keys.ts';
export { applicationCryptogram, arpc, mac } from './mac.ts';
export { purseCardKey, purseLoadKey, purseMac, pursePurchaseKey, purseTac } from './purse.ts';
export { type RsaPublicKey, rsaPublicKey, rsaRecover } from './rsa.ts';
export { openBytes, type SealingKey, sealBytes, sealingKey } from './seal.ts';
export {
  drawSm2PrivateKey,
  isSm2PublicKey,
  type Sm2SigningKey,
  type Sm2VerifyingKey,
  sm2PublicKey,
  sm2Sign,
  sm2SigningKey,
  sm2SignWith,
  sm2Verify,
  sm2VerifyingKey,
  sm2VerifyWith,
} from './sm2.ts';
export { type Sm2Sealer, sm2Open, sm2Opener, sm2Seal, sm2Sealer } from './sm2-seal.ts';
