import { equalSecrets, sha1, sm3 } from '../crypto/index.ts';
import { parseTlv, type Tlv } from '../tlv/index.ts';
import { concat } from '../values/index.ts';
import type { ChainKey } from './certificate.ts';
import { failed, type OdaFailure } from './failure.ts';
import { iccDynamicNumberOf, openSignedDynamicData } from './signed-dynamic-data.ts';

export type CdaResult =
  | {
      readonly kind: 'genuine';
      /** For 9F4C, 2 to 8 bytes. */
      readonly iccDynamicNumber: Uint8Array;
      /** 9F27, the byte; the answer's own and the signed one are the same. */
      readonly cryptogramInformation: number;
      /** For 9F26, 8 bytes: with CDA the application cryptogram stands in the signature alone. */
      readonly cryptogram: Uint8Array;
    }
  | OdaFailure;

export interface CdaInput {
  /** From `recoverIccKey`. */
  readonly iccKey: ChainKey;
  /** The whole answer to GENERATE AC without status word: template 77 with 9F27, 9F36, 9F4B and what else the card gives. */
  readonly response: Uint8Array;
  /** 9F37, 4 bytes, as the card was told. */
  readonly unpredictableNumber: Uint8Array;
  /** The PDOL's values as sent in GET PROCESSING OPTIONS, without 83 and length; no bytes when the card has no PDOL. */
  readonly pdolValues: Uint8Array;
  /** The CDOL1's values as sent in the first GENERATE AC. */
  readonly cdol1Values: Uint8Array;
  /** The CDOL2's values as sent in the second GENERATE AC; undefined when `response` answers the first. */
  readonly cdol2Values: Uint8Array | undefined;
}

const OBJECT = 'dynamic-signature';
const RESPONSE_TEMPLATE = 0x77;
const SDAD = 0x9f4b;
const CID = 0x9f27;
const CID_LENGTH = 1;
const CRYPTOGRAM_LENGTH = 8;

interface Response {
  readonly signature: Uint8Array;
  readonly cryptogramInformation: number;
  /** Tag, length and value of all data objects but the signature, as the card gave them (§6.6.2 step 10). */
  readonly signed: Uint8Array;
}

/** The value of a tag that is there once. */
function onlyValue(objects: readonly Tlv[], wanted: number): Uint8Array | undefined {
  const [found, another] = objects.filter(({ tag }) => tag === wanted);
  return another === undefined ? found?.value : undefined;
}

/** The bytes of a data object with its tag and length. */
function wholeOf({ offset, value }: Tlv, source: Uint8Array): Uint8Array {
  return source.subarray(offset, value.byteOffset - source.byteOffset + value.length);
}

function readResponse(response: Uint8Array): Response | undefined {
  const parsed = parseTlv(response);
  const [template, another] = parsed.kind === 'parsed' ? parsed.nodes : [];
  if (template?.tag !== RESPONSE_TEMPLATE || another !== undefined) return undefined;
  const objects = template.children ?? [];
  const signature = onlyValue(objects, SDAD);
  const cid = onlyValue(objects, CID);
  const [cryptogramInformation] = cid?.length === CID_LENGTH ? cid : [];
  if (signature === undefined || cryptogramInformation === undefined) return undefined;
  const others = objects.filter(({ tag }) => tag !== SDAD).map((object) => wholeOf(object, response));
  return { signature, cryptogramInformation, signed: concat(...others) };
}

/**
 * Combined dynamic data authentication (EMV Book 2, §6.6.2; the SM2 form JR/T 0025.17): did the card make this answer to
 * GENERATE AC, for this transaction? The signature covers the unpredictable number; the ICC dynamic data in it are the ICC
 * dynamic number behind its length, CID, application cryptogram and the hash (SHA-1, or SM3 with an SM2 key) over the
 * values of PDOL, CDOL1 and, the second time, CDOL2, then all data objects of the answer but 9F4B.
 * Fails with object 'dynamic-signature' and check 'missing' (no template 77 with one 9F27 and one 9F4B), 'length', 'form',
 * 'hash' (RSA), 'signature' (SM2), 'algorithm', 'dynamic-data' (signed, but laid out otherwise), 'cryptogram-information'
 * (9F27 says otherwise than what was signed), or 'transaction-data' (signed for another transaction or answer). On a
 * failure nothing of the answer may be believed (§6.6.2: the cryptogram is then no TC and no ARQC). Never throws on card data.
 */
export function verifyCda(input: CdaInput): CdaResult {
  const { iccKey, unpredictableNumber, pdolValues, cdol1Values, cdol2Values = new Uint8Array() } = input;
  const response = readResponse(input.response);
  if (response === undefined) return failed(OBJECT, 'missing');
  const { cryptogramInformation } = response;
  const opened = openSignedDynamicData(iccKey, response.signature, unpredictableNumber);
  if (opened.kind === 'failed') return opened;
  const { dynamicData } = opened;
  const iccDynamicNumber = iccDynamicNumberOf(dynamicData);
  if (iccDynamicNumber === undefined) return failed(OBJECT, 'dynamic-data');
  const rest = dynamicData.subarray(1 + iccDynamicNumber.length);
  const cryptogram = rest.subarray(CID_LENGTH, CID_LENGTH + CRYPTOGRAM_LENGTH);
  const transactionHash = rest.subarray(CID_LENGTH + CRYPTOGRAM_LENGTH);
  const hash = iccKey.algorithm === 'rsa' ? sha1 : sm3;
  const expected = hash(pdolValues, cdol1Values, cdol2Values, response.signed);
  if (transactionHash.length !== expected.length) return failed(OBJECT, 'dynamic-data');
  if (rest[0] !== cryptogramInformation) return failed(OBJECT, 'cryptogram-information');
  if (!equalSecrets(transactionHash, expected)) return failed(OBJECT, 'transaction-data');
  return { kind: 'genuine', iccDynamicNumber, cryptogramInformation, cryptogram };
}
