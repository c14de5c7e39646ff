export type { CardToLoad, ClearingHost, SchemeParameters } from './host/index.ts';
export { startClearingHost } from './host/index.ts';
export { createHsm, type HsmKey, type HsmKeys } from './hsm/index.ts';
