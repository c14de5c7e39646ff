export type { CardToLoad } from './cards/load-cards.ts';
export type { SchemeParameters } from './downloads/parameters.ts';
export { type ClearingHost, type ClearingHostOptions, startClearingHost } from './start.ts';
