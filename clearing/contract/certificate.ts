import { z } from 'zod';

/** One PEM block of this label; base64 in lines as RFC 7468 has them. */
const pem = (label: string, maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(
      new RegExp(`^-----BEGIN ${label}-----\\r?\\n(?:[A-Za-z0-9+/=]{1,76}\\r?\\n)+-----END ${label}-----\\s*$`),
      `expected one PEM block ${label}`,
    );

/**
 * PKCS #10 (RFC 2986): the terminal's P-256 public key, signed with its private half, which never leaves the terminal. The
 * subject is not looked at: the host names the terminal.
 */
export const certificateRequestPem = pem('CERTIFICATE REQUEST', 4_096);
const certificatePem = pem('CERTIFICATE', 8_192);

/** What a terminal shows when it dials, and who signed it. */
export const clientCertificate = z.strictObject({
  /** Subject CN: the terminal; OU: `epoch-<n>`. Extended key usage: clientAuth. */
  certificate: certificatePem,
  /** The authority of the centre for terminals. */
  issuer: certificatePem,
});
export type ClientCertificate = z.output<typeof clientCertificate>;

/** POST /v1/certificates. The same key gets the same certificate again. */
export const certificateRequest = z.strictObject({ certificateRequest: certificateRequestPem });
export type CertificateRequest = z.output<typeof certificateRequest>;
