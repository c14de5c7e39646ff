export { type TestCaName, testCa, testCaKeys, testSm2Ca } from './ca-keys.ts';
export { certifyCard, certifyIssuer, signStaticData } from './certificates.ts';
export { certifyCardSm2, certifyIssuerSm2, signStaticDataSm2 } from './sm2-certificates.ts';
export { type TestSm2Key, testSm2Key } from './sm2-key.ts';
export { type TestKey, testKey } from './test-key.ts';
export type { TestKeyName } from './test-keys.ts';
