import { Readable } from 'node:stream';
import { z } from 'zod';
import { batchStatus, settlementsPage, settlementsQuery } from '../../contract/batch.ts';
import { terminalHeaders } from '../../contract/enrolment.ts';
import { hotlistQuery } from '../../contract/hotlist.ts';
import { type ApiServer, problemResponses } from '../../contract/http/index.ts';
import {
  acknowledgement,
  authorisationAnswer,
  authorisationRequest,
  BUNDLE_TYPE,
  batchRequest,
  bundleReceipt,
  certificateRequest,
  chainPosition,
  clientCertificate,
  comparison,
  comparisonRequest,
  enrolmentAnswer,
  enrolmentRequest,
  hotlistAnswer,
  hotlistPage,
  MAX_BATCH_RECORDS,
  parametersAnswer,
  reversalAnswer,
  reversalRequest,
  settlement,
} from '../../contract/index.ts';
import { parametersQuery } from '../../contract/parameters.ts';
import { uuid } from '../../contract/values.ts';
import { authorise } from '../authorise/authorise.ts';
import { reverse } from '../authorise/reverse.ts';
import { receiveBatch } from '../batches/receive.ts';
import { importBundleStream, MAX_BUNDLE_BYTES } from '../bundles/bundle-file.ts';
import { issueCertificate } from '../certificates/issue.ts';
import { compare } from '../comparisons/compare.ts';
import type { HostContext } from '../context.ts';
import { hotlistPageOf, hotlistSince } from '../downloads/hotlist.ts';
import { parametersFor } from '../downloads/parameters.ts';
import { clearingProblem } from '../problems.ts';
import { batchStatusOf, settlementsOf } from '../settle/terminal-view.ts';
import { positionOf } from '../terminals/chain-position.ts';
import { enrol } from '../terminals/enrol.ts';
import { type PeerTeller, type TerminalRequests, terminalRequests } from './terminal-requests.ts';

/** Schemas that the OpenAPI document of the clearing API names. */
export const CLEARING_COMPONENTS = {
  EnrolmentRequest: enrolmentRequest,
  EnrolmentAnswer: enrolmentAnswer,
  ClientCertificate: clientCertificate,
  ChainPosition: chainPosition,
  Parameters: parametersAnswer,
  Hotlist: hotlistAnswer,
  HotlistPage: hotlistPage,
  AuthorisationRequest: authorisationRequest,
  AuthorisationAnswer: authorisationAnswer,
  ReversalRequest: reversalRequest,
  ReversalAnswer: reversalAnswer,
  BatchRequest: batchRequest,
  BatchStatus: batchStatus,
  Acknowledgement: acknowledgement,
  Settlement: settlement,
  ComparisonRequest: comparisonRequest,
  Comparison: comparison,
  BundleReceipt: bundleReceipt,
};

/** A record with its sealed PAN is 2 to 3 KB. */
const BATCH_BODY_LIMIT_BYTES = MAX_BATCH_RECORDS * 8 * 1024;

const ALWAYS = [400, 401, 409, 503] as const;

/** Adds the routes of the clearing API. */
export function addClearingRoutes(app: ApiServer, context: HostContext, peerOf: PeerTeller): void {
  const requests = terminalRequests(app, context, peerOf);
  addEnrolment(app, context);
  addCertificates(app, context, requests);
  addChain(app, context, requests);
  addDownloads(app, context, requests);
  addAuthorisations(app, context, requests);
  addBatches(app, context, requests);
  addComparisons(app, context, requests);
  addBundles(app, context);
}

function addEnrolment(app: ApiServer, context: HostContext): void {
  const response = { 201: enrolmentAnswer, ...problemResponses(400, 403, 409, 422, 503) };
  app.post(
    '/v1/enrolments',
    { schema: { summary: 'Takes a terminal in by its one-time code', body: enrolmentRequest, response } },
    async ({ body }, reply) => reply.code(201).send(await enrol(context, body)),
  );
}

function addCertificates(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  app.post(
    '/v1/certificates',
    {
      ...requests.signed,
      schema: {
        summary: 'A client certificate: the first one of an enrolment, or the next one',
        headers: terminalHeaders,
        body: certificateRequest,
        response: { 200: clientCertificate, ...problemResponses(...ALWAYS, 404, 422) },
      },
    },
    (request) => {
      const proven = requests.showsCertificate(request);
      const terminal = requests.openTerminalOf(request);
      return issueCertificate(context, terminal, { request: request.body.certificateRequest, proven });
    },
  );
}

function addChain(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  app.get(
    '/v1/chain',
    {
      ...requests.authenticated,
      schema: {
        summary: 'Where the chain of the asking terminal stands',
        headers: terminalHeaders,
        response: { 200: chainPosition, ...problemResponses(...ALWAYS) },
      },
    },
    (request) => positionOf(context.database, requests.openTerminalOf(request)),
  );
}

function addDownloads(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  const headers = terminalHeaders;
  app.get(
    '/v1/parameters',
    {
      ...requests.authenticated,
      schema: {
        summary: 'Applications, limits, CA keys; signed',
        headers,
        querystring: parametersQuery,
        response: { 200: parametersAnswer, ...problemResponses(...ALWAYS) },
      },
    },
    (request) => parametersFor(context, requests.openTerminalOf(request), request.query.have),
  );
  app.get(
    '/v1/hotlist',
    {
      ...requests.authenticated,
      schema: {
        summary: 'The way from the version `since` to the newest, in one piece or in pages; signed',
        headers,
        querystring: hotlistQuery,
        response: { 200: z.union([hotlistPage, hotlistAnswer]), ...problemResponses(...ALWAYS, 422) },
      },
    },
    (request) => {
      requests.openTerminalOf(request);
      const { limit, ...query } = request.query;
      return limit === undefined ? hotlistSince(context, query.since) : hotlistPageOf(context, { ...query, limit });
    },
  );
}

function addAuthorisations(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  const headers = terminalHeaders;
  app.post(
    '/v1/authorisations',
    {
      ...requests.authenticated,
      schema: {
        summary: 'Asks whether a card may pay from its account, or whether a TC is genuine',
        headers,
        body: authorisationRequest,
        response: { 200: authorisationAnswer, ...problemResponses(...ALWAYS, 422) },
      },
    },
    (request) => authorise(context, requests.openTerminalOf(request), request.body),
  );
  app.post(
    '/v1/reversals',
    {
      ...requests.authenticated,
      schema: {
        summary: 'Undoes an authorisation, seen or not',
        headers,
        body: reversalRequest,
        response: { 200: reversalAnswer, ...problemResponses(...ALWAYS, 422) },
      },
    },
    (request) => reverse(context, requests.openTerminalOf(request), request.body),
  );
}

function addBatches(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  const headers = terminalHeaders;
  app.post(
    '/v1/batches',
    {
      ...requests.authenticated,
      bodyLimit: BATCH_BODY_LIMIT_BYTES,
      schema: {
        summary: 'Hands in a sealed batch; answered once it is held durably',
        headers,
        body: batchRequest,
        response: { 200: acknowledgement, ...problemResponses(...ALWAYS, 413, 422) },
      },
    },
    // A batch of an epoch that has ended since may still be asked for again.
    (request) => receiveBatch(context, requests.terminalOf(request), request.body),
  );
  app.get(
    '/v1/batches/:id',
    {
      ...requests.authenticated,
      schema: {
        summary: 'What became of a batch',
        headers,
        params: z.strictObject({ id: uuid }),
        response: { 200: batchStatus, ...problemResponses(...ALWAYS, 404) },
      },
    },
    (request) => batchStatusOf(context, requests.terminalOf(request), request.params.id),
  );
  app.get(
    '/v1/settlements',
    {
      ...requests.authenticated,
      schema: {
        summary: 'What has settled of the asking terminal, in settlement order',
        headers,
        querystring: settlementsQuery,
        response: { 200: settlementsPage, ...problemResponses(...ALWAYS) },
      },
    },
    (request) => settlementsOf(context, requests.terminalOf(request), request.query),
  );
}

/** A thousand claimed records are about 150 KB. */
const COMPARISON_BODY_LIMIT_BYTES = 512 * 1024;

function addComparisons(app: ApiServer, context: HostContext, requests: TerminalRequests): void {
  app.post(
    '/v1/comparisons',
    {
      ...requests.authenticated,
      bodyLimit: COMPARISON_BODY_LIMIT_BYTES,
      schema: {
        summary: 'Holds what the terminal has in a range against what the centre has, record by record; signed',
        headers: terminalHeaders,
        body: comparisonRequest,
        response: { 200: comparison, ...problemResponses(...ALWAYS, 413, 422) },
      },
    },
    (request) => compare(context, requests.terminalOf(request), request.body),
  );
}

/** Each is put aside on the disk, in the name of a terminal of ours, before its signature is known. */
const MAX_BUNDLES_AT_ONCE = 8;

/** A bundle proves itself: it is signed by its terminal, whoever brings it. */
function addBundles(app: ApiServer, context: HostContext): void {
  let coming = 0;
  app.addContentTypeParser(BUNDLE_TYPE, (_request, payload, done) => done(null, payload));
  app.post(
    '/v1/bundles',
    {
      bodyLimit: MAX_BUNDLE_BYTES,
      schema: {
        summary: `Takes in what a terminal has exported (${BUNDLE_TYPE})`,
        consumes: [BUNDLE_TYPE],
        body: z.unknown(),
        response: { 200: bundleReceipt, ...problemResponses(400, 415, 422, 503) },
      },
    },
    async ({ body }) => {
      if (!(body instanceof Readable)) throw clearingProblem('bad-bundle', { detail: `send it as ${BUNDLE_TYPE}` });
      if (coming >= MAX_BUNDLES_AT_ONCE) throw clearingProblem('overloaded', { headers: { 'retry-after': '5' } });
      coming += 1;
      try {
        return await importBundleStream(context, body);
      } finally {
        coming -= 1;
      }
    },
  );
}
