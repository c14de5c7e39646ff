import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A new P-256 key for TLS: PKCS #8, DER. */
export function makeTlsKey(): Uint8Array {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const key = Uint8Array.from(privateKey);
  privateKey.fill(0);
  return key;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { ...ALGORITHM, hash: 'SHA-256' };

/**
 * A PKCS #10 certificate request (RFC 2986) in PEM for a P-256 key. The host names the subject, so this one has none that
 * counts.
 * @param key PKCS #8, DER
 */
export async function certificateRequestFor(key: Uint8Array): Promise<string> {
  // Most starts ask for no certificate, and the library is slow to load.
  await import('reflect-metadata');
  const { cryptoProvider, Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  cryptoProvider.set(globalThis.crypto);
  const { subtle } = globalThis.crypto;
  const der = Buffer.from(key.buffer, key.byteOffset, key.length);
  const spki = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  const publicKey = spki.export({ format: 'der', type: 'spki' });
  const keys = {
    privateKey: await subtle.importKey('pkcs8', key, ALGORITHM, false, ['sign']),
    publicKey: await subtle.importKey('spki', publicKey, ALGORITHM, true, ['verify']),
  };
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=jdpos terminal',
    keys,
    signingAlgorithm: SIGNING,
  });
  return `${request.toString('pem')}\n`;
}
