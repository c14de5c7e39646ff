/** What a reader says of its PIN entry; what it does not say is absent. */
export interface PinProperties {
  /** wLcdLayout, columns × 256 + lines; 0: no display. */
  readonly lcdLayout?: number;
  /** bEntryValidationCondition: the ways of ending an entry that it knows, bits as in PIN_VERIFY_STRUCTURE. */
  readonly entryValidation?: number;
  /** bMinPINSize and bMaxPINSize, digits. */
  readonly minDigits?: number;
  readonly maxDigits?: number;
}

/** PIN_PROPERTIES_STRUCTURE (PC/SC part 10): wLcdLayout (little-endian), bEntryValidationCondition, bTimeOut2. */
const STRUCTURE_BYTES = 4;

/** Reads the answer to FEATURE_IFD_PIN_PROPERTIES. Undefined unless it has exactly its 4 bytes. */
export function readPinProperties(answer: Uint8Array): PinProperties | undefined {
  if (answer.length !== STRUCTURE_BYTES) return undefined;
  const [low = 0, high = 0, entryValidation = 0] = answer;
  return { lcdLayout: (high << 8) | low, entryValidation };
}

/** PC/SC part 10: the properties that are used here, by tag, with their lengths. */
const PROPERTIES = new Map<number, { readonly name: keyof PinProperties; readonly bytes: number }>([
  [1, { name: 'lcdLayout', bytes: 2 }],
  [2, { name: 'entryValidation', bytes: 1 }],
  [6, { name: 'minDigits', bytes: 1 }],
  [7, { name: 'maxDigits', bytes: 1 }],
]);

/**
 * Reads the answer to FEATURE_GET_TLV_PROPERTIES: tag (1 byte), length (1 byte), value (little-endian). Others than those used
 * here are left out. Undefined when an entry reaches beyond the end, or a property has another length than its own.
 */
export function readTlvProperties(answer: Uint8Array): PinProperties | undefined {
  const found: { -readonly [name in keyof PinProperties]: PinProperties[name] } = {};
  let at = 0;
  while (at < answer.length) {
    const [tag = 0, length] = answer.subarray(at, at + 2);
    const value = answer.subarray(at + 2, at + 2 + (length ?? 0));
    if (length === undefined || value.length !== length) return undefined;
    const property = PROPERTIES.get(tag);
    if (property !== undefined && property.bytes !== length) return undefined;
    if (property !== undefined) found[property.name] = value.reduceRight((sum, byte) => (sum << 8) | byte, 0);
    at += 2 + length;
  }
  return found;
}
