export { type CodeFamily, codeFamily, type OwnCodes } from './code-family.ts';
export type { CpmApplication, CpmCryptogram, CpmErrorCode } from './consumer-presented.ts';
