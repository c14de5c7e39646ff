export type { CardToLoad, ClearingHost, ClearingHostOptions, SchemeParameters } from './host/index.ts';
export { startClearingHost } from './host/index.ts';
export { createHsm, createTerminalCa, type HsmKey, type HsmKeys } from './hsm/index.ts';
