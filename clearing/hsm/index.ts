export { createHsm, type Hsm, type SignedWith } from './hsm.ts';
export type { HsmKey, HsmKeys } from './keys.ts';
