export { ClearingError } from './clearing-error.ts';
export type {
  Audit,
  CardToLoad,
  ClearingHost,
  ClearingHostOptions,
  EnrolmentCode,
  SchemeParameters,
} from './host/index.ts';
export { startClearingHost } from './host/index.ts';
export { createHsm, type HsmKey, type HsmKeys } from './hsm/index.ts';
