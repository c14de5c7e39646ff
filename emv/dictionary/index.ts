export { aidInfo } from './aids.ts';
export { bitNames, isBitSet } from './bits.ts';
export { statusWordMeaning } from './status-words.ts';
export { TAG } from './tag.ts';
export { type TagInfo, tagInfo } from './tags.ts';
