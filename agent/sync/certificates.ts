import type { Logger } from 'pino';
import { type CertificateRequest, type ClientCertificate, clientCertificate } from '../../clearing/contract/index.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { present } from '../present.ts';
import { certificateRequestFor, makeTlsKey } from './certificate-request.ts';
import type { ClearingClient } from './clearing-client.ts';
import {
  type CertificateFacts,
  certificateFacts,
  daysLeft,
  faultOfAnswer,
  faultOfOwn,
  isDueForRenewal,
} from './client-certificate.ts';
import type { Connection } from './connections.ts';
import { failedRound, type Round } from './loop.ts';
import { pemBytes } from './pem.ts';
import type { Troubles } from './troubles.ts';

export interface CertificateStatus {
  /** RFC 3339, UTC. */
  readonly notAfter: string;
  /** Whole days; negative once it has expired. */
  readonly daysLeft: number;
}

/** The terminal's client certificate: shown when it dials, renewed long before it ends. */
export interface CertificateKeeper {
  connection(): Connection;
  /** A request for a certificate of this terminal, the same key until one came; undefined where TLS is not spoken. */
  request(): Promise<string | undefined>;
  /** Takes a certificate that the host has sent. One that does not hold is logged, and asked for again. */
  accept(answer: ClientCertificate, who: { readonly terminal: string; readonly epoch: number }): boolean;
  /** Asks for a certificate where there is none for this enrolment, or not for long. */
  round(client: ClearingClient, signal: AbortSignal): Promise<Round>;
  status(): CertificateStatus | undefined;
}

export interface CertificateParts {
  readonly queue: Pick<Queue, 'tls' | 'identity'>;
  /** Origin of the host; a client certificate is for https. */
  readonly baseUrl: string;
  /** PEM; absent: whom Node trusts. */
  readonly serverCa?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly troubles: Troubles;
  readonly timeoutMs: number;
  /** There is a new certificate. */
  readonly changed: () => void;
}

const PLAIN: Connection = { version: 'plain' };
/** Less than this is told to people: renewal has been failing for long. */
const WARN_DAYS = 14;

export function certificateKeeper(parts: CertificateParts): CertificateKeeper {
  const { queue, clock, log, troubles } = parts;
  const secure = parts.baseUrl.startsWith('https:');
  let generation = 0;
  let pem = queue.tls.certificate();
  let facts = pem === undefined ? undefined : certificateFacts(pem);

  const nextKey = (): Uint8Array => {
    const kept = queue.tls.nextKey();
    if (kept !== undefined) return kept;
    const key = makeTlsKey();
    queue.tls.keepNextKey(key);
    return key;
  };
  const useNextKey = async <T>(use: (key: Uint8Array) => T | Promise<T>): Promise<T> => {
    const key = nextKey();
    try {
      return await use(key);
    } finally {
      key.fill(0);
    }
  };

  const accept: CertificateKeeper['accept'] = (answer, who) => {
    const key = queue.tls.nextKey();
    // The answer to a request that was sent twice: the first one has been taken.
    if (key === undefined) return answer.certificate === pem;
    const fault = faultOfAnswer(answer, { key, ...who });
    key.fill(0);
    if (fault !== undefined) {
      log.error({ fault }, 'the client certificate that came does not hold; it is asked for again');
      return false;
    }
    queue.tls.adopt(answer.certificate);
    [pem, facts] = [answer.certificate, certificateFacts(answer.certificate)];
    generation += 1;
    troubles.settled('certificate-trouble', '');
    log.info({ notAfter: facts && utc(facts.notAfter) }, 'new client certificate');
    parts.changed();
    return true;
  };

  const keyPem = (): Uint8Array => {
    const key = queue.tls.key() ?? new Uint8Array();
    try {
      return pemBytes('PRIVATE KEY', key);
    } finally {
      key.fill(0);
    }
  };

  return {
    connection() {
      if (!secure) return PLAIN;
      const me = queue.identity.get();
      const client = pem === undefined ? undefined : { certificate: pem, key: keyPem };
      const fault = me && faultOfOwn(facts, me, clock.now());
      const secrets = present({ serverCa: parts.serverCa, client });
      return present({ version: `certificate ${generation}`, secrets, fault });
    },
    request: async () => (secure ? useNextKey(certificateRequestFor) : undefined),
    accept,
    async round(client, signal) {
      const me = queue.identity.get();
      if (!secure || me === undefined) return { kind: 'done' };
      const fault = faultOfOwn(facts, me, clock.now());
      if (fault === undefined && facts && !isDueForRenewal(facts, clock.now())) return { kind: 'done' };
      warnOf(facts, fault, clock.now(), troubles);
      const body: CertificateRequest = { certificateRequest: await useNextKey(certificateRequestFor) };
      const { timeoutMs } = parts;
      // Its issuer comes with it: another's certificate in the place of ours would lock the terminal out for good.
      const asked = { method: 'POST', path: '/v1/certificates', body, fresh: true, timeoutMs, signal } as const;
      const answer = await client.send({ ...asked, answer: clientCertificate });
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') return { kind: accept(answer.value, me) ? 'done' : 'failed' };
      const { code, detail } = answer;
      troubles.note('certificate-trouble', '', { code, ...present({ detail }) });
      return { kind: 'failed' };
    },
    status: () => facts && { notAfter: utc(facts.notAfter), daysLeft: daysLeft(facts, clock.now()) },
  };
}

function warnOf(facts: CertificateFacts | undefined, fault: string | undefined, now: number, troubles: Troubles): void {
  if (facts === undefined) return;
  const left = daysLeft(facts, now);
  if (fault === undefined && left >= WARN_DAYS) return;
  troubles.note('certificate-trouble', '', { detail: fault ?? `the client certificate ends in ${left} days` });
}
