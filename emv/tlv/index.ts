export { buildDol, type DolEntry, type ParsedDol, parseDol } from './dol.ts';
export { encodeTlv } from './encode.ts';
export { findTag } from './find.ts';
export { type ParsedTlv, parseTlv, type TlvLimits } from './parse.ts';
export type { Tlv, TlvErrorCode } from './tlv.ts';
