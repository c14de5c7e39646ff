import type { Logger } from 'pino';
import type { Pool } from 'undici';
import type { z } from 'zod';
import { answerBytes, requestBytes } from '../../clearing/contract/record/index.ts';
import { type Sm2SigningKey, sm2SigningKey, sm2SignWith } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import type { Identity } from '../../offline-queue/index.ts';
import { abortOn } from '../abort-on.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { parseRetryAfter } from './back-off.ts';
import { type Connection, connections } from './connections.ts';
import type { Reachability } from './reachability.ts';
import { isJson, type Problem, problemIn, readJson } from './read-answer.ts';
import { isSigned } from './signed.ts';
import type { Troubles } from './troubles.ts';

/** One request to the clearing host. */
export interface ClearingRequest<T> {
  readonly method: 'GET' | 'POST';
  /** Path and query, ASCII. */
  readonly path: string;
  readonly body?: object;
  /** Sent as Idempotency-Key with a POST. */
  readonly key?: string;
  /** What a good answer is; anything else counts as none. */
  readonly answer: z.ZodType<T>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly maxBytes?: number;
  /**
   * The answer counts only if the host has signed it for this very request, and for this terminal (jdpos-answer/1). A refusal of what
   * an enrolled terminal asks always needs that.
   */
  readonly fresh?: true;
  /** Nobody can sign yet, or any more, for whoever asks this: an enrolment. */
  readonly unsigned?: true;
}

/** What became of a request. */
export type ClearingAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  /** The host understood and said no (4xx), and has signed that. */
  | ({ readonly kind: 'refused'; readonly status: number } & Problem)
  /** No answer, or none that can be used; whether the request had an effect is not known. */
  | {
      readonly kind: 'failed';
      readonly why: string;
      readonly retryAfterMs?: number;
      /** The host is there, and broke on this request or does not vouch for its answer: others may fare better. */
      readonly thisAlone?: true;
      /** The host has not signed what it must sign: it may be somebody else. */
      readonly unproven?: true;
    };

export interface ClearingClient {
  /** Never throws. */
  send<T>(request: ClearingRequest<T>): Promise<ClearingAnswer<T>>;
  close(): Promise<void>;
}

export interface ClearingClientParts {
  /** Origin of the host, without path. */
  readonly baseUrl: string;
  /** Requests are signed once there is an identity. */
  readonly identity: () => Identity | undefined;
  /** What a connection is made with; asked before each request, so that a new certificate is used at once. */
  readonly connection: () => Connection;
  readonly reachability: Reachability;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly troubles?: Pick<Troubles, 'note' | 'settled'>;
}

/** Small answers; the lists ask for more. */
const MAX_ANSWER_BYTES = 256 * 1024;

export function clearingClient(parts: ClearingClientParts): ClearingClient {
  const pools = connections(parts.baseUrl);
  const sign = requestSigner();
  return {
    async send(request) {
      const connection = parts.connection();
      const answer = explained(await attempt(pools.poolFor(connection), request, sign, parts), connection);
      // A request that was given up says nothing about the host.
      if (!request.signal.aborted) note(answer, request, parts);
      return answer;
    },
    close: pools.close,
  };
}

/** A host that does not know us cannot be asked about cards: it is as good as away, and offline sales go on. */
const isShutOut = (answer: ClearingAnswer<unknown>): boolean =>
  answer.kind === 'refused' && ['certificate-required', 'unauthenticated'].includes(answer.code);

/** TLS 1.3 tells a client whose certificate was refused no more than that the other side closed; we can know better. */
const explained = <T>(answer: ClearingAnswer<T>, { fault }: Connection): ClearingAnswer<T> =>
  answer.kind === 'failed' && fault !== undefined ? { ...answer, why: `${answer.why}; ${fault}` } : answer;

function note(answer: ClearingAnswer<unknown>, { method, path }: ClearingRequest<unknown>, parts: ClearingClientParts) {
  const subject = `${method} ${path.split('?', 1)[0]}`;
  if (answer.kind !== 'failed') {
    parts.troubles?.settled('answer-unproven', subject);
    parts.troubles?.settled('answer-unusable', subject);
  } else if (answer.unproven || answer.thisAlone) {
    const code = answer.unproven ? 'answer-unproven' : 'answer-unusable';
    parts.troubles?.note(code, subject, { detail: `${subject}: ${answer.why}` });
  }
  if (answer.kind !== 'failed' && !isShutOut(answer)) return parts.reachability.contact();
  if (answer.kind === 'failed' && answer.thisAlone) {
    parts.log.error({ method, path, why: answer.why }, 'the clearing host has no usable answer to a request');
    return;
  }
  const why = answer.kind === 'failed' ? answer.why : answer.kind === 'refused' ? answer.code : '';
  if (parts.reachability.noContact()) parts.log.warn({ method, path, why }, 'the clearing host is away');
}

async function attempt<T>(
  pool: Pool,
  request: ClearingRequest<T>,
  sign: RequestSigner,
  { identity, clock, random }: ClearingClientParts,
): Promise<ClearingAnswer<T>> {
  const { method, path } = request;
  const me = identity();
  const mustProve = !request.unsigned && (me !== undefined || request.fresh);
  const nonce = mustProve ? toHex(random(NONCE_BYTES)) : undefined;
  const body = new TextEncoder().encode(request.body === undefined ? '' : JSON.stringify(request.body));
  const headers = {
    accept: 'application/json',
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
    ...(request.key !== undefined && { 'idempotency-key': request.key }),
    ...(nonce !== undefined && { 'jdpos-nonce': nonce }),
    ...sign(me, { method, path, body }),
  };
  const { signal, release } = abortOn([request.signal], request.timeoutMs);
  try {
    const asked = pool.request({ method, path, headers, signal, ...(body.length > 0 && { body }) });
    const sent = await Promise.race([asked, aborted(signal)]);
    const header = headersOf(sent.headers);
    const retryAfterMs = parseRetryAfter(header('retry-after'), header('date'), clock.now());
    const read = isJson(header('content-type'))
      ? await readJson(sent.body, request.maxBytes ?? MAX_ANSWER_BYTES)
      : await dropped(sent.body);
    const proof = () => nonce && whyUnproven(me, { nonce, path }, read, header('jdpos-signature'));
    // The host is there, but what it says may be old, or another terminal's.
    const unproven = request.fresh && sent.statusCode === OK && proof();
    if (unproven) return { kind: 'failed', why: unproven, thisAlone: true, unproven: true };
    const answer = judge(request, sent.statusCode, read, retryAfterMs);
    return answer.kind === 'refused' ? proven(answer, proof()) : answer;
  } catch (error) {
    return { kind: 'failed', why: signal.aborted ? 'time is up' : reasonOf(error) };
  } finally {
    release();
  }
}

/** What acts upon a refusal may stop the terminal, or park a record: whoever is not the host refuses nothing. */
function proven<T>(
  refusal: Extract<ClearingAnswer<T>, { kind: 'refused' }>,
  unproven: string | undefined,
): ClearingAnswer<T> {
  if (unproven === undefined) return refusal;
  const { status, code } = refusal;
  const failed = { kind: 'failed', why: `refused (${status} ${code}), and ${unproven}`, unproven: true } as const;
  // Of a terminal that it does not know the host cannot sign anything: for that one it is away.
  return isShutOut(refusal) ? failed : { ...failed, thisAlone: true };
}

/** Why an answer is not the host's own to this request; undefined when it is, or is none that can be read. */
function whyUnproven(
  me: Identity | undefined,
  asked: { readonly nonce: string; readonly path: string },
  read: Awaited<ReturnType<typeof readJson>>,
  signature: string | undefined,
): string | undefined {
  if (read.kind === 'bad') return undefined;
  if (me === undefined) return 'nobody can sign for a terminal that is not enrolled';
  if (signature === undefined)
    return 'the answer is not signed: the host is older than this terminal, and must be updated, or another one answers';
  const { terminal, epoch, hostAcknowledgementKey } = me;
  const bytes = () => answerBytes({ terminal, epoch, ...asked, body: new TextEncoder().encode(read.text) });
  const proven = isSigned(hostAcknowledgementKey, bytes, signature);
  return proven
    ? undefined
    : 'the answer is signed, but not for this request of this terminal: it was kept, or changed';
}

/**
 * Rejects when the signal aborts. undici does not heed it while a connection is being made, which a host that takes one and
 * begins no handshake draws out; a request that comes to its connection too late is never sent.
 */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason));
  });

/** A header that came once; twice is as good as never. */
const headersOf =
  (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };

/** What is no JSON is not read; the connection goes with it. */
async function dropped(body: { destroy(): unknown; on(event: 'error', listener: () => void): unknown }) {
  body.on('error', () => {});
  body.destroy();
  return { kind: 'bad', why: 'the answer is not called JSON' } as const;
}

const OK = 200;
const NONCE_BYTES = 16;
const TOO_MANY_REQUESTS = 429;
const INTERNAL_ERROR = 500;
/** Our own codes for a host that is whole but for this request. */
const BROKE_ON_THIS = ['internal', 'invalid-response'];

function judge<T>(
  request: ClearingRequest<T>,
  status: number,
  read: Awaited<ReturnType<typeof readJson>>,
  retryAfterMs: number | undefined,
): ClearingAnswer<T> {
  const failed = (why: string): ClearingAnswer<T> => ({
    kind: 'failed',
    why,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  if (status === INTERNAL_ERROR && read.kind === 'json' && BROKE_ON_THIS.includes(problemIn(read.value).code)) {
    return { kind: 'failed', why: `status ${status}`, thisAlone: true };
  }
  if (status >= 500 || status === TOO_MANY_REQUESTS) return failed(`status ${status}`);
  if (read.kind === 'bad') return failed(read.why);
  if (status >= 400) return { kind: 'refused', status, ...problemIn(read.value) };
  const parsed = request.answer.safeParse(read.value);
  if (status >= 300 || !parsed.success) return failed(`an answer of status ${status} that the contract does not know`);
  return { kind: 'answered', value: parsed.data };
}

type RequestSigner = (identity: Identity | undefined, request: Parameters<typeof requestBytes>[0]) => object;

/** docs/adr/0003: each request of an enrolled terminal is signed, below TLS. The key is kept ready between requests. */
function requestSigner(): RequestSigner {
  let known: { readonly identity: Identity; readonly key: Sm2SigningKey } | undefined;
  return (identity, request) => {
    if (identity === undefined) return {};
    if (known?.identity !== identity) known = { identity, key: sm2SigningKey(identity.signingKey) };
    return {
      'jdpos-terminal': identity.terminal,
      'jdpos-epoch': String(identity.epoch),
      'jdpos-signature': toHex(sm2SignWith(known.key, requestBytes(request))),
    };
  };
}

/** A word for the log: codes of undici and of the system, never what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
