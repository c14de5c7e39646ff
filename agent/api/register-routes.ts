import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { Recording } from '../../emv/trace/index.ts';
import type { Queue, StoredBatch } from '../../offline-queue/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import type { Sync } from '../sync/sync.ts';
import { batchOf, batchResource } from './batch-resource.ts';
import { addBundles, type BundleApiParts } from './bundle-routes.ts';
import { closeResource } from './close-resource.ts';
import { addCloses, type CloseApiParts } from './close-routes.ts';
import { addCodes } from './code-routes.ts';
import type { EventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';
import type { Metrics } from './metrics.ts';
import { addOnScreenPad } from './on-screen-pad-route.ts';
import { type PaymentResource, paymentPath, paymentRequest, paymentResource } from './payment-resource.ts';
import { addPinPad } from './pin-pad-routes.ts';
import { registerProblem } from './problems.ts';
import { addQuestions } from './question-routes.ts';
import { addSlips, type SlipApiParts } from './slip-routes.ts';
import { startPayment } from './start-payment.ts';
import { type StatusResource, statusResource } from './status-resource.ts';
import { syncNowResource } from './sync-now-resource.ts';
import { traceOf, traceResource } from './trace-resource.ts';
import { type UpkeepParts, upkeepRoutes } from './upkeep-routes.ts';

export interface RegisterApiParts extends CloseApiParts, BundleApiParts, SlipApiParts {
  readonly slips: CloseApiParts['slips'] & SlipApiParts['slips'];
  readonly queue: Pick<Queue, 'payments' | 'closes'>;
  readonly desk: PaymentDesk;
  /** Enrolled, and with parameters: can anything be sold? */
  readonly ready: () => boolean;
  /** Why nothing may be sold all the same. */
  readonly stopped?: () => { readonly detail: string } | undefined;
  readonly status: () => StatusResource;
  readonly events: EventLog;
  readonly closeBatch: () => StoredBatch | undefined;
  /** Runs every exchange with the host now. */
  readonly syncNow: Sync['now'];
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** The taps of a payment, redacted; undefined when they are not kept. */
  readonly trace: (paymentId: string) => readonly Recording[] | undefined;
  readonly upkeep: UpkeepParts;
  /** As they are when they are asked for. */
  readonly devices?: { readonly [pad in 'keyedPad' | 'onScreenPad']?: Devices[pad] | undefined };
}

/** Schemas that the OpenAPI document names. */
export const REGISTER_COMPONENTS = {
  Payment: paymentResource,
  Status: statusResource,
  Batch: batchResource,
  Close: closeResource,
};

/** Adds the routes of the register API (docs/register-api.md). */
export function registerRoutes(app: ApiServer, parts: RegisterApiParts): void {
  addStart(app, parts);
  addPayments(app, parts);
  addCancel(app, parts);
  addQuestions(app, parts);
  addSlips(app, parts);
  addCodes(app);
  addTrace(app, parts);
  addEvents(app, parts);
  addStatus(app, parts);
  addClose(app, parts);
  addSync(app, parts);
  addMetrics(app, parts);
  addCloses(app, parts);
  addBundles(app, parts);
  upkeepRoutes(app, parts.upkeep);
  addPinPad(app, () => parts.devices?.keyedPad);
  const { onScreenPad } = parts.devices ?? {};
  if (onScreenPad !== undefined) addOnScreenPad(app, parts.queue, onScreenPad);
}

/** Prometheus's text format, as the document names it. */
const METRICS_TYPE = 'text/plain';
/** A POST that needs no body takes none, or an empty object. */
const noBody = z.strictObject({}).nullish();

function addStart(app: ApiServer, parts: RegisterApiParts): void {
  const response = {
    200: paymentResource.describe('The payment that this key has started, as it is now'),
    202: paymentResource.describe('The payment has begun: a card is awaited'),
    ...problemResponses(400, 409, 422, 503),
  };
  app.post(
    '/v1/payments',
    {
      schema: {
        summary: 'Start a payment',
        headers: z.object({
          'idempotency-key': z
            .string()
            .optional()
            .describe('Not to be left out: 1 to 255 printable ASCII characters without blanks, new for each sale'),
        }),
        body: paymentRequest,
        response,
      },
    },
    async ({ body, headers }, reply) => {
      const { status, payment } = await startPayment(body, headers['idempotency-key'], parts);
      return reply.code(status).send(parts.shown(payment));
    },
  );
}

const MAX_PAGE = 500;

function addPayments(app: ApiServer, { queue, shown }: RegisterApiParts): void {
  app.get(
    '/v1/payments/:id',
    {
      schema: {
        summary: 'A payment as it is now',
        params: paymentPath,
        response: { 200: paymentResource, ...problemResponses(404) },
      },
    },
    async ({ params: { id } }) => {
      const payment = queue.payments.get(id);
      if (payment === undefined) throw registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });
      return shown(payment);
    },
  );
  const page = z.strictObject({
    items: z.array(paymentResource),
    next: z.string().nullable(),
    /** Ids of those that another hand has changed so that they are no payments; absent: none. `jdpos queue verify` names them. */
    unreadable: z.array(z.string()).exactOptional(),
  });
  const querystring = z.strictObject({
    after: z.string().max(64).exactOptional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  });
  app.get(
    '/v1/payments',
    { schema: { summary: 'Payments, newest first', querystring, response: { 200: page, ...problemResponses(400) } } },
    async ({ query: { after, limit } }) => {
      const found = queue.payments.list({ limit, ...(after !== undefined && { cursor: after }) });
      if ('kind' in found) throw registerProblem('bad-cursor', { detail: 'leave out `after` to begin at the newest' });
      const items = found.items.map(shown);
      const isReadable = (one: PaymentResource): boolean => paymentResource.safeParse(one).success;
      const unreadable = items.filter((one) => !isReadable(one)).map(({ id }) => id);
      const rest = { next: found.next ?? null, ...(unreadable.length > 0 && { unreadable }) };
      return { items: items.filter(isReadable), ...rest };
    },
  );
}

function addCancel(app: ApiServer, { desk, shown }: RegisterApiParts): void {
  app.post(
    '/v1/payments/:id/cancel',
    {
      schema: {
        summary: 'Cancel a payment: cancelled, or undecided when its card may have paid',
        params: paymentPath,
        body: noBody,
        response: { 200: paymentResource, 202: paymentResource, ...problemResponses(400, 404, 409) },
      },
    },
    async ({ params: { id } }, reply) => {
      const cancelled = await desk.cancel(id);
      if (cancelled.kind === 'not-found') {
        throw registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });
      }
      const payment = shown(cancelled.payment);
      if (cancelled.kind === 'too-late') {
        throw registerProblem('payment-final', { detail: `the payment is ${payment.state}`, extra: { payment } });
      }
      return reply.code(cancelled.kind === 'pending' ? 202 : 200).send(payment);
    },
  );
}

function addTrace(app: ApiServer, { queue, trace }: RegisterApiParts): void {
  app.get(
    '/v1/payments/:id/trace',
    {
      schema: {
        summary: 'What was exchanged with the cards of the latest payment, without PIN, PAN and cryptograms',
        params: paymentPath,
        response: { 200: traceResource, ...problemResponses(404) },
      },
    },
    async ({ params: { id } }) => {
      if (queue.payments.get(id) === undefined) {
        throw registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });
      }
      const taps = trace(id);
      if (taps === undefined) {
        throw registerProblem('trace-not-kept', {
          detail: 'only the latest payment that saw a card has one, until a restart',
        });
      }
      return traceOf(id, taps);
    },
  );
}

/** More registers and pages than that do not follow one terminal. */
const MAX_STREAMS = 32;

function addEvents(app: ApiServer, { events }: RegisterApiParts): void {
  let streams = 0;
  const description =
    'Server-sent events payment, reader, device, code, close, queue, sync and reset; data is the whole resource in JSON';
  const headers = z.object({ 'last-event-id': z.string().optional().describe('Of a client that comes back') });
  const response = {
    200: { description, content: { 'text/event-stream': { schema: z.string() } } },
    ...problemResponses(503),
  };
  app.get('/v1/events', { schema: { summary: 'What changes, as it changes', headers, response } }, (request, reply) => {
    if (streams >= MAX_STREAMS)
      throw registerProblem('too-many-streams', { detail: 'close a page that is not needed' });
    streams += 1;
    reply.raw.on('close', () => {
      streams -= 1;
    });
    const { 'last-event-id': lastEventId } = request.headers;
    reply.hijack();
    streamEvents(reply.raw, events, lastEventId);
  });
}

function addStatus(app: ApiServer, { status }: RegisterApiParts): void {
  app.get(
    '/v1/status',
    { schema: { summary: 'How the terminal stands', response: { 200: statusResource } } },
    async () => status(),
  );
}

function addClose(app: ApiServer, { closeBatch }: RegisterApiParts): void {
  app.post(
    '/v1/batches/close',
    {
      schema: {
        summary: 'Seal what is open; answers with the batch that holds the newest record',
        body: noBody,
        response: { 200: batchResource, ...problemResponses(400, 409) },
      },
    },
    async () => {
      const batch = closeBatch();
      if (batch === undefined) throw registerProblem('nothing-to-close', { detail: 'nothing has been recorded yet' });
      return batchOf(batch);
    },
  );
}

function addSync(app: ApiServer, { syncNow, status }: RegisterApiParts): void {
  app.post(
    '/v1/sync',
    {
      schema: {
        summary: 'Exchange everything with the clearing host now, and say what came of it',
        body: noBody,
        response: { 200: syncNowResource, ...problemResponses(400) },
      },
    },
    async () => {
      const rounds = await syncNow();
      const { clearing, queue } = status();
      return { rounds, clearing, queue };
    },
  );
}

function addMetrics(app: ApiServer, { metrics }: RegisterApiParts): void {
  const content = { [METRICS_TYPE]: { schema: z.string() } };
  const response = { 200: { description: 'Metrics in the text format of Prometheus', content } };
  app.get('/metrics', { schema: { summary: 'What can be watched', response } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
