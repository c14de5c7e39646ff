import { parametersBytes } from '../../clearing/contract/record/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { IDENTITY } from '../../offline-queue/test-support.ts';

/** TEST PARAMETERS of the tests' terminal. */
export const CONTENT = {
  issuedAt: '2026-01-01T00:00:00Z',
  terminal: IDENTITY.terminal,
  merchant: { id: 'JD-M-17', name: 'TEST SHOP', categoryCode: '5411' },
  rules: {
    ...{ countryCode: '0156', terminalType: '22', capabilities: 'E0E9C8' },
    ...{ onlinePin: true, signature: true, statusCheck: false },
  },
  applications: [{ aid: 'A000000333010101', partialSelection: true, version: '0030' }],
  caKeys: [{ algorithm: 'rsa', rid: 'A000000333', index: 1, modulus: 'AB'.repeat(128), exponent: '03' }],
  keyId: '00'.repeat(8),
} as const;

/** A set as the host signs it, changed before it is signed. */
export function signedParameters(key: Uint8Array, version: number, more: object = {}): object {
  const content = { ...CONTENT, ...more };
  return { ...content, version, signature: toHex(sm2Sign(key, parametersBytes({ version, content }))) };
}
