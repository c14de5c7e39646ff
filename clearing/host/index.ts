export type { CardToLoad } from './cards/load-cards.ts';
export type { SchemeParameters } from './downloads/parameters.ts';
export type { Audit } from './ledger/audit.ts';
export { type ClearingHost, type ClearingHostOptions, startClearingHost } from './start.ts';
export type { EnrolmentCode } from './terminals/codes.ts';
