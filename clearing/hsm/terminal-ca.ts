import { type Secret, toHex } from '../../emv/values/index.ts';

/** The authority that certifies the terminals' TLS keys. Its private key is used here and nowhere else. */
export interface TerminalCa {
  /** PEM. */
  readonly certificate: string;
  /**
   * A client certificate for the key of a PKCS #10 request (PEM): subject `CN=<terminal>, OU=epoch-<n>`, whatever the request
   * names. Undefined when the request is none, is not signed by its own key, or the key is not of P-256.
   */
  certify(request: string, subject: TerminalSubject, now: number): Promise<IssuedCertificate | undefined>;
}

interface TerminalSubject {
  /** Letters, digits and `._-` alone: it needs no escaping in a name. */
  readonly terminal: string;
  readonly epoch: number;
}

interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** SubjectPublicKeyInfo, DER, base64. */
  readonly publicKey: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

export interface TerminalCaParts {
  /** PEM; P-256. */
  readonly certificate: string;
  /** PKCS #8, DER. */
  readonly privateKey: Secret;
  /** How long a terminal's certificate holds. */
  readonly validDays: number;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { ...P256, hash: 'SHA-256' };
const DAY_MS = 86_400_000;
/** A terminal whose clock is a little behind takes its certificate all the same. */
const BACKDATED_MS = 300_000;
const SERIAL_BYTES = 16;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Opens the authority; it loads its library when the first certificate is asked for. */
export function createTerminalCa({ certificate, privateKey, validDays, random }: TerminalCaParts): TerminalCa {
  return {
    certificate,
    async certify(pem, { terminal, epoch }, now) {
      const x509 = await library();
      const request = await checkedRequest(x509, pem);
      if (request === undefined) return undefined;
      const issuer = new x509.X509Certificate(certificate);
      const signingKey = await privateKey.use((der) => crypto.subtle.importKey('pkcs8', der, P256, false, ['sign']));
      const notAfter = now + validDays * DAY_MS;
      const issued = await x509.X509CertificateGenerator.create({
        // Positive, and unpredictable (RFC 5280 §4.1.2.2).
        serialNumber: `01${toHex(random(SERIAL_BYTES))}`,
        subject: `CN=${terminal}, OU=epoch-${epoch}`,
        issuer: issuer.subject,
        notBefore: new Date(now - BACKDATED_MS),
        notAfter: new Date(notAfter),
        publicKey: request.publicKey,
        signingKey,
        signingAlgorithm: SIGNING,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([CLIENT_AUTH]),
          await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
      });
      const publicKey = Buffer.from(request.publicKey.rawData).toString('base64');
      return { certificate: `${issued.toString('pem')}\n`, publicKey, notAfter };
    },
  };
}

type Library = typeof import('@peculiar/x509');

async function library(): Promise<Library> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(globalThis.crypto);
  return x509;
}

async function checkedRequest(x509: Library, pem: string) {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    const { algorithm } = request.publicKey;
    if (algorithm.name !== P256.name || !('namedCurve' in algorithm) || algorithm.namedCurve !== P256.namedCurve)
      return undefined;
    return (await request.verify()) ? request : undefined;
  } catch {
    // Whatever the library stumbles over is no request.
    return undefined;
  }
}
