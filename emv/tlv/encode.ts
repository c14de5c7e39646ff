import { MAX_TAG_BYTES, MORE, TAG_CONTINUES } from './tlv.ts';

const MAX_LENGTH = 0xffff;

/** The tag's one to three bytes. Throws RangeError when the number is no tag. */
function tagBytes(tag: number): readonly number[] {
  const bytes = tag > 0xffff ? [tag >>> 16, tag >>> 8, tag] : tag > 0xff ? [tag >>> 8, tag] : [tag];
  const [first = 0, ...rest] = bytes.map((byte) => byte & 0xff);
  const last = rest.length - 1;
  const chained = rest.every((byte, at) => ((byte & MORE) !== 0) === at < last);
  const wellFormed = first !== 0 && chained && ((first & TAG_CONTINUES) === TAG_CONTINUES) === rest.length > 0;
  if (!Number.isInteger(tag) || tag >= 256 ** MAX_TAG_BYTES || !wellFormed) {
    throw new RangeError(`${tag.toString(16)} is no tag`);
  }
  return bytes.map((byte) => byte & 0xff);
}

const lengthBytes = (length: number): readonly number[] =>
  length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];

/** One data object: tag, length (one to three bytes), value of up to 65,535 bytes. Throws RangeError otherwise. */
export function encodeTlv(tag: number, value: Uint8Array): Uint8Array {
  if (value.length > MAX_LENGTH) throw new RangeError(`${value.length} bytes are too long for one data object`);
  const tagPart = tagBytes(tag);
  const lengthPart = lengthBytes(value.length);
  const headLength = tagPart.length + lengthPart.length;
  const encoded = new Uint8Array(headLength + value.length);
  encoded.set(tagPart);
  encoded.set(lengthPart, tagPart.length);
  encoded.set(value, headLength);
  return encoded;
}
