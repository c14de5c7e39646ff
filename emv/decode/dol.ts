import { tagInfo } from '../dictionary/index.ts';
import { parseDol } from '../tlv/index.ts';
import { toHex } from '../values/index.ts';
import { tagHex } from './tag-hex.ts';
import { bytesOf, type Decoder, decoded, malformed, type Words } from './words.ts';

/** A data object list: tags with the length that is wanted of each (EMV Book 3, §5.4). */
export const dataObjectList: Decoder = (bytes) => {
  const parsed = parseDol(bytes);
  if (parsed.kind === 'malformed') return malformed(parsed.offset, `no data object list: ${parsed.code}`);
  const words = parsed.entries.map(({ tag, length }): Words => {
    const name = tagInfo(tag)?.name ?? 'not named here';
    return { name: tagHex(tag), meaning: `${name}, ${bytesOf(length)}` };
  });
  return decoded(...words);
};

/** A tag list, such as 9F4A: tags alone. */
export const tagList: Decoder = (bytes) => {
  const words: Words[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at;
    let more = ((bytes[at++] ?? 0) & 0x1f) === 0x1f;
    while (more) {
      const next = bytes[at++];
      if (next === undefined) return malformed(from, 'the tag is cut off');
      more = (next & 0x80) !== 0;
    }
    const value = toHex(bytes.subarray(from, at));
    words.push({ name: value, meaning: tagInfo(Number.parseInt(value, 16))?.name ?? 'not named here' });
  }
  return decoded(...words);
};

const ENTRY = 4;

/** AFL, 94: four bytes an entry (EMV Book 3, §10.2). What it may not say is shown all the same. */
export const fileLocator: Decoder = (bytes) => {
  if (bytes.length % ENTRY !== 0)
    return malformed(bytes.length - (bytes.length % ENTRY), 'an entry of the AFL has 4 bytes');
  const words: Words[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY) {
    const entry = bytes.subarray(at, at + ENTRY);
    const [file = 0, first = 0, last = 0, authenticated = 0] = entry;
    const records = first === last ? `record ${first}` : `records ${first} to ${last}`;
    const covered = authenticated === 0 ? 'none' : `the first ${authenticated}`;
    words.push({
      name: `SFI ${file >> 3}`,
      value: toHex(entry),
      meaning: `${records}; offline data authentication covers ${covered}`,
    });
  }
  return decoded(...words);
};
