import { z } from 'zod';
import { batchStatus, settlementsPage, settlementsQuery } from '../../contract/batch.ts';
import { terminalHeaders } from '../../contract/enrolment.ts';
import { hotlistQuery } from '../../contract/hotlist.ts';
import { type ApiServer, problemResponses } from '../../contract/http/index.ts';
import {
  acknowledgement,
  authorisationAnswer,
  authorisationRequest,
  batchRequest,
  chainPosition,
  enrolmentAnswer,
  enrolmentRequest,
  hotlistAnswer,
  MAX_BATCH_RECORDS,
  parametersAnswer,
  reversalAnswer,
  reversalRequest,
  settlement,
} from '../../contract/index.ts';
import { uuid } from '../../contract/values.ts';
import { authorise } from '../authorise/authorise.ts';
import { reverse } from '../authorise/reverse.ts';
import { receiveBatch } from '../batches/receive.ts';
import type { HostContext } from '../context.ts';
import { hotlistSince } from '../downloads/hotlist.ts';
import { parametersFor } from '../downloads/parameters.ts';
import { batchStatusOf, settlementsOf } from '../settle/terminal-view.ts';
import { positionOf } from '../terminals/chain-position.ts';
import { enrol } from '../terminals/enrol.ts';
import { type TerminalRequests, terminalRequests } from './terminal-requests.ts';

/** Schemas that the OpenAPI document of the clearing API names. */
export const CLEARING_COMPONENTS = {
  EnrolmentRequest: enrolmentRequest,
  EnrolmentAnswer: enrolmentAnswer,
  ChainPosition: chainPosition,
  Parameters: parametersAnswer,
  Hotlist: hotlistAnswer,
  AuthorisationRequest: authorisationRequest,
  AuthorisationAnswer: authorisationAnswer,
  ReversalRequest: reversalRequest,
  ReversalAnswer: reversalAnswer,
  BatchRequest: batchRequest,
  BatchStatus: batchStatus,
  Acknowledgement: acknowledgement,
  Settlement: settlement,
};

/** A record with its sealed PAN is 2 to 3 KB. */
const BATCH_BODY_LIMIT_BYTES = MAX_BATCH_RECORDS * 8 * 1024;

const ALWAYS = [400, 401, 409, 503] as const;

/** Adds the routes of the clearing API. */
export function addClearingRoutes(app: ApiServer, context: HostContext): void {
  const requests = terminalRequests(app, context);
  addEnrolment(app, context);
  addChain(app, context, requests);
  addDownloads(app, context, requests);
  addAuthorisations(app, context, requests);
  addBatches(app, context, requests);
}

function addEnrolment(app: ApiServer, context: HostContext): void {
  const response = { 201: enrolmentAnswer, ...problemResponses(400, 403, 409, 422, 503) };
  app.post(
    '/v1/enrolments',
    { schema: { summary: 'Takes a terminal in by its one-time code', body: enrolmentRequest, response } },
    async ({ body }, reply) => reply.code(201).send(await enrol(context, body)),
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
        response: { 200: parametersAnswer, ...problemResponses(...ALWAYS) },
      },
    },
    (request) => parametersFor(context, requests.openTerminalOf(request)),
  );
  app.get(
    '/v1/hotlist',
    {
      ...requests.authenticated,
      schema: {
        summary: 'The way from the version `since` to the newest; signed',
        headers,
        querystring: hotlistQuery,
        response: { 200: hotlistAnswer, ...problemResponses(...ALWAYS) },
      },
    },
    (request) => {
      requests.openTerminalOf(request);
      return hotlistSince(context, request.query.since);
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
