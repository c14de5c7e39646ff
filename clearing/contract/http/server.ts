import type { IncomingMessage, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController, type RawServerDefault } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { answerError } from './error-handler.ts';
import { foreignness, type GuardRule } from './loopback-guard.ts';
import { anyProblem, commonProblem, problemDetails, sendProblem } from './problem.ts';

/** A server whose routes take zod schemas. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface ApiServerOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Schemas that the OpenAPI document names as components; all others stand where they are used. */
  readonly components: { readonly [name: string]: z.ZodType };
  /** Largest body taken; 64 KiB without it. */
  readonly bodyLimitBytes?: number;
  /** Refuses foreign Host and Origin headers: for every server on loopback. */
  readonly guard?: GuardRule;
  /** Speaks TLS 1.3 and asks for a client certificate, without which the handshake goes on: routes decide. */
  readonly tls?: ServerTls;
  /** A pino logger, or anything like one. */
  readonly log?: FastifyBaseLogger;
}

export interface ServerTls {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  /** PEM: whoever shows no certificate of this authority does not get through the handshake. */
  readonly clientCa?: string;
}

const BODY_LIMIT_BYTES = 64 * 1024;
/** A request that has not arrived whole by then is given up. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * A Fastify server with zod validation both ways, problem details for every error (RFC 9457), and its OpenAPI 3.1 document
 * at /openapi.json. Routes may be added at once; `close` ends open streams too.
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const app = Fastify({
    ...(options.tls && { https: secureOptions(options.tls) }),
    ...(options.log ? { loggerInstance: options.log } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Without it `close` waits for ever for an event stream.
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, commonProblem('not-found', { detail: `${request.method} ${request.url} leads nowhere` })),
  );
  addGuard(app, options.guard);
  await addDocument(app, options);
  return app;
}

/** Typed as plain HTTP: to a route the two are the same, but for its socket. */
const secureOptions = ({ certificate, privateKey, clientCa }: ServerTls): never =>
  ({
    cert: certificate,
    key: privateKey,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: clientCa !== undefined,
    ...(clientCa !== undefined && { ca: clientCa }),
  }) as never;

function addGuard(app: ApiServer, guard: GuardRule | undefined): void {
  if (guard === undefined) return;
  app.addHook('onRequest', async (request) => {
    const detail = foreignness(request.headers, guard);
    if (detail !== undefined) throw commonProblem('foreign-origin', { detail });
  });
}

async function addDocument(
  app: ApiServer,
  { title, version, description, components }: ApiServerOptions,
): Promise<void> {
  const schemaRegistry = z.registry<{ id?: string }>();
  for (const [id, schema] of Object.entries({ Problem: problemDetails, ...components }))
    schemaRegistry.add(schema, { id });
  const toJsonSchema = createJsonSchemaTransform({ schemaRegistry });
  // Awaited: routes declared before it is ready would be missing from the document.
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title, version, description } },
    transform: (route) => toJsonSchema(withAnyProblem(route)),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

type Route = Parameters<ReturnType<typeof createJsonSchemaTransform>>[0];

/** Beside the statuses that a route names stand those that any route may answer with: a foreign Origin, a body too large, a host that is starting. */
const withAnyProblem = (route: Route): Route =>
  ({
    ...route,
    schema: route.schema && { ...route.schema, response: { ...(route.schema.response ?? {}), default: anyProblem } },
  }) as Route;
