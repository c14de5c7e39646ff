import { type RsaPublicKey, type Sm2VerifyingKey, sm2VerifyWith } from '../crypto/index.ts';
import { concat } from '../values/index.ts';
import { type ChainKey, isHashRight, recoverBlock } from './certificate.ts';
import { failed, type OdaFailure } from './failure.ts';

/** What the card put into its signature: the ICC dynamic data, without their length. */
export type SignedDynamicData = { readonly kind: 'signed'; readonly dynamicData: Uint8Array } | OdaFailure;

const OBJECT = 'dynamic-signature';
/** Dynamic data authentication's own format (EMV Book 2, tables 17 and 20). */
const RSA_FORMAT = 0x05;
const SHA_1 = 0x01;
/** Around the ICC dynamic data: header, format, hash algorithm, its length, hash, trailer. */
const RSA_OVERHEAD = 25;
const RSA_DATA_AT = 4;
const SM2_FORMAT = 0x15;
const SM2_SIGNATURE_LENGTH = 64;
const SM2_DATA_AT = 2;

function openRsa(
  key: RsaPublicKey,
  signature: Uint8Array,
  terminalData: Uint8Array,
  formats: readonly number[],
): SignedDynamicData {
  const recovered = recoverBlock(OBJECT, formats, key, signature);
  if (recovered.kind === 'failed') return recovered;
  const { block } = recovered;
  if (!isHashRight(block, terminalData)) return failed(OBJECT, 'hash');
  if (block[2] !== SHA_1) return failed(OBJECT, 'algorithm');
  const length = block[3] ?? 0;
  if (length > block.length - RSA_OVERHEAD) return failed(OBJECT, 'length');
  return { kind: 'signed', dynamicData: block.subarray(RSA_DATA_AT, RSA_DATA_AT + length) };
}

function openSm2(key: Sm2VerifyingKey, signature: Uint8Array, terminalData: Uint8Array): SignedDynamicData {
  const signedLength = SM2_DATA_AT + (signature[1] ?? 0);
  if (signature.length !== signedLength + SM2_SIGNATURE_LENGTH) return failed(OBJECT, 'length');
  if (signature[0] !== SM2_FORMAT) return failed(OBJECT, 'form');
  const signed = concat(signature.subarray(0, signedLength), terminalData);
  if (!sm2VerifyWith(key, signed, signature.subarray(signedLength))) return failed(OBJECT, 'signature');
  return { kind: 'signed', dynamicData: signature.subarray(SM2_DATA_AT, signedLength) };
}

/**
 * Verifies signed dynamic application data (9F4B) under the card's key and takes the ICC dynamic data out of them (EMV
 * Book 2, §6.5.2 steps 1 to 7; the SM2 form `15 ‖ length ‖ data ‖ signature`, JR/T 0025.17). `terminalData` is what the
 * signature covers of the terminal's; `formats` are the RSA form's format bytes that are taken. Never throws on card data.
 */
export function openSignedDynamicData(
  iccKey: ChainKey,
  signature: Uint8Array | undefined,
  terminalData: Uint8Array,
  formats: readonly number[] = [RSA_FORMAT],
): SignedDynamicData {
  if (signature === undefined) return failed(OBJECT, 'missing');
  return iccKey.algorithm === 'rsa'
    ? openRsa(iccKey.key, signature, terminalData, formats)
    : openSm2(iccKey.key, signature, terminalData);
}

const MIN_NUMBER = 2;
const MAX_NUMBER = 8;

/**
 * The ICC dynamic number (9F4C) with which ICC dynamic data begin: its length, then 2 to 8 bytes (EMV Book 2, table 16).
 * Undefined when they do not.
 */
export function iccDynamicNumberOf(dynamicData: Uint8Array): Uint8Array | undefined {
  const length = dynamicData[0] ?? 0;
  const known = length >= MIN_NUMBER && length <= MAX_NUMBER && dynamicData.length > length;
  return known ? dynamicData.subarray(1, 1 + length) : undefined;
}
