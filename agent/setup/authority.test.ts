import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAuthority, sameDigest } from './authority.ts';
import { askClearing } from './clearing-question.ts';
import { scriptAsker } from './script-asker.ts';

/** Made by openssl for these tests; its key was thrown away. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUAY6RINCQISGhtoj5yTSOKSKjVm8wCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUamRwb3MgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI3MDAyNDUz
WhgPMjEyNjExMDMwMDI0NTNaMB8xHTAbBgNVBAMMFGpkcG9zIHRlc3QgYXV0aG9y
aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnZDgu4/BN3F98QlV1fMQGFLv
FlLaLvQISJce2w98llUSaNkTKlBPExeDYwc4FJcrhXdBHDOTWdURrpOSR3pIm6NT
MFEwHQYDVR0OBBYEFGkfo5a1ZUpRTnhklVbjNVNShXqPMB8GA1UdIwQYMBaAFGkf
o5a1ZUpRTnhklVbjNVNShXqPMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SAAwRQIhAMMAmOxJq8P/4a8yoqT5GYvTCLJrhPwdb/PxhX5TTI05AiBkLaAqn0z6
nWT5kinBfaU/WZsMWv67Zu4cKaj0k3AwQg==
-----END CERTIFICATE-----
`;
const SHA256 = '91:92:A2:87:0D:67:64:E3:28:94:74:36:60:0B:0F:8F:6D:FF:2B:2D:8A:53:5A:07:3C:76:2C:E1:5B:6F:3C:C7';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-authority-'));
  mkdirSync(join(folder, 'folder'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (text: string): string => {
  const path = join(folder, 'ca.pem');
  writeFileSync(path, text);
  return path;
};

it('tells whose it is, and its fingerprint', () => {
  expect(readAuthority(written(PEM))).toMatchObject({ subject: 'CN=jdpos test authority', sha256: SHA256, text: PEM });
});

it.each([
  ['that is not there', () => join(folder, 'none.pem'), 'is not there'],
  ['that is a folder', () => join(folder, 'folder'), 'is a folder'],
  ['in DER', () => written('\x30\x82\x01'), 'is not PEM'],
  ['that is empty', () => written(''), 'is not PEM'],
  ['that is cut', () => written(PEM.slice(0, 200)), 'is cut, or damaged'],
  ['with a private key', () => written(`${PEM}-----BEGIN PRIVATE KEY-----\nx\n`), 'holds a private key'],
])('a file %s is refused in words', (_, path, words) => {
  expect(() => readAuthority(path())).toThrow(words);
});

it('a fingerprint may be written in several ways', () => {
  expect(sameDigest('ab:cd', 'AB CD')).toBe(true);
  expect(sameDigest('ab:cd', 'abce')).toBe(false);
});

it('one with another fingerprint than the flag says is refused', async () => {
  const asker = scriptAsker({ say: () => {}, attended: false, interrupted: new AbortController().signal });
  const ask = (clearingCaSha256: string) => {
    const flags = { clearingUrl: 'http://127.0.0.1:1', clearingCa: written(PEM), clearingCaSha256 };
    return askClearing(asker, flags, undefined, () => 0);
  };
  await expect(ask(SHA256.replace(/^../, '00'))).rejects.toMatchObject({ code: 'bad-file' });
  expect(await ask(SHA256.toLowerCase())).toMatchObject({ ca: { text: PEM } });
});

it('a fingerprint that was refused is not proposed a second time', async () => {
  const path = join(folder, 'twice.pem');
  writeFileSync(path, PEM);
  const script = scriptAsker({ say: () => {}, attended: true, interrupted: new AbortController().signal });
  const proposed: unknown[] = [];
  const answers = [false, true];
  const asker: typeof script = {
    ...script,
    asks: true,
    async text(_, { initial, anew }) {
      proposed.push([initial, anew]);
      return path;
    },
    async confirm(_, otherwise) {
      proposed.push(otherwise);
      return answers.shift();
    },
    decide: async (_, choices, otherwise) => choices.find(({ label }) => label.startsWith('go on'))?.value ?? otherwise,
  };
  await askClearing(asker, { clearingUrl: 'https://127.0.0.1:1' }, undefined, () => 0);
  expect(proposed).toEqual([['', undefined], true, ['', true], false]);
});
