export { type TestCaName, testCa, testCaKeys } from './ca-keys.ts';
export { certifyCard, certifyIssuer, signStaticData } from './certificates.ts';
export { type TestKey, testKey } from './test-key.ts';
export type { TestKeyName } from './test-keys.ts';
