import type { Reply } from './question.ts';
import type { Attempt, NetworkMode } from './state.ts';
import {
  type AskedDocument,
  hasCode,
  type Payment,
  type Problem,
  parseDocument,
  parsePayment,
  parsePaymentList,
  parseProblem,
  parseSandboxCards,
  parseStatus,
  type SandboxCard,
  type SlipCopy,
  type Status,
} from './wire.ts';

/**
 * 'answered' and 'refused' are the daemon's word. 'unknown': the request or its answer was lost, or the daemon failed
 * over it; whether it had an effect is not known.
 */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'unknown' };

export interface Tear {
  /** The command of the next tap, counted from 1, at which the card leaves. */
  readonly command: number;
  readonly when: 'before-card' | 'after-card';
}

export interface RegisterClient {
  startPayment(attempt: Attempt): Promise<Answer<Payment>>;
  cancelPayment(id: string): Promise<Answer<Payment>>;
  /** Answers what a payment asks. */
  answer(paymentId: string, reply: Reply): Promise<Answer<Payment>>;
  /** Has a copy of its slip printed. */
  printSlip(paymentId: string, copy: SlipCopy): Promise<Answer<Payment>>;
  document(paymentId: string): Promise<Answer<AskedDocument>>;
  payments(): Promise<Answer<readonly Payment[]>>;
  status(): Promise<Answer<Status>>;
  sandboxCards(): Promise<Answer<readonly SandboxCard[]>>;
  tapCard(id: string, tear: Tear | undefined): Promise<Answer<undefined>>;
  removeCard(id: string): Promise<Answer<undefined>>;
  setNetwork(up: boolean, mode: NetworkMode): Promise<Answer<undefined>>;
  enterPin(entry: PinEntry): Promise<Answer<undefined>>;
  /** At the daemon's own pad for trials. */
  typePin(paymentId: string, entry: PinEntry): Promise<Answer<undefined>>;
}

export type PinEntry = { readonly pin: string } | { readonly key: 'cancel' };

/** A daemon on loopback answers in milliseconds; one that takes longer than this is treated as away. */
const ANSWER_LIMIT_MS = 5_000;
/** A tap is answered when the reader has seen the card, and waits for the last one to be seen leaving. */
const TAP_LIMIT_MS = 15_000;

/** Statuses below 500 that say "not now": the same request may be sent again, with the same key. */
const TRANSIENT = new Set([408, 425, 429]);

/** True when the daemon itself says no. A 503 with a code is its word too; any other failure says nothing of the effect. */
const isRefusal = (status: number, body: unknown): boolean =>
  status < 500 ? !TRANSIENT.has(status) : status === 503 && hasCode(body);

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

function requestOf({ method = 'GET', body, headers = {}, limitMs = ANSWER_LIMIT_MS }: Call): RequestInit {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return {
    method,
    headers: { accept: 'application/json', ...json, ...headers },
    cache: 'no-store',
    signal: AbortSignal.timeout(limitMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

/** Talks to the daemon that served the page, over the `fetch` given. */
export function registerClient(fetchIt: typeof fetch): RegisterClient {
  async function call<T>(path: string, parse: (body: unknown) => T | undefined, request: Call): Promise<Answer<T>> {
    try {
      const response = await fetchIt(path, requestOf(request));
      const body = await bodyOf(response).catch(() => undefined);
      if (!response.ok) {
        if (!isRefusal(response.status, body)) return { kind: 'unknown' };
        return { kind: 'refused', problem: parseProblem(response.status, body) };
      }
      const value = parse(body);
      return value === undefined ? { kind: 'unknown' } : { kind: 'answered', value };
    } catch {
      return { kind: 'unknown' };
    }
  }

  const done = async (path: string, body: unknown, limitMs = ANSWER_LIMIT_MS): Promise<Answer<undefined>> => {
    const answer = await call(path, () => true, { method: 'POST', body, limitMs });
    return answer.kind === 'answered' ? { kind: 'answered', value: undefined } : answer;
  };
  const cardPath = (id: string, verb: string): string => `/sandbox/cards/${encodeURIComponent(id)}/${verb}`;

  return {
    startPayment: ({ key, kind, amountMinor, reference }) =>
      call('/v1/payments', parsePayment, {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: { kind, amountMinor, currency: 'CNY', reference },
      }),
    cancelPayment: (id) =>
      call(`/v1/payments/${encodeURIComponent(id)}/cancel`, parsePayment, { method: 'POST', body: {} }),
    answer: (paymentId, reply) =>
      call(`/v1/payments/${encodeURIComponent(paymentId)}/answer`, parsePayment, { method: 'POST', body: reply }),
    printSlip: (paymentId, copy) =>
      call(`/v1/payments/${encodeURIComponent(paymentId)}/print`, parsePayment, { method: 'POST', body: { copy } }),
    document: (paymentId) => call(`/v1/payments/${encodeURIComponent(paymentId)}/document`, parseDocument, {}),
    payments: () => call('/v1/payments', parsePaymentList, {}),
    status: () => call('/v1/status', parseStatus, {}),
    sandboxCards: () => call('/sandbox/cards', parseSandboxCards, {}),
    tapCard: (id, tear) => done(cardPath(id, 'tap'), tear === undefined ? {} : { tear }, TAP_LIMIT_MS),
    removeCard: (id) => done(cardPath(id, 'remove'), {}, TAP_LIMIT_MS),
    setNetwork: (up, mode) => done('/sandbox/network', up ? { up } : { up, mode }),
    enterPin: (entry) => done('/sandbox/pin', entry),
    typePin: (paymentId, entry) => done(`/v1/payments/${encodeURIComponent(paymentId)}/pin`, entry),
  };
}
