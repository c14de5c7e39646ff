import { TAG } from '../dictionary/index.ts';
import type { IdDocument } from '../kernel/requests.ts';
import type { DataObjects } from '../tlv/index.ts';
import { Secret } from '../values/index.ts';

/** 9F62: 00 to 05 (JR/T 0025.5). */
const TYPES: readonly IdDocument['type'][] = [
  'identity-card',
  'officer',
  'passport',
  'entry-permit',
  'temporary-identity-card',
  'other',
];

export type CardholderDocument =
  | { readonly kind: 'document'; readonly document: IdDocument }
  /** 9F61 or 9F62 is not there. */
  | { readonly kind: 'missing' }
  /** 9F62 names a type that no standard has. */
  | { readonly kind: 'unknown-type' };

/** The document that the cardholder is to show, from 9F61 and 9F62. The number is a copy that its taker may wipe. */
export function cardholderDocument(card: DataObjects): CardholderDocument {
  const number = card.get(TAG.idDocumentNumber);
  const code = card.get(TAG.idDocumentType);
  if (number === undefined || number.length === 0 || code === undefined || code.length === 0) {
    return { kind: 'missing' };
  }
  const type = code.length === 1 ? TYPES[code[0] ?? TYPES.length] : undefined;
  return type === undefined
    ? { kind: 'unknown-type' }
    : { kind: 'document', document: { type, number: new Secret(number.slice()) } };
}
