export { type AidInfo, aidInfo } from './aids.ts';
export { type BitName, bitNames, isBitSet } from './bits.ts';
export { statusWordMeaning } from './status-words.ts';
export { TAG } from './tag.ts';
export { type TagFormat, type TagInfo, type TagSource, tagInfo } from './tags.ts';
