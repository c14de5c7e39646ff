import type { z } from 'zod';
import type { BundleReceipt, PinKeyFile } from '../../clearing/contract/index.ts';
import type { SlipCopy } from '../../offline-queue/index.ts';
import { batchResource } from '../api/batch-resource.ts';
import { type CloseResource, closeResource, closeWithEvidence } from '../api/close-resource.ts';
import { type PaymentResource, paymentResource } from '../api/payment-resource.ts';
import { type PinPadResource, pinPadResource } from '../api/pin-pad-routes.ts';
import { type AnswerBody, documentResource } from '../api/question-resource.ts';
import { type TakenReceipt, takenReceipt } from '../api/receipt-resource.ts';
import { reloadResource, settingsResource } from '../api/settings-routes.ts';
import { type CloseSlipText, closeSlipText, type SlipTextResource, slipTextResource } from '../api/slip-resource.ts';
import { type StatusResource, statusResource } from '../api/status-resource.ts';
import { syncNowResource } from '../api/sync-now-resource.ts';
import { type TraceResource, traceResource } from '../api/trace-resource.ts';
import { enrolledResource, rotationResource } from '../api/upkeep-routes.ts';
import type { PaymentKind } from '../payment/payment-kind.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import { readEvents, type ServerEvent } from './server-events.ts';

type SyncNowResource = z.output<typeof syncNowResource>;
type BatchResource = z.output<typeof batchResource>;
type EnrolledResource = z.output<typeof enrolledResource>;
type RotationResource = z.output<typeof rotationResource>;

export interface PaymentOrder {
  /** The same key and order give the same payment, however often they are sent. */
  readonly key: string;
  readonly kind: PaymentKind;
  /** Fen; 0 for a balance inquiry. */
  readonly amountMinor: number;
  readonly reference: string;
}

/** The register API of the daemon. Throws CliError: `daemon-unreachable`, `daemon-refused`, `unexpected-answer`. */
export interface Daemon {
  readonly url: string;
  status(): Promise<StatusResource>;
  startPayment(order: PaymentOrder): Promise<PaymentResource>;
  payment(id: string): Promise<PaymentResource>;
  cancelPayment(id: string): Promise<PaymentResource>;
  /** Answers what a payment asks. */
  answer(id: string, answer: AnswerBody): Promise<PaymentResource>;
  /** The document that a payment asks for. */
  document(id: string): Promise<z.output<typeof documentResource>>;
  /** Has a copy of its slip printed; the payment says what becomes of it. */
  printSlip(id: string, copy: SlipCopy): Promise<PaymentResource>;
  slipText(id: string, copy: SlipCopy): Promise<SlipTextResource>;
  closeBatch(): Promise<BatchResource>;
  /** Exchanges everything with the clearing host. */
  syncNow(): Promise<SyncNowResource>;
  /** Closes the shift or day; the last close when nothing was recorded since. */
  close(): Promise<CloseResource>;
  closeOf(number: number): Promise<CloseResource>;
  /** Has the slip of a close printed; the close says what becomes of it. */
  printClose(number: number): Promise<CloseResource>;
  closeSlipText(number: number): Promise<CloseSlipText>;
  /** The bytes of a bundle as they come. */
  exportBundle(): Promise<AsyncIterable<Uint8Array>>;
  takeReceipt(receipt: BundleReceipt): Promise<TakenReceipt>;
  /** The PIN pad, and as far as it tells its keys. */
  pinPad(): Promise<PinPadResource>;
  loadPinKey(file: PinKeyFile): Promise<PinPadResource>;
  rotateKeys(): Promise<RotationResource>;
  enrol(code: string): Promise<EnrolledResource>;
  /** Each setting as the daemon has it. */
  settings(): Promise<z.output<typeof settingsResource>>;
  /** Has the settings read anew. */
  reload(): Promise<z.output<typeof reloadResource>>;
  /** What passed between terminal and card; refused where it is not kept. */
  trace(paymentId: string): Promise<TraceResource>;
  /** What happens from now on; the first, `open`, says that nothing after it is missed. Ends with the connection. */
  events(signal: AbortSignal): AsyncGenerator<ServerEvent>;
}

const DEFAULT_PORT = '7400';
/** A daemon on loopback answers at once, save to a cancellation, which waits for the card. */
const ANSWER_LIMIT_MS = 10_000;

/** Where the daemon is: as said, else on this machine at JDPOS_PORT or the usual port. */
export function daemonUrl(given: string | undefined, environment: CliIo['environment']): string {
  const text = given ?? `http://127.0.0.1:${environment['JDPOS_PORT'] ?? DEFAULT_PORT}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new CliError(
      'wrong-use',
      `${text} is no address of a daemon`,
      'Give one such as --url http://127.0.0.1:7400.',
    );
  }
  return url.origin;
}

interface Request {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Talks to the daemon at an origin, over the `fetch` given. */
export function daemonAt(url: string, fetchIt: CliIo['fetch']): Daemon {
  async function send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetchIt(`${url}${path}`, init);
    } catch (cause) {
      const next = 'Start it with `jdpos run` (`npm start` for the sandbox), or say where it is with --url.';
      throw new CliError('daemon-unreachable', `no daemon answers at ${url}`, next, { cause });
    }
  }

  async function ask<T extends z.ZodType>(path: string, schema: T, request: Request = {}): Promise<z.output<T>> {
    const { method = 'GET', body, headers = {} } = request;
    const response = await send(path, {
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response.status, answer);
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const next = 'Check that daemon and command line are of the same version.';
    throw new CliError('unexpected-answer', `${url}${path} answers something else than expected`, next);
  }

  const paymentPath = (id: string): string => `/v1/payments/${encodeURIComponent(id)}`;
  return {
    url,
    status: () => ask('/v1/status', statusResource),
    startPayment: ({ key, ...order }) =>
      ask('/v1/payments', paymentResource, {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: { ...order, currency: 'CNY' },
      }),
    payment: (id) => ask(paymentPath(id), paymentResource),
    cancelPayment: (id) => ask(`${paymentPath(id)}/cancel`, paymentResource, { method: 'POST', body: {} }),
    answer: (id, body) => ask(`${paymentPath(id)}/answer`, paymentResource, { method: 'POST', body }),
    document: (id) => ask(`${paymentPath(id)}/document`, documentResource),
    printSlip: (id, copy) => ask(`${paymentPath(id)}/print`, paymentResource, { method: 'POST', body: { copy } }),
    slipText: (id, copy) => ask(`${paymentPath(id)}/receipt?copy=${copy}`, slipTextResource),
    trace: (id) => ask(`${paymentPath(id)}/trace`, traceResource),
    pinPad: () => ask('/v1/pin-pad', pinPadResource),
    loadPinKey: (file) => ask('/v1/pin-pad/key', pinPadResource, { method: 'POST', body: file }),
    rotateKeys: () => ask('/v1/keys/rotate', rotationResource, { method: 'POST', body: {} }),
    enrol: (code) => ask('/v1/enrolment', enrolledResource, { method: 'POST', body: { code } }),
    settings: () => ask('/v1/settings', settingsResource),
    reload: () => ask('/v1/settings/reload', reloadResource, { method: 'POST', body: {} }),
    closeBatch: () => ask('/v1/batches/close', batchResource, { method: 'POST', body: {} }),
    syncNow: () => ask('/v1/sync', syncNowResource, { method: 'POST', body: {} }),
    close: () => ask('/v1/closes', closeResource, { method: 'POST', body: {} }),
    async closeOf(number) {
      const { comparisons: _, ...close } = await ask(`/v1/closes/${number}`, closeWithEvidence);
      return close;
    },
    printClose: (number) => ask(`/v1/closes/${number}/print`, closeResource, { method: 'POST', body: {} }),
    closeSlipText: (number) => ask(`/v1/closes/${number}/receipt`, closeSlipText),
    async exportBundle() {
      const response = await send('/v1/bundles', { method: 'POST' });
      if (!response.ok || response.body === null) throw refusal(response.status, await response.json().catch(() => {}));
      return unbroken(response.body);
    },
    takeReceipt: (receipt) => ask('/v1/receipts', takenReceipt, { method: 'POST', body: receipt }),
    async *events(signal) {
      const response = await send('/v1/events', { headers: { accept: 'text/event-stream' }, signal });
      if (!response.ok || response.body === null) throw refusal(response.status, await response.json().catch(() => {}));
      yield { name: 'open', data: undefined };
      yield* readEvents(response.body);
    },
  };
}

/** Says in words that the daemon has broken off. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    const next = 'Look at its log, and try again; nothing is lost.';
    throw new CliError('daemon-unreachable', 'the daemon broke off in the middle', next, { cause });
  }
}

/** What the daemon says when it refuses, with its own word for it (RFC 9457). */
export class Refusal extends CliError {
  readonly status: number;
  readonly problem: string;

  constructor(status: number, problem: string, message: string, next: string) {
    super('daemon-refused', message, next);
    this.status = status;
    this.problem = problem;
  }
}

/** What to do about a refusal; the daemon's own `detail` says what is special about it. */
const NEXT: Readonly<Record<string, string>> = {
  'payment-in-progress': 'Wait for it, or cancel it on the cashier page.',
  'terminal-not-ready': 'Enrol the terminal, and look at `jdpos status`.',
  'idempotency-key-reused': 'Leave --key out for a new payment.',
  'nothing-to-close': 'Take a payment first.',
  'no-printer': 'Show it with --text instead, or name the printer in the settings.',
  unacknowledged: 'It is being uploaded: try again in a moment.',
  'enrolment-refused': 'Ask the operator of the centre.',
  'settings-invalid': 'Look at all of it with `jdpos config check`; nothing has changed.',
  'settings-not-kept': 'A sandbox has none; start the terminal with `jdpos run`.',
  'centre-unreachable': 'Look at `jdpos status`.',
  'no-pin-pad': 'Name one in the settings: devices.pinPad.',
  'pin-key-refused': 'Ask the centre for a file that was made for this pad.',
  'pin-pad-unavailable': 'Look at its power and cable, and try again when nobody types a PIN.',
};

function refusal(status: number, answer: unknown): Refusal {
  const { code, title, detail } = (answer ?? {}) as { code?: unknown; title?: unknown; detail?: unknown };
  const problem = typeof code === 'string' ? code : `http-${status}`;
  const said = [title, detail].filter((part) => typeof part === 'string').join(': ');
  const next = NEXT[problem] ?? 'Look at `jdpos status` and at the log of the daemon.';
  return new Refusal(status, problem, `the daemon refuses: ${said || problem}`, next);
}
