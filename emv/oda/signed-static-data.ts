import { type RsaPublicKey, type Sm2VerifyingKey, sm2VerifyWith } from '../crypto/index.ts';
import { concat } from '../values/index.ts';
import { type ChainKey, isHashRight, recoverBlock } from './certificate.ts';
import { failed, type OdaFailure } from './failure.ts';

export type SignedStaticDataResult =
  | {
      readonly kind: 'genuine';
      /** For 9F45, 2 bytes: the issuer's own code in the signature. */
      readonly dataAuthenticationCode: Uint8Array;
    }
  | OdaFailure;

const OBJECT = 'static-signature';
const RSA_FORMAT = 0x03;
const SHA_1 = 0x01;
const RSA_CODE_AT = 3;
const SM2_FORMAT = 0x13;
const SM2_CODE_AT = 1;
const CODE_LENGTH = 2;
const SM2_SIGNED_LENGTH = SM2_CODE_AT + CODE_LENGTH;
const SM2_SIGNATURE_LENGTH = 64;

function verifyRsa(key: RsaPublicKey, signature: Uint8Array, staticData: Uint8Array): SignedStaticDataResult {
  const recovered = recoverBlock(OBJECT, [RSA_FORMAT], key, signature);
  if (recovered.kind === 'failed') return recovered;
  const { block } = recovered;
  if (!isHashRight(block, staticData)) return failed(OBJECT, 'hash');
  if (block[2] !== SHA_1) return failed(OBJECT, 'algorithm');
  return { kind: 'genuine', dataAuthenticationCode: block.subarray(RSA_CODE_AT, RSA_CODE_AT + CODE_LENGTH) };
}

function verifySm2(key: Sm2VerifyingKey, signature: Uint8Array, staticData: Uint8Array): SignedStaticDataResult {
  if (signature.length !== SM2_SIGNED_LENGTH + SM2_SIGNATURE_LENGTH) return failed(OBJECT, 'length');
  if (signature[0] !== SM2_FORMAT) return failed(OBJECT, 'form');
  const signed = concat(signature.subarray(0, SM2_SIGNED_LENGTH), staticData);
  if (!sm2VerifyWith(key, signed, signature.subarray(SM2_SIGNED_LENGTH))) return failed(OBJECT, 'signature');
  return { kind: 'genuine', dataAuthenticationCode: signature.subarray(SM2_CODE_AT, SM2_SIGNED_LENGTH) };
}

/**
 * Static data authentication (EMV Book 2, §5.4; the SM2 form `13 ‖ code ‖ signature`, JR/T 0025.17 §5.1): did the issuer
 * sign these records? It tells nothing of who holds them: a copy has them too. `issuerKey` comes from `recoverIssuerKey`,
 * `signature` is tag 93 (as long as the issuer's modulus, or 67 bytes) or undefined, `staticData` comes from
 * `staticDataToAuthenticate` (the AIP in it, where 9F4A names it).
 * Fails with object 'static-signature' and check 'missing', 'length', 'form', 'hash' (RSA), 'signature' (SM2) or
 * 'algorithm'. Never throws on card data.
 */
export function verifySignedStaticData(input: {
  readonly issuerKey: ChainKey;
  readonly signature: Uint8Array | undefined;
  readonly staticData: Uint8Array;
}): SignedStaticDataResult {
  const { issuerKey, signature, staticData } = input;
  if (signature === undefined) return failed(OBJECT, 'missing');
  return issuerKey.algorithm === 'rsa'
    ? verifyRsa(issuerKey.key, signature, staticData)
    : verifySm2(issuerKey.key, signature, staticData);
}
