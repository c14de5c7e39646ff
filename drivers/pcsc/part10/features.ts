/** SCARD_CTL_CODE of pcsc-lite. */
const CTL_CODE = 0x42000000;

/** CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10, §2.2): which features does the reader have, and under which control codes? */
export const GET_FEATURE_REQUEST = CTL_CODE + 3400;

/** Escape commands of CCID as libccid takes them, for readers that do not tell a code of their own (FEATURE_CCID_ESC_COMMAND). */
export const CCID_ESCAPE = CTL_CODE + 1;

/** PC/SC part 10: the features that are used here, by tag. */
const FEATURES = {
  6: 'verify-pin-direct',
  7: 'modify-pin-direct',
  10: 'ifd-pin-properties',
  18: 'get-tlv-properties',
  19: 'ccid-esc-command',
} as const;

type Feature = (typeof FEATURES)[keyof typeof FEATURES];

/** Control codes of a reader by feature. */
export type Features = ReadonlyMap<Feature, number>;

/** Tag, length, four bytes. */
const ENTRY_BYTES = 6;
const CODE_BYTES = 4;

/**
 * Reads the answer to GET_FEATURE_REQUEST (PC/SC part 10, §2.2): entries of a tag (1 byte), a length that is 4, and a control
 * code (4 bytes, big-endian). Features that are not used here are left out. Undefined when anything else is in it, or one
 * feature twice: no code of such a list is to be trusted with a PIN.
 */
export function readFeatures(answer: Uint8Array): Features | undefined {
  if (answer.length % ENTRY_BYTES !== 0) return undefined;
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
  const tags = new Set<number>();
  const features = new Map<Feature, number>();
  for (let at = 0; at < answer.length; at += ENTRY_BYTES) {
    const tag = view.getUint8(at);
    if (view.getUint8(at + 1) !== CODE_BYTES || tags.has(tag)) return undefined;
    tags.add(tag);
    const feature = isKnown(tag) ? FEATURES[tag] : undefined;
    if (feature !== undefined) features.set(feature, view.getUint32(at + 2));
  }
  return features;
}

const isKnown = (tag: number): tag is keyof typeof FEATURES => Object.hasOwn(FEATURES, tag);
