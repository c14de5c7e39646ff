import type { Logger } from 'pino';
import { type EnrolmentAnswer, type EnrolmentRequest, enrolmentAnswer } from '../../clearing/contract/index.ts';
import { sm2Open, sm2PublicKey } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { CertificateKeeper } from './certificates.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';

export interface EnrolmentParts {
  readonly queue: Pick<Queue, 'identity'>;
  readonly client: ClearingClient;
  readonly certificates: Pick<CertificateKeeper, 'request' | 'accept'>;
  readonly log: Logger;
  readonly timeoutMs: number;
  readonly code: string;
  readonly software: string;
  /** SM2, 32 bytes; the same for every attempt, so that an answer that was lost is given again. */
  readonly signingKey: Uint8Array;
  /** Only in a sandbox: a centre whose keys are public. */
  readonly acceptTestKeys: boolean;
  /** Where the terminal's epoch stands, if it has one. */
  readonly previous?: EnrolmentRequest['previous'];
  /** The terminal is enrolled; `closed` is how the epoch before has ended. */
  readonly enrolled?: (identity: Identity, closed: EnrolmentAnswer['closed']) => void;
  /** The centre has said no, and will not say anything else. */
  readonly refused?: (code: string, detail: string | undefined) => void;
}

/** Enrols the terminal with a one-time code of the centre. */
export async function enrolmentRound(parts: EnrolmentParts, signal: AbortSignal): Promise<Round> {
  const { queue, client, certificates, log, timeoutMs, code, software, signingKey, previous } = parts;
  const certificateRequest = await certificates.request();
  const body: EnrolmentRequest = present({
    code,
    software,
    signingKey: toHex(sm2PublicKey(signingKey)),
    certificateRequest,
    previous,
  });
  const path = '/v1/enrolments';
  const asked = { method: 'POST', path, body, unsigned: true } as const;
  const answer = await client.send({ ...asked, answer: enrolmentAnswer, timeoutMs, signal });
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'refused') {
    log.error({ code: answer.code, detail: answer.detail }, 'the centre refuses the enrolment; ask it for a new code');
    parts.refused?.(answer.code, answer.detail);
    return { kind: 'failed' };
  }
  if (answer.value.mark === 'TEST' && !parts.acceptTestKeys) {
    log.error(
      'this centre holds TEST keys, which everybody knows; enrol with another one, or set acceptTestKeys to try things out',
    );
    return { kind: 'failed' };
  }
  const identity = identityOf(answer.value, signingKey);
  if (identity === undefined) {
    log.error('the card token key does not open: the answer was not made for this terminal');
    return { kind: 'failed' };
  }
  queue.identity.enrol(identity);
  const { closed, clientCertificate } = answer.value;
  // Without one, the certificate loop asks for it.
  if (clientCertificate) certificates.accept(clientCertificate, identity);
  log.info({ terminal: identity.terminal, epoch: identity.epoch, closed }, 'enrolled');
  parts.enrolled?.(identity, closed);
  return { kind: 'done' };
}

const CARD_TOKEN_KEY_BYTES = 32;

function identityOf(answer: EnrolmentAnswer, signingKey: Uint8Array): Identity | undefined {
  const associatedData = new TextEncoder().encode(answer.terminal);
  const cardTokenKey = sm2Open({ privateKey32: signingKey, envelope: hex(answer.cardTokenKey), associatedData });
  if (cardTokenKey?.length !== CARD_TOKEN_KEY_BYTES) return undefined;
  return {
    terminal: answer.terminal,
    merchant: answer.merchant,
    epoch: answer.epoch,
    genesisHash: hex(answer.genesisHash),
    signingKey,
    cardTokenKey,
    hostAcknowledgementKey: hex(answer.hostKeys.acknowledgement),
    hostHotlistKey: hex(answer.hostKeys.hotlist),
    hostParameterKey: hex(answer.hostKeys.parameters),
    hostSealingKey: hex(answer.hostKeys.sealing),
  };
}
