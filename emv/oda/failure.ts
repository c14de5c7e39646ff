/** What was being checked when offline data authentication failed. */
export type OdaObject =
  | 'ca-key'
  | 'issuer-certificate'
  | 'icc-certificate'
  /** What is to be authenticated: records, and the tag list 9F4A. */
  | 'static-data'
  /** 93. */
  | 'static-signature'
  /** 9F4B. */
  | 'dynamic-signature';

/** Why it failed. */
export type OdaCheck =
  /** The data object, or one that it needs, is not there. */
  | 'missing'
  /** No CA key of this RID and index. */
  | 'unknown'
  | 'expired'
  /** Not as long as the key that signed it, or as its own layout says. */
  | 'length'
  /** Recovered header, trailer or format byte: signed by another key, or something else was signed. */
  | 'form'
  | 'hash'
  /** SM2: the signature is not the signer's. */
  | 'signature'
  /** Hash or key algorithm is none that is known. */
  | 'algorithm'
  /** The public key is none: remainder or exponent do not fit, an even modulus, a point off the curve. */
  | 'key'
  /** The issuer identifier does not begin the PAN. */
  | 'issuer-identifier'
  /** Certified for another PAN. */
  | 'pan'
  /** 9F4A asks for anything but the AIP. */
  | 'tag-list'
  /** A record to be authenticated is no template 70. */
  | 'record'
  /** The AIP does not offer dynamic data authentication. */
  | 'not-supported'
  /** The ICC dynamic data are not laid out as they should be. */
  | 'dynamic-data'
  /** CDA: the answer's CID is another than the signed one. */
  | 'cryptogram-information'
  /** CDA: the signed hash is that of another transaction or answer. */
  | 'transaction-data'
  /** 9F69 has another version or length than fDDA knows. */
  | 'card-authentication-data'
  /** The transaction qualifiers in 9F69 are not those of 9F6C. */
  | 'ctq'
  /** fDDA version 00 from a card that knows 01, to a terminal that asked for 01. */
  | 'downgrade';

export interface OdaFailure {
  readonly kind: 'failed';
  readonly object: OdaObject;
  readonly check: OdaCheck;
}

export function failed(object: OdaObject, check: OdaCheck): OdaFailure {
  return { kind: 'failed', object, check };
}
