export { createHsm, type Hsm, type HsmOptions, type SignedWith } from './hsm.ts';
export type { HsmKey, HsmKeys, MasterKeys } from './keys.ts';
