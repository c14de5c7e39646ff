import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** What the terminal's own certificate says. */
export interface CertificateFacts {
  /** Subject CN. */
  readonly terminal: string | undefined;
  /** Subject OU, `epoch-<n>`. */
  readonly epoch: number | undefined;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Undefined when the text is no certificate. */
export function certificateFacts(pem: string): CertificateFacts | undefined {
  const certificate = parsed(pem);
  if (certificate === undefined) return undefined;
  const name = new Map(
    certificate.subject.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const epoch = /^epoch-([1-9][0-9]{0,8})$/.exec(name.get('OU') ?? '')?.[1];
  return {
    terminal: name.get('CN'),
    epoch: epoch === undefined ? undefined : Number(epoch),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * Why a certificate that came for a key is not taken; undefined when it is: of this key, for this terminal and epoch, signed
 * by the issuer that came with it.
 * @param key PKCS #8, DER
 */
export function faultOfAnswer(
  answer: { readonly certificate: string; readonly issuer: string },
  expected: { readonly key: Uint8Array; readonly terminal: string; readonly epoch: number },
): 'unreadable' | 'other-key' | 'other-terminal' | 'issuer' | undefined {
  const [certificate, issuer] = [parsed(answer.certificate), parsed(answer.issuer)];
  if (certificate === undefined || issuer === undefined) return 'unreadable';
  const key = createPrivateKey({ key: Buffer.from(expected.key), format: 'der', type: 'pkcs8' });
  if (!createPublicKey(key).equals(certificate.publicKey)) return 'other-key';
  const facts = certificateFacts(answer.certificate);
  if (facts?.terminal !== expected.terminal || facts.epoch !== expected.epoch) return 'other-terminal';
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey) ? undefined : 'issuer';
}

const DAY_MS = 86_400_000;

export const daysLeft = ({ notAfter }: CertificateFacts, now: number): number => Math.floor((notAfter - now) / DAY_MS);

/** A third of its time before the end: early enough for a host that is away for weeks. */
export const isDueForRenewal = ({ notBefore, notAfter }: CertificateFacts, now: number): boolean =>
  now >= notAfter - (notAfter - notBefore) / 3;

/** Why the host will refuse this certificate, in words for the log; undefined when nothing is known against it. */
export function faultOfOwn(
  facts: CertificateFacts | undefined,
  me: { readonly terminal: string; readonly epoch: number },
  now: number,
): string | undefined {
  if (facts === undefined) return 'this terminal has no client certificate yet';
  if (facts.terminal !== me.terminal || facts.epoch !== me.epoch)
    return 'the client certificate is of another enrolment of this terminal';
  const day = new Date(facts.notAfter).toISOString().slice(0, 10);
  if (now > facts.notAfter) return `the client certificate expired on ${day}; is the clock right?`;
  if (now < facts.notBefore) return 'the client certificate is not valid yet; is the clock right?';
  return undefined;
}
