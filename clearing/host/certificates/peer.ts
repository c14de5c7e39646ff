import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Who is at the other end of a connection. */
export type Peer =
  /** No TLS: a listener on this machine alone. */
  | { readonly kind: 'clear' }
  /** TLS without a certificate that one of our authorities has signed, or with one that is no client's. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'terminal'; readonly terminal: string; readonly epoch: number; readonly inTime: boolean }
  | { readonly kind: 'central'; readonly name: string; readonly inTime: boolean };

export interface PeerAuthorities {
  /** PEM; absent: nobody counts as a terminal. */
  readonly terminals?: string;
  /** PEM; of the central systems that pull batches. */
  readonly central?: string;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/**
 * Tells who is at the other end. TLS has proved that the peer has the certificate's key; whether we trust the certificate is
 * decided here and not in the handshake, so that the one without is told why (TLS 1.3 would only close), and enrolment needs none.
 * @param now wall clock, milliseconds since 1970
 */
export function peerTeller(authorities: PeerAuthorities, now: () => number): (socket: Socket) => Peer {
  const terminals = authorities.terminals === undefined ? undefined : new X509Certificate(authorities.terminals);
  const central = authorities.central === undefined ? undefined : new X509Certificate(authorities.central);
  const known = new WeakMap<Socket, X509Certificate | undefined>();

  const certificateOf = (socket: TLSSocket): X509Certificate | undefined => {
    if (known.has(socket)) return known.get(socket);
    const { raw } = socket.getPeerCertificate();
    const certificate = raw === undefined ? undefined : new X509Certificate(raw);
    known.set(socket, certificate);
    return certificate;
  };

  return (socket) => {
    if (!(socket instanceof TLSSocket)) return { kind: 'clear' };
    const certificate = certificateOf(socket);
    if (certificate === undefined || certificate.ca || !certificate.keyUsage?.includes(CLIENT_AUTH)) {
      return { kind: 'nobody' };
    }
    const inTime = now() >= Date.parse(certificate.validFrom) && now() <= Date.parse(certificate.validTo);
    const name = nameOf(certificate);
    if (isIssuedBy(certificate, terminals)) return terminalOf(name, inTime);
    if (isIssuedBy(certificate, central)) return { kind: 'central', name: name.get('CN') ?? '', inTime };
    return { kind: 'nobody' };
  };
}

const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate | undefined): boolean =>
  authority !== undefined && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

/** The parts of a subject; Node gives one a line. */
function nameOf({ subject }: X509Certificate): ReadonlyMap<string, string> {
  return new Map(
    subject.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}

function terminalOf(name: ReadonlyMap<string, string>, inTime: boolean): Peer {
  const [terminal, unit] = [name.get('CN'), name.get('OU')];
  const epoch = /^epoch-([1-9][0-9]{0,8})$/.exec(unit ?? '')?.[1];
  if (terminal === undefined || epoch === undefined) return { kind: 'nobody' };
  return { kind: 'terminal', terminal, epoch: Number(epoch), inTime };
}
