/** One BER-TLV data object. Its bytes are views on what was parsed: nothing is copied, so do not write to them. */
export interface Tlv {
  /** The tag's one to three bytes as a number: 0x6F, 0x9F38, 0xDF8101. */
  readonly tag: number;
  readonly value: Uint8Array;
  /** Number of bytes in `value`; cheaper than making the view. */
  readonly length: number;
  /** Where the tag starts in the parsed bytes. */
  readonly offset: number;
  /** The data objects inside; undefined for a primitive tag. */
  readonly children?: readonly Tlv[] | undefined;
}

/** Why bytes are no BER-TLV. */
export type TlvErrorCode =
  | 'too-large'
  | 'too-deep'
  | 'tag-truncated'
  | 'tag-too-long'
  | 'length-truncated'
  | 'length-indefinite'
  | 'length-too-long'
  | 'value-truncated';

/** Bits 5 to 1 of a tag's first byte, all set: the tag goes on in the next byte (EMV Book 3, annex B1). */
export const TAG_CONTINUES = 0x1f;
/** Bit 8 of a further tag byte: yet another one follows. */
export const MORE = 0x80;
/** Bit 6 of a tag's first byte: the value is made of data objects. */
export const CONSTRUCTED = 0x20;
export const MAX_TAG_BYTES = 3;
