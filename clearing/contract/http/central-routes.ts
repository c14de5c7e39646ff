import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  type CentralBatch,
  type CentralRecord,
  centralAcknowledgement,
  centralBatch,
  centralBatchesPage,
  centralBatchesQuery,
  centralRecord,
} from '../central.ts';
import { uuid } from '../values.ts';
import { csvLine } from './csv.ts';
import { preferredType } from './media-type.ts';
import { commonProblem, problemResponses, problemsOf } from './problem.ts';
import type { ApiServer } from './server.ts';

/** Where the settled batches come from: the terminal's queue, or the clearing host's database for all terminals. */
export interface SettledBatches {
  /**
   * In settlement order, behind `after`. `next` is the cursor of the last item; absent when there are no items.
   */
  list(page: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly items: readonly CentralBatch[]; readonly next?: string } | { readonly kind: 'bad-cursor' }>;
  /** Undefined when there is no such batch, or it is not settled. */
  get(id: string): Promise<CentralBatch | undefined>;
  /** The records that settled, by sequence. */
  records(id: string): AsyncIterable<CentralRecord>;
  /** Notes durably that the batch has been fetched; the first time stays. */
  acknowledge(id: string): Promise<CentralBatch>;
}

const CENTRAL_PROBLEMS = {
  'batch-not-found': { status: 404, title: 'There is no settled batch with this id' },
  'bad-cursor': { status: 400, title: 'The cursor was not given out by this list' },
  'acknowledgement-mismatch': { status: 409, title: 'What was counted is not what settled' },
} as const;
const problem = problemsOf(CENTRAL_PROBLEMS);

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';
const COLUMNS = Object.keys(centralRecord.shape) as readonly (keyof CentralRecord)[];
const batchId = z.strictObject({ id: uuid });

/** Schemas that an OpenAPI document with these routes should name. */
export const CENTRAL_COMPONENTS = { CentralBatch: centralBatch, CentralRecord: centralRecord };

/** Adds the routes from which central systems pull settled batches, for one terminal or for all. */
export function registerCentralRoutes(app: ApiServer, source: SettledBatches): void {
  addList(app, source);
  addManifest(app, source);
  addRecords(app, source);
  addAcknowledgement(app, source);
}

async function settledBatch(source: SettledBatches, id: string): Promise<CentralBatch> {
  const batch = await source.get(id);
  if (batch === undefined) throw problem('batch-not-found', { detail: `no settled batch is called ${id}` });
  return batch;
}

function addList(app: ApiServer, source: SettledBatches): void {
  const response = { 200: centralBatchesPage, ...problemResponses(400) };
  app.get(
    '/central/v1/batches',
    { schema: { summary: 'Settled batches in settlement order', querystring: centralBatchesQuery, response } },
    async ({ query: { after, limit } }) => {
      const page = await source.list({ limit, ...(after !== undefined && { after }) });
      if ('kind' in page) throw problem('bad-cursor', { detail: 'leave out `after` to begin at the oldest batch' });
      return { items: [...page.items], next: page.next ?? null };
    },
  );
}

function addManifest(app: ApiServer, source: SettledBatches): void {
  const response = { 200: centralBatch, ...problemResponses(400, 404) };
  app.get(
    '/central/v1/batches/:id',
    { schema: { summary: 'A settled batch: counts, chain head, signatures', params: batchId, response } },
    ({ params }) => settledBatch(source, params.id),
  );
}

function addRecords(app: ApiServer, source: SettledBatches): void {
  const content = { [NDJSON]: { schema: centralRecord }, [CSV]: { schema: z.string() } };
  const response = { 200: { description: 'One record a line', content }, ...problemResponses(400, 404, 406) };
  app.get(
    '/central/v1/batches/:id/records',
    { schema: { summary: 'The records that settled, one a line', params: batchId, response } },
    async ({ params, headers }, reply) => {
      const type = preferredType(headers.accept, [NDJSON, CSV]);
      if (type === undefined) throw commonProblem('not-acceptable', { detail: `accept ${NDJSON} or ${CSV}` });
      await settledBatch(source, params.id);
      const lines = type === CSV ? csvLines(source.records(params.id)) : jsonLines(source.records(params.id));
      return stream(reply, type === CSV ? `${CSV}; charset=utf-8; header=present` : NDJSON, lines);
    },
  );
}

/** Sends lines as they come; the schema of the route describes one line, not the stream, so the reply is taken untyped. */
const stream = (reply: FastifyReply, type: string, lines: AsyncIterable<string>): FastifyReply =>
  reply.type(type).send(Readable.from(lines, { objectMode: false }));

async function* jsonLines(records: AsyncIterable<CentralRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

async function* csvLines(records: AsyncIterable<CentralRecord>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const record of records) yield csvLine(COLUMNS.map((column) => record[column]));
}

function addAcknowledgement(app: ApiServer, source: SettledBatches): void {
  const response = { 200: centralBatch, ...problemResponses(400, 404, 409) };
  app.post(
    '/central/v1/batches/:id/acknowledgement',
    { schema: { summary: 'Confirms what was counted', params: batchId, body: centralAcknowledgement, response } },
    async ({ params, body }) => {
      const { recordCount, totalMinor, chainHead } = await settledBatch(source, params.id);
      const same = body.recordCount === recordCount && body.totalMinor === totalMinor && body.chainHead === chainHead;
      if (!same) {
        throw problem('acknowledgement-mismatch', {
          detail: 'fetch the records again and compare; nothing was noted',
          extra: { expected: { recordCount, totalMinor, chainHead } },
        });
      }
      return source.acknowledge(params.id);
    },
  );
}
