export { aidInfo } from './aids.ts';
export { bitNames, isBitSet, TSI_BITS, TVR_BITS } from './bits.ts';
export { statusWordMeaning } from './status-words.ts';
export { TAG } from './tag.ts';
export { type TagInfo, tagInfo } from './tags.ts';
