import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../emv/values/index.ts';
import { testCaKeys } from '../pki/index.ts';

/** The roots of the test scheme as a file for --ca-keys. */
export function writeTestCaKeys(dir: string): string {
  const path = join(dir, 'ca-keys.json');
  const keys = testCaKeys().map((key) => {
    if (key.algorithm !== 'rsa') throw new Error('the roots of the test scheme are RSA keys');
    const index = toHex(Uint8Array.of(key.index));
    return { rid: toHex(key.rid), index, modulus: toHex(key.modulus), exponent: toHex(key.exponent) };
  });
  writeFileSync(path, JSON.stringify(keys));
  return path;
}
