import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { BUNDLE_TYPE, type BundleReceipt, bundleReceipt } from '../../clearing/contract/index.ts';
import type { ReceiptTaken } from '../sync/receipt.ts';
import { registerProblem } from './problems.ts';
import { takenReceipt } from './receipt-resource.ts';

export interface BundleApiParts {
  readonly exportBundle: () => Generator<string> | undefined;
  readonly takeReceipt: (receipt: BundleReceipt) => ReceiptTaken;
}

/** A verdict is 50 bytes or so: about two hundred thousand records. */
const RECEIPT_LIMIT_BYTES = 16 * 1024 * 1024;

/** A line at a time, as the client takes them; the route's schema describes the file, so the reply is taken untyped. */
const stream = (reply: FastifyReply, lines: Generator<string>): FastifyReply =>
  reply.type(BUNDLE_TYPE).send(Readable.from(lines, { objectMode: false, highWaterMark: 1 }));

const noBody = z.strictObject({}).nullish();

/** Adds the routes for days without network: what the centre lacks goes out as a file, its receipt comes in. */
export function addBundles(app: ApiServer, { exportBundle, takeReceipt }: BundleApiParts): void {
  const response = {
    200: { description: 'A bundle', content: { [BUNDLE_TYPE]: { schema: z.string() } } },
    ...problemResponses(400, 503),
  };
  app.post(
    '/v1/bundles',
    { schema: { summary: 'Everything that the centre does not hold, in one signed file', body: noBody, response } },
    async (_request, reply) => {
      const lines = exportBundle();
      if (lines === undefined) throw registerProblem('terminal-not-ready', { detail: 'enrol the terminal first' });
      return stream(reply, lines);
    },
  );
  app.post(
    '/v1/receipts',
    {
      bodyLimit: RECEIPT_LIMIT_BYTES,
      schema: {
        summary: 'Takes in what the centre has given for a bundle',
        body: bundleReceipt,
        response: { 200: takenReceipt, ...problemResponses(400, 413, 422) },
      },
    },
    async ({ body }) => {
      const taken = takeReceipt(body);
      if (taken.kind === 'not-ours')
        throw registerProblem('receipt-refused', { detail: 'it is for another terminal, or for an earlier enrolment' });
      if (taken.kind === 'not-signed')
        throw registerProblem('receipt-refused', { detail: 'it is not signed by the centre of this terminal' });
      const { kind: _, ...counted } = taken;
      return { ...counted, refused: [...counted.refused] };
    },
  );
}
