import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const DAY_MS = 86_400_000;

/** A key and its certificate. */
export interface TlsPair {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

/** From when to when, milliseconds since 1970. */
export interface Period {
  readonly notBefore: number;
  readonly notAfter: number;
}

export const aYearFrom = (now: number): Period => ({ notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS });

interface Keys {
  readonly publicKey: webcrypto.CryptoKey;
  readonly privateKey: webcrypto.CryptoKey;
}

const makeKeys = (): Promise<Keys> => webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);

async function privatePem({ privateKey }: Keys): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

/** An authority for TLS certificates, made anew: nothing that it signs means anything outside its test. */
export class TlsAuthority {
  readonly certificate: string;
  readonly privateKey: string;
  readonly #keys: Keys;
  readonly #own: x509.X509Certificate;

  private constructor(keys: Keys, own: x509.X509Certificate, privateKey: string) {
    this.#keys = keys;
    this.#own = own;
    this.certificate = `${own.toString('pem')}\n`;
    this.privateKey = privateKey;
  }

  static async make(name: string, period: Period): Promise<TlsAuthority> {
    const keys = await makeKeys();
    const own = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...dates(period),
      keys: keys,
      signingAlgorithm: P256,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new TlsAuthority(keys, own, await privatePem(keys));
  }

  /** For a server that is dialled under these names. */
  server(names: readonly string[], period: Period): Promise<TlsPair> {
    const alternatives = names.map((value) => ({
      type: /^[0-9.]+$/.test(value) ? ('ip' as const) : ('dns' as const),
      value,
    }));
    const extensions = [
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      new x509.SubjectAlternativeNameExtension(alternatives),
    ];
    return this.#issue(`CN=${names[0]}`, period, extensions);
  }

  /** For a client of this subject, such as `CN=T-1, OU=epoch-1`. */
  client(subject: string, period: Period): Promise<TlsPair> {
    return this.#issue(subject, period, [new x509.ExtendedKeyUsageExtension([CLIENT_AUTH])]);
  }

  async #issue(subject: string, period: Period, extensions: x509.Extension[]): Promise<TlsPair> {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: this.#own.subject,
      ...dates(period),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: P256,
      extensions: [new x509.BasicConstraintsExtension(false, undefined, true), ...extensions],
    });
    return { certificate: `${certificate.toString('pem')}\n`, privateKey: await privatePem(keys) };
  }
}

const dates = ({ notBefore, notAfter }: Period) => ({ notBefore: new Date(notBefore), notAfter: new Date(notAfter) });

/** A certificate request (PEM) of a key of any curve. */
export async function requestOfCurve(namedCurve: string): Promise<string> {
  const algorithm = { ...P256, namedCurve };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const parts = { name: 'CN=terminal', keys, signingAlgorithm: algorithm };
  return `${(await x509.Pkcs10CertificateRequestGenerator.create(parts)).toString('pem')}\n`;
}
