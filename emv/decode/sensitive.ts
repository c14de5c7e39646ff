import { TAG } from '../dictionary/index.ts';
import type { Tlv } from '../tlv/index.ts';
import { maskPan, parseCompressedNumeric, toHex } from '../values/index.ts';

/** A value that is not to be shown whole, in the form in which it may be. */
export interface Masked {
  /** Hex digits, with a star for each that is hidden. */
  readonly value: string;
  readonly meaning: string;
}

/** Names of people, other track data, account numbers, identity documents: nothing of them is shown. */
const HIDDEN: ReadonlySet<number> = new Set([TAG.track1, 0x5f20, 0x5f53, 0x9f0b, 0x9f1f, 0x9f20, 0x9f61]);
/** Certificates of the card: the PAN is in them, in clear (SM2) or for everybody who has the issuer's public key (RSA). */
const CERTIFICATES: ReadonlySet<number> = new Set([TAG.iccCertificate, 0x9f2d]);
const SHOWN_OF_CERTIFICATE = 2;

const stars = (count: number): string => '*'.repeat(count);

/** 57: the PAN masked, then separator, expiry and service code; what follows may stand for a PIN and is hidden. */
function maskTrack2(digits: string): string {
  const [, pan, open, rest = ''] = /^([0-9]{1,19})(D[0-9]{0,7})(.*)$/.exec(digits) ?? [];
  return pan === undefined || open === undefined ? stars(digits.length) : `${maskPan(pan)}${open}${stars(rest.length)}`;
}

/** What may be shown of a value that names its holder (57, 5A, names, documents, the card's certificates); undefined for any other. */
export function maskByTag(tag: number, value: Uint8Array): Masked | undefined {
  const digits = toHex(value);
  if (tag === TAG.pan) {
    const pan = parseCompressedNumeric(value);
    if (pan === undefined) return { value: stars(digits.length), meaning: 'hidden' };
    return { value: `${maskPan(pan)}${digits.slice(pan.length)}`, meaning: maskPan(pan) };
  }
  if (tag === TAG.track2) return { value: maskTrack2(digits), meaning: 'PAN masked' };
  if (HIDDEN.has(tag)) return { value: stars(digits.length), meaning: 'hidden' };
  if (!CERTIFICATES.has(tag)) return undefined;
  const shown = digits.slice(0, SHOWN_OF_CERTIFICATE);
  return { value: `${shown}${stars(digits.length - shown.length)}`, meaning: 'hidden: the PAN is in it' };
}

/** A number as short as that would be found by chance. */
const MIN_PAN = 8;

/** The PANs that 5A and 57 of a tree name, as digits. */
export function pansIn(nodes: readonly Tlv[]): readonly string[] {
  return nodes.flatMap((node): readonly string[] => {
    if (node.children !== undefined) return pansIn(node.children);
    const digits = toHex(node.value);
    const pan = node.tag === TAG.pan || node.tag === TAG.track2 ? /^[0-9]+/.exec(digits)?.[0] : undefined;
    return pan !== undefined && pan.length >= MIN_PAN ? [pan] : [];
  });
}

/** A value that no tag says to be of the cardholder, and that holds one of these PANs: packed at any nibble, or as characters. */
export function maskByContent(pans: readonly string[], value: Uint8Array): Masked | undefined {
  const digits = toHex(value);
  const text = String.fromCharCode(...value);
  if (!pans.some((pan) => digits.includes(pan) || text.includes(pan))) return undefined;
  return { value: stars(digits.length), meaning: 'hidden: the PAN is in it' };
}
