import { createSecureContext, type SecureContext } from 'node:tls';
import { Pool } from 'undici';

/** What a connection to the clearing host is made with. Two of the same `version` are the same. */
export interface Connection {
  readonly version: string;
  /** Over https: whom to trust, and who we are. */
  readonly secrets?: {
    /** PEM; absent: whom Node trusts. */
    readonly serverCa?: string;
    readonly client?: {
      /** PEM. */
      readonly certificate: string;
      /** PEM bytes; wiped once the connection pool has them. */
      readonly key: () => Uint8Array;
    };
  };
  /** Why the host may refuse us, for the log: what is wrong with our own certificate. */
  readonly fault?: string;
}

export interface Connections {
  poolFor(connection: Connection): Pool;
  close(): Promise<void>;
}

/** Enough for all loops and an authorisation while a dead network holds the others. */
const MAX_CONNECTIONS = 16;
const CONNECT_TIMEOUT_MS = 5_000;
/** All header lines of an answer together. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Keeps one pool; another connection replaces it, and requests that are under way end on the old one. */
export function connections(baseUrl: string): Connections {
  let current: { readonly version: string; readonly pool: Pool } | undefined;
  const old = new Set<Pool>();

  const open = ({ secrets }: Connection): Pool =>
    new Pool(baseUrl, {
      connections: MAX_CONNECTIONS,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(secrets && { secureContext: contextOf(secrets) }) },
      maxHeaderSize: MAX_HEADER_BYTES,
      allowH2: false,
    });

  const retire = (pool: Pool): void => {
    old.add(pool);
    const gone = (): boolean => old.delete(pool);
    pool.close().then(gone, gone);
  };

  return {
    poolFor(connection) {
      if (current?.version === connection.version) return current.pool;
      const pool = open(connection);
      if (current !== undefined) retire(current.pool);
      current = { version: connection.version, pool };
      return pool;
    },
    async close() {
      await Promise.all([current?.pool, ...old].map((pool) => pool?.destroy()));
    },
  };
}

function contextOf({ serverCa, client }: NonNullable<Connection['secrets']>): SecureContext {
  const key = client?.key();
  try {
    return createSecureContext({
      minVersion: 'TLSv1.3',
      ...(serverCa !== undefined && { ca: serverCa }),
      ...(client && key && { cert: client.certificate, key: Buffer.from(key.buffer, key.byteOffset, key.length) }),
    });
  } finally {
    key?.fill(0);
  }
}
