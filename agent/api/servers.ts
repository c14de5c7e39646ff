import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import {
  type ApiServer,
  CENTRAL_COMPONENTS,
  createApiServer,
  registerCentralRoutes,
  type SettledBatches,
} from '../../clearing/contract/http/index.ts';
import type { ListenAt } from '../agent-settings.ts';
import { serveCashierPage } from './cashier-page.ts';
import { REGISTER_COMPONENTS, type RegisterApiParts, registerRoutes } from './register-routes.ts';

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/**
 * Any web page can reach loopback, so Host and Origin are checked there. A server on another address is reached under
 * names that it cannot know; there TLS lets in whoever shows a certificate, which no web page can.
 */
const guardFor = ({ host, tls }: ListenAt) => ({ ...(isLoopback(host) && { guard: {} }), ...(tls && { tls }) });

export interface RegisterServerParts {
  readonly api: RegisterApiParts;
  readonly at: ListenAt;
  readonly version: string;
  readonly cashierFolder?: string;
  readonly mount?: (app: ApiServer) => void | Promise<void>;
  readonly log: Logger;
}

/** The register API, the cashier page, and whatever the composer mounts beside them. */
export async function createRegisterServer(parts: RegisterServerParts): Promise<ApiServer> {
  const app = await createApiServer({
    title: 'jdpos register API',
    version: parts.version,
    description: 'Payments at one terminal, for the register beside it. Amounts are in fen.',
    components: REGISTER_COMPONENTS,
    log: parts.log,
    ...guardFor(parts.at),
  });
  registerRoutes(app, parts.api);
  await parts.mount?.(app);
  const served = parts.cashierFolder !== undefined && (await serveCashierPage(app, parts.cashierFolder));
  if (!served) parts.log.warn('the cashier page is not built; the API works without it');
  return app;
}

/** The central API of one terminal. */
export async function createCentralServer(parts: {
  readonly source: SettledBatches;
  readonly at: ListenAt;
  readonly version: string;
  readonly log: Logger;
}): Promise<ApiServer> {
  const app = await createApiServer({
    title: 'jdpos central API',
    version: parts.version,
    description: 'The settled batches of one terminal, for central systems that pull them. Amounts are in fen.',
    components: CENTRAL_COMPONENTS,
    log: parts.log,
    ...guardFor(parts.at),
  });
  registerCentralRoutes(app, parts.source);
  return app;
}

/** Starts listening; gives the address to dial. */
export async function listen(app: ApiServer, at: ListenAt): Promise<string> {
  await app.listen({ host: at.host, port: at.port });
  const { port } = app.server.address() as AddressInfo;
  return `${at.tls ? 'https' : 'http'}://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
}
