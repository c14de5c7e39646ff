import { concat, equalBytes, readUint } from '../values/index.ts';
import type { ChainKey } from './certificate.ts';
import { failed, type OdaFailure } from './failure.ts';
import { openSignedDynamicData } from './signed-dynamic-data.ts';

type FddaVersion = 'fdda-00' | 'fdda-01';

export type FddaResult = { readonly kind: 'genuine'; readonly version: FddaVersion } | OdaFailure;

/** What the card signs, and what decides the version; raw values of the named tags. */
export interface FddaInput {
  readonly iccKey: ChainKey;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** 9F4B, from the GPO answer or a record. */
  readonly signature: Uint8Array | undefined;
  /** 9F69, card authentication related data, from the last record. */
  readonly cardAuthenticationData: Uint8Array | undefined;
  /** 9F6C, 2 bytes. */
  readonly ctq: Uint8Array | undefined;
  /** 9F08, 2 bytes. */
  readonly cardVersion: Uint8Array | undefined;
  /** 9F66, 4 bytes, as sent. */
  readonly ttq: Uint8Array;
  /** 9F37, 4 bytes, as sent. */
  readonly unpredictableNumber: Uint8Array;
  /** 9F02, 6 bytes, as sent. */
  readonly amountAuthorised: Uint8Array;
  /** 5F2A, 2 bytes, as sent. */
  readonly currencyCode: Uint8Array;
}

const OBJECT = 'dynamic-signature';
const AIP_DDA = 0x20;
const TTQ_FDDA_01 = 0x80;
const PBOC_3 = 0x0030;
/** 05 is dynamic data authentication's own; 95 is how some cards mark fDDA. */
const RSA_FORMATS: readonly number[] = [0x05, 0x95];
const MIN_CARD_DATA = 5;
const MAX_CARD_DATA = 16;
/** 9F69: version 1, the card's unpredictable number 4, then its transaction qualifiers. */
const CTQ_AT = 5;

/** JR/T 0025.12-2013 annex B: no 9F69, or one that begins with 00, is version 00. */
function versionOf(cardData: Uint8Array | undefined): FddaVersion | undefined {
  if (cardData === undefined || cardData[0] === 0x00) return 'fdda-00';
  const known = cardData[0] === 0x01 && cardData.length >= MIN_CARD_DATA && cardData.length <= MAX_CARD_DATA;
  return known ? 'fdda-01' : undefined;
}

/** The qualifiers are signed only in 9F69; those that the terminal acted on must be the same. */
function ctqDiffers(cardData: Uint8Array, ctq: Uint8Array = new Uint8Array(2)): boolean {
  const signed = cardData.subarray(CTQ_AT, CTQ_AT + 2);
  return signed.length === 2 && !equalBytes(signed, ctq);
}

/** A card of PBOC 3.0 that was asked for version 01 and answers 00 is not answering itself. */
function isDowngrade({ ttq, cardVersion }: FddaInput): boolean {
  const asked = ((ttq[3] ?? 0) & TTQ_FDDA_01) !== 0;
  return asked && cardVersion?.length === 2 && readUint(cardVersion) >= PBOC_3;
}

/**
 * Fast dynamic data authentication, versions 00 and 01 (JR/T 0025.12-2013 annex B; the SM2 form JR/T 0025.17): did this
 * card sign this transaction? Version 00 signs the unpredictable number alone; 01 also amount, currency and all of 9F69.
 * Never throws on card data.
 */
export function verifyFdda(input: FddaInput): FddaResult {
  const { iccKey, signature, cardAuthenticationData: cardData } = input;
  if (((input.aip[0] ?? 0) & AIP_DDA) === 0) return failed(OBJECT, 'not-supported');
  if (signature === undefined) return failed(OBJECT, 'missing');
  const version = versionOf(cardData);
  if (version === undefined) return failed(OBJECT, 'card-authentication-data');
  if (version === 'fdda-00' && isDowngrade(input)) return failed(OBJECT, 'downgrade');
  let terminalData = input.unpredictableNumber;
  if (version === 'fdda-01' && cardData !== undefined) {
    if (ctqDiffers(cardData, input.ctq)) return failed(OBJECT, 'ctq');
    terminalData = concat(terminalData, input.amountAuthorised, input.currencyCode, cardData);
  }
  const opened = openSignedDynamicData(iccKey, signature, terminalData, RSA_FORMATS);
  return opened.kind === 'failed' ? opened : { kind: 'genuine', version };
}
