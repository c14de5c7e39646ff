import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { Queue, StoredClose } from '../../offline-queue/index.ts';
import { closeOf, closeResource, closeWithEvidence, closeWithEvidenceOf } from './close-resource.ts';
import { registerProblem } from './problems.ts';

export interface CloseApiParts {
  readonly queue: Pick<Queue, 'closes'>;
  /** Undefined when nothing has ever been recorded. */
  readonly close: () => StoredClose | undefined;
}

const MAX_PAGE = 100;

/** Adds the routes of closes: a shift or a day, and what the centre says of it. */
export function addCloses(app: ApiServer, { queue, close }: CloseApiParts): void {
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
      return closeOf(closed);
    },
  );
  app.get(
    '/v1/closes/:number',
    {
      schema: {
        summary: 'A close, with what the centre has signed',
        params: z.strictObject({ number: z.coerce.number().int().min(1) }),
        response: { 200: closeWithEvidence, ...problemResponses(400, 404) },
      },
    },
    async ({ params: { number } }) => {
      const found = queue.closes.get(number);
      if (found === undefined)
        throw registerProblem('close-not-found', { detail: `no close has the number ${number}` });
      return closeWithEvidenceOf(found);
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
      return { items: found.items.map(closeOf), next: found.next ?? null };
    },
  );
}
