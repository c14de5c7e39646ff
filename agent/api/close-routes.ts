import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { Queue, StoredClose } from '../../offline-queue/index.ts';
import type { CloseSlips } from '../receipts/close-slips.ts';
import { closeOf, closeResource, closeWithEvidence, closeWithEvidenceOf } from './close-resource.ts';
import { registerProblem } from './problems.ts';
import { closeSlipText } from './slip-resource.ts';
import { refusePrinting } from './slip-routes.ts';

export interface CloseApiParts {
  readonly queue: Pick<Queue, 'closes'>;
  /** Undefined when nothing has ever been recorded. */
  readonly close: () => StoredClose | undefined;
  readonly slips: { readonly closes: Pick<CloseSlips, 'print' | 'of' | 'text'> };
}

const MAX_PAGE = 100;

const byNumber = z.strictObject({ number: z.coerce.number().int().min(1) });

/** Adds the routes of closes: a shift or a day, what the centre says of it, and its slip. */
export function addCloses(app: ApiServer, parts: CloseApiParts): void {
  const { queue, close, slips } = parts;
  const shown = (one: StoredClose) => closeOf(one, slips.closes.of(one));
  addCloseSlips(app, parts);
  app.post(
    '/v1/closes',
    {
      schema: {
        summary: 'Close what was recorded since the last close; the centre compares it record by record',
        body: z.strictObject({}).nullish(),
        response: { 200: closeResource, ...problemResponses(400, 409) },
      },
    },
    async () => {
      const closed = close();
      if (closed === undefined) throw registerProblem('nothing-to-close', { detail: 'nothing has been recorded yet' });
      return shown(closed);
    },
  );
  app.get(
    '/v1/closes/:number',
    {
      schema: {
        summary: 'A close, with what the centre has signed',
        params: byNumber,
        response: { 200: closeWithEvidence, ...problemResponses(400, 404) },
      },
    },
    async ({ params: { number } }) => {
      const found = foundClose(queue, number);
      return closeWithEvidenceOf(found, slips.closes.of(found));
    },
  );
  const page = z.strictObject({ items: z.array(closeResource), next: z.string().nullable() });
  const querystring = z.strictObject({
    after: z.string().max(64).exactOptional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(20),
  });
  app.get(
    '/v1/closes',
    { schema: { summary: 'Closes, newest first', querystring, response: { 200: page, ...problemResponses(400) } } },
    async ({ query: { after, limit } }) => {
      const found = queue.closes.list({ limit, ...(after !== undefined && { cursor: after }) });
      if ('kind' in found) throw registerProblem('bad-cursor', { detail: 'leave out `after` to begin at the newest' });
      return { items: found.items.map(shown), next: found.next ?? null };
    },
  );
}

function foundClose(queue: CloseApiParts['queue'], number: number): StoredClose {
  const found = queue.closes.get(number);
  if (found === undefined) throw registerProblem('close-not-found', { detail: `no close has the number ${number}` });
  return found;
}

function addCloseSlips(app: ApiServer, { queue, slips: { closes } }: CloseApiParts): void {
  app.post(
    '/v1/closes/:number/print',
    {
      schema: {
        summary: 'Print the slip of a close; marked as a reprint when it may be on paper already',
        params: byNumber,
        body: z.strictObject({}).nullish(),
        response: {
          202: closeResource.describe('It is printed in its turn: `receipt` says what becomes of it'),
          ...problemResponses(400, 404, 409),
        },
      },
    },
    async ({ params: { number } }, reply) => {
      const found = foundClose(queue, number);
      refusePrinting(closes.print(number));
      return reply.code(202).send(closeOf(found, closes.of(found)));
    },
  );
  app.get(
    '/v1/closes/:number/receipt',
    {
      schema: {
        summary: 'The slip of a close as it would be printed now, in lines of text',
        params: byNumber,
        response: { 200: closeSlipText, ...problemResponses(400, 404) },
      },
    },
    async ({ params: { number } }) => {
      const { lines, ...rest } = closes.text(foundClose(queue, number));
      return { ...rest, lines: [...lines] };
    },
  );
}
