import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPemFiles } from './pem-files.ts';
import { configSchema } from './schema.ts';

/** Self-signed, P-256, from `openssl req -x509 -newkey ec`; valid until 2126. Its key was thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUV4DN4ZM8fAxf+zXQY4zZi9Kq/qcwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKamRwb3MgdGVzdDAgFw0yNjExMjYxODQyMzFaGA8yMTI2MTEw
MjE4NDIzMVowFTETMBEGA1UEAwwKamRwb3MgdGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABB3OZeWD0UIWpD/lCTotW3sVhy94XSCKGhcB0jZc8TQ8EGd0v/mu
AlwrAb7dqs/jNkpBDoJbpV9pooLTuxJVij2jUzBRMB0GA1UdDgQWBBQWsL5HmbU5
3S9/AbHTIeGYCIA0TDAfBgNVHSMEGDAWgBQWsL5HmbU53S9/AbHTIeGYCIA0TDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCh7TOMybRrZYBM6f73
JdIxdvzZL/PDeR1+jxOVIEMzaQIgMoL4Z5IIZA5D3BIMxQ2WBjFLxHo5cYkEhluo
WDIbnJ4=
-----END CERTIFICATE-----
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-pem-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const central = (tls: object) =>
  configSchema.parse({ stateDir: folder, clearing: { url: 'https://clearing.example' }, central: { tls } });

describe('certificate files of the settings', () => {
  it('none are needed', () => {
    const parsed = configSchema.parse({ stateDir: folder, clearing: { url: 'https://clearing.example' } });
    expect(readPemFiles(parsed)).toEqual({ kind: 'files', files: {} });
  });

  it('are read whole', () => {
    const ca = file('ca.pem', CERTIFICATE + CERTIFICATE);
    const parsed = configSchema.parse({ stateDir: folder, clearing: { url: 'https://clearing.example', ca } });
    expect(readPemFiles(parsed)).toEqual({ kind: 'files', files: { serverCa: CERTIFICATE + CERTIFICATE } });
  });

  it('what is wrong with any is told at once, by its setting', () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const read = readPemFiles(
      central({
        certificate: file('certificate.pem', CERTIFICATE),
        // The key of another certificate.
        privateKey: file('key.pem', privateKey),
        clientCa: join(folder, 'nowhere.pem'),
      }),
    );
    expect(read).toMatchObject({ kind: 'invalid' });
    const problems = read.kind === 'invalid' ? read.problems : [];
    expect(problems.map(({ at }) => at).sort()).toEqual(['central.tls.clientCa', 'central.tls.privateKey']);
    expect(problems.every(({ message }) => message.includes(folder))).toBe(true);
  });

  it('text that is no certificate is refused', () => {
    const ca = file('ca.pem', 'hello');
    const parsed = configSchema.parse({ stateDir: folder, clearing: { url: 'https://clearing.example', ca } });
    expect(readPemFiles(parsed)).toMatchObject({ kind: 'invalid', problems: [{ at: 'clearing.ca' }] });
  });

  it('beyond this machine the central API needs them', () => {
    const given = { stateDir: folder, clearing: { url: 'https://clearing.example' }, central: { host: '0.0.0.0' } };
    const parsed = configSchema.safeParse(given);
    expect(parsed.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['central', 'expected central.tls: beyond this machine it is served with client certificates alone'],
    ]);
    const tls = { certificate: 'c', privateKey: 'k', clientCa: 'a' };
    expect(configSchema.safeParse({ ...given, central: { host: '0.0.0.0', tls } }).success).toBe(true);
  });
});
