import type { FastifyBaseLogger } from 'fastify';
import type { Pan, PurseSerial } from '../../emv/values/index.ts';
import { readUint } from '../../emv/values/index.ts';
import {
  type ApiServer,
  CENTRAL_COMPONENTS,
  createApiServer,
  type GuardRule,
  registerCentralRoutes,
} from '../contract/http/index.ts';
import type { BundleReceipt } from '../contract/index.ts';
import type { Hsm } from '../hsm/index.ts';
import { importBundleFile } from './bundles/bundle-file.ts';
import { type CardToLoad, loadCards } from './cards/load-cards.ts';
import { type HostContext, moment } from './context.ts';
import { openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { setHotlisted } from './downloads/hotlist.ts';
import { publishParameters, type SchemeParameters } from './downloads/parameters.ts';
import { type Audit, audit } from './ledger/audit.ts';
import { addAdmission } from './routes/admission.ts';
import { addClearingRoutes, CLEARING_COMPONENTS } from './routes/clearing-routes.ts';
import { centralSource } from './settle/central-source.ts';
import { startSettling } from './settle/loop.ts';
import { type EnrolmentCode, issueEnrolmentCode } from './terminals/codes.ts';

export interface ClearingHostOptions {
  /** postgres://user:password@host:port/database */
  readonly databaseUrl: string;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly hsm: Hsm;
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
  /** Refuses foreign Host and Origin headers; leave it out only where the host has a public name. */
  readonly guard?: GuardRule;
}

/** The reference clearing host, running. */
export interface ClearingHost {
  readonly port: number;
  readonly admin: ClearingAdmin;
  close(): Promise<void>;
}

/** What the operator of the centre does; no route leads here. */
interface ClearingAdmin {
  loadCards(cards: readonly CardToLoad[]): Promise<void>;
  issueEnrolmentCode(code: EnrolmentCode): Promise<void>;
  addToHotlist(pans: readonly (Pan | PurseSerial)[]): Promise<void>;
  removeFromHotlist(pans: readonly (Pan | PurseSerial)[]): Promise<void>;
  /** Takes in a file that a terminal has exported; gives what goes back to it. Rejects with ApiProblem `bad-bundle`. */
  importBundle(path: string): Promise<BundleReceipt>;
  /** Adds up the books. */
  audit(): Promise<Audit>;
}

/**
 * Starts the host: it listens at once and answers 503 with Retry-After until its database is ready. Rejects, with nothing
 * left running, when the port is taken, the database cannot be reached or belongs to a newer program.
 */
export async function startClearingHost(options: ClearingHostOptions): Promise<ClearingHost> {
  const { hsm, log, random, clock } = options;
  const database = openDatabase({
    url: options.databaseUrl,
    jitter: () => readUint(random(4)) / 2 ** 32,
    onIdleError: (error) => log.warn({ err: error }, 'a connection to the database broke'),
  });
  const app = await createServer(options);
  try {
    return await run(
      app,
      { database, hsm, now: clock, random, log, blockHotlisted: options.blockHotlisted ?? false },
      options,
    );
  } catch (error) {
    await app.close();
    await database.close();
    throw error;
  }
}

const createServer = ({ log, guard }: ClearingHostOptions): Promise<ApiServer> =>
  createApiServer({
    title: 'jdpos clearing host',
    version: '1',
    description: 'Clearing API for terminals and central API for the systems that pull settled batches.',
    components: { ...CLEARING_COMPONENTS, ...CENTRAL_COMPONENTS },
    log,
    ...(guard && { guard }),
  });

async function run(app: ApiServer, context: HostContext, options: ClearingHostOptions): Promise<ClearingHost> {
  const { database, log } = context;
  const admission = addAdmission(app);
  addClearingRoutes(app, context);
  registerCentralRoutes(app, centralSource(context));
  const url = await app.listen(options.listen);
  await migrate(database);
  await publishParameters(context, options.parameters);
  const settling = startSettling(context, options.settle.everyMs);
  admission.open();
  log.info({ url }, 'clearing host ready');
  return {
    port: portOf(app),
    admin: adminOf(context),
    async close() {
      await app.close();
      await settling.stop();
      await database.close();
    },
  };
}

const adminOf = (context: HostContext): ClearingAdmin => ({
  loadCards: (cards) => loadCards(context, cards),
  issueEnrolmentCode: (code) => issueEnrolmentCode(context.database, moment(context.now()), code),
  addToHotlist: (pans) => setHotlisted(context, pans, true),
  removeFromHotlist: (pans) => setHotlisted(context, pans, false),
  importBundle: (path) => importBundleFile(context, path),
  audit: () => audit(context.database),
});

function portOf(app: ApiServer): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
