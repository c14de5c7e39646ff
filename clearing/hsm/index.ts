export { createHsm, type Hsm, type SignedWith } from './hsm.ts';
export type { HsmKey, HsmKeys } from './keys.ts';
export { createTerminalCa, type TerminalCa } from './terminal-ca.ts';
