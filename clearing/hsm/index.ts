export { createHsm, type Hsm, type HsmOptions } from './hsm.ts';
export type { HsmKey, HsmKeys, MasterKeys } from './keys.ts';
