export type { DataObjects } from './data-objects.ts';
export { buildDol, type DolEntry, parseDol } from './dol.ts';
export { encodeTlv } from './encode.ts';
export { findTag } from './find.ts';
export { parseTlv } from './parse.ts';
export type { Tlv } from './tlv.ts';
