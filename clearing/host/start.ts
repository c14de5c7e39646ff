import { ok as assert } from 'node:assert/strict';
import type { FastifyBaseLogger } from 'fastify';
import type { Pan, PurseSerial } from '../../emv/values/index.ts';
import { readUint } from '../../emv/values/index.ts';
import {
  type ApiServer,
  CENTRAL_COMPONENTS,
  createApiServer,
  type GuardRule,
  registerCentralRoutes,
  registerCollectionRoutes,
} from '../contract/http/index.ts';
import type { BundleReceipt, PinKeyFile } from '../contract/index.ts';
import type { Hsm, TerminalCa } from '../hsm/index.ts';
import { importBundleFile } from './bundles/bundle-file.ts';
import { type CardToLoad, loadCards } from './cards/load-cards.ts';
import { peerTeller } from './certificates/peer.ts';
import { type HostContext, moment } from './context.ts';
import { openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { type Waived, type Waiver, waiveDebt } from './debts/waive.ts';
import { setHotlisted } from './downloads/hotlist.ts';
import { publishParameters, type SchemeParameters } from './downloads/parameters.ts';
import { type Audit, audit } from './ledger/audit.ts';
import { addOperatorRoutes } from './operator/operator-routes.ts';
import { type Admission, addAdmission } from './routes/admission.ts';
import { admitCentral } from './routes/admit-central.ts';
import { addClearingRoutes, CLEARING_COMPONENTS } from './routes/clearing-routes.ts';
import { centralSource } from './settle/central-source.ts';
import { collections } from './settle/collections.ts';
import { startSettling } from './settle/loop.ts';
import { type EnrolmentCode, issueEnrolmentCode } from './terminals/codes.ts';

export interface ClearingHostOptions {
  /** postgres://user:password@host:port/database */
  readonly databaseUrl: string;
  /** In the clear, for this machine alone: the sandbox and tests. */
  readonly listen?: ListenAt;
  /** TLS 1.3; every route but enrolment wants the client certificate of whom it concerns. */
  readonly secure?: SecureListener;
  /**
   * Where the operator's routes are served: suspense and debts. On loopback, or behind something that knows who asks: they take
   * the name that is given. Absent: nowhere.
   */
  readonly operator?: ListenAt;
  readonly hsm: Hsm;
  /** Gives terminals their client certificates; absent: none are given out, and over TLS no terminal is let in. */
  readonly terminalCa?: TerminalCa;
  /** What terminals may do; published as a new version when it differs from the last. */
  readonly parameters: SchemeParameters;
  readonly settle: { readonly everyMs: number };
  /** Blocks the application of a hotlisted card, for good, when it asks online (APPLICATION BLOCK by script). Absent: no. */
  readonly blockHotlisted?: boolean;
  /** Wall clock, milliseconds since 1970-01-01T00:00Z. */
  readonly clock: () => number;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  /** A pino logger, or anything like one. */
  readonly log: FastifyBaseLogger;
  /** Refuses foreign Host and Origin headers. Absent, only what listens in the clear on loopback does. */
  readonly guard?: GuardRule;
}

/** Port 0 takes a free one. */
interface ListenAt {
  readonly host: string;
  readonly port: number;
}

interface SecureListener extends ListenAt {
  /** PEM: the host's own certificate, with what is needed to get from it to the authority that terminals pin. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  /** PEM: the authority of the central systems that pull settled batches; absent: none is let in. */
  readonly centralCa?: string;
}

/** The reference clearing host, running. */
export interface ClearingHost {
  /** Of the listener in the clear; of the secure one when that is all there is. */
  readonly port: number;
  readonly securePort?: number;
  /** Of the operator's routes. */
  readonly operatorPort?: number;
  readonly admin: ClearingAdmin;
  close(): Promise<void>;
}

/** What the operator of the centre does; no route that terminals reach leads here. */
interface ClearingAdmin {
  loadCards(cards: readonly CardToLoad[]): Promise<void>;
  issueEnrolmentCode(code: EnrolmentCode): Promise<void>;
  addToHotlist(pans: readonly (Pan | PurseSerial)[]): Promise<void>;
  removeFromHotlist(pans: readonly (Pan | PurseSerial)[]): Promise<void>;
  /** Lets a card off a debt. */
  waiveDebt(id: string, by: Waiver): Promise<Waived>;
  /** Takes in a file that a terminal has exported; gives what goes back to it. Rejects with ApiProblem `bad-bundle`. */
  importBundle(path: string): Promise<BundleReceipt>;
  /** A PIN key in a file for the pad that holds this transport key; undefined when there is none of the name. */
  pinKeyFile(keyId: string, transportName: string): PinKeyFile | undefined;
  /** Adds up the books. */
  audit(): Promise<Audit>;
}

/**
 * Starts the host: it listens at once and answers 503 with Retry-After until its database is ready. Rejects, with nothing
 * left running, when the port is taken, the database cannot be reached or belongs to a newer program.
 */
export async function startClearingHost(options: ClearingHostOptions): Promise<ClearingHost> {
  const { hsm, terminalCa, log, random, clock } = options;
  assert(options.listen === undefined || isLoopback(options.listen.host), 'beyond this machine only TLS is spoken');
  const database = openDatabase({
    url: options.databaseUrl,
    jitter: () => readUint(random(4)) / 2 ** 32,
    onIdleError: (error) => log.warn({ err: error }, 'a connection to the database broke'),
  });
  const blockHotlisted = options.blockHotlisted ?? false;
  const context = { database, hsm, now: clock, random, log, blockHotlisted, ...(terminalCa && { terminalCa }) };
  const servers = await serversFor(context, options);
  try {
    return await run(servers, context, options);
  } catch (error) {
    await Promise.all(servers.map(({ app }) => app.close()));
    await database.close();
    throw error;
  }
}

interface Server {
  readonly app: ApiServer;
  readonly at: ListenAt;
  readonly secure: boolean;
  readonly admission: Admission;
}

async function serversFor(context: HostContext, options: ClearingHostOptions): Promise<readonly Server[]> {
  const { listen, secure } = options;
  const clear = listen && (await createServer(context, options, listen, undefined));
  const tls = secure && (await createServer(context, options, secure, secure));
  const servers = [clear, tls].filter((server) => server !== undefined);
  assert(servers.length > 0, 'a host listens somewhere');
  return servers;
}

/** Any web page can reach loopback, where nothing asks for a certificate: the central and the operator's routes are there. */
const guardInClear = ({ host }: ListenAt, guard: GuardRule | undefined): GuardRule | undefined =>
  guard ?? (isLoopback(host) ? {} : undefined);

async function createServer(
  context: HostContext,
  { log, guard }: ClearingHostOptions,
  at: ListenAt,
  secure: SecureListener | undefined,
): Promise<Server> {
  const rule = secure ? guard : guardInClear(at, guard);
  const app = await createApiServer({
    title: 'jdpos clearing host',
    version: '1',
    description: 'Clearing API for terminals and central API for the systems that pull settled batches.',
    components: { ...CLEARING_COMPONENTS, ...CENTRAL_COMPONENTS },
    log,
    ...(rule && { guard: rule }),
    ...(secure && { tls: { certificate: secure.certificate, privateKey: secure.privateKey } }),
  });
  const admission = addAdmission(app);
  const terminals = context.terminalCa?.certificate;
  const central = secure?.centralCa;
  const peerOf = peerTeller(
    { ...(terminals !== undefined && { terminals }), ...(central !== undefined && { central }) },
    context.now,
  );
  addClearingRoutes(app, context, peerOf);
  admitCentral(app, peerOf);
  registerCentralRoutes(app, centralSource(context));
  registerCollectionRoutes(app, collections(context));
  return { app, at, secure: secure !== undefined, admission };
}

async function createOperatorServer(
  context: HostContext,
  { log, guard }: ClearingHostOptions,
  at: ListenAt,
): Promise<ApiServer> {
  const rule = guardInClear(at, guard);
  const app = await createApiServer({
    title: 'jdpos clearing host, operator',
    version: '1',
    description: 'What the operator of the centre sees and decides. Amounts are in fen.',
    components: {},
    log,
    ...(rule && { guard: rule }),
  });
  addOperatorRoutes(app, context);
  return app;
}

async function run(
  servers: readonly Server[],
  context: HostContext,
  options: ClearingHostOptions,
): Promise<ClearingHost> {
  const { database, log } = context;
  const urls = await Promise.all(servers.map(({ app, at: { host, port } }) => app.listen({ host, port })));
  await migrate(database);
  await publishParameters(context, options.parameters);
  const settling = startSettling(context, options.settle.everyMs);
  const operator = options.operator && (await createOperatorServer(context, options, options.operator));
  if (operator && options.operator) await operator.listen(options.operator);
  for (const { admission } of servers) admission.open();
  log.info({ urls }, 'clearing host ready');
  const [first] = servers;
  const secure = servers.find((server) => server.secure);
  return {
    port: first === undefined ? 0 : portOf(first.app),
    ...(secure && { securePort: portOf(secure.app) }),
    ...(operator && { operatorPort: portOf(operator) }),
    admin: adminOf(context),
    async close() {
      await Promise.all([...servers.map(({ app }) => app.close()), operator?.close()]);
      await Promise.all(servers.map(({ admission }) => admission.done()));
      await settling.stop();
      await database.close();
    },
  };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

const adminOf = (context: HostContext): ClearingAdmin => ({
  loadCards: (cards) => loadCards(context, cards),
  issueEnrolmentCode: (code) => issueEnrolmentCode(context.database, moment(context.now()), code),
  addToHotlist: (pans) => setHotlisted(context, pans, true),
  removeFromHotlist: (pans) => setHotlisted(context, pans, false),
  waiveDebt: (id, by) => waiveDebt(context, id, by),
  importBundle: (path) => importBundleFile(context, path),
  pinKeyFile: (keyId, transportName) => context.hsm.wrapPinKey(keyId, transportName),
  audit: () => audit(context.database),
});

function portOf(app: ApiServer): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
