import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { z } from 'zod';
import { clearingProblem } from '../problems.ts';

/** Runs statements, on a connection of its own or within a transaction. Rows are parsed before anyone sees them. */
export interface Statements {
  rows<T>(row: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** The first row, if there is one. */
  first<T>(row: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T | undefined>;
  /** The first row of a statement that always gives one. */
  one<T>(row: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T>;
  /** How many rows were changed. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
}

export interface Database extends Statements {
  /**
   * Runs `work` in one transaction, READ COMMITTED: what must not change meanwhile is locked by row. Tried again when
   * PostgreSQL gave it up for a deadlock or a clash, so `work` must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Transaction extends Statements {
  /** Runs `work` so that its failure undoes only what it did itself, and throws what it threw. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** A number from 0 to 1, for the jitter between attempts. */
  readonly jitter: () => number;
  /** Hears of connections that broke while nobody used them. */
  readonly onIdleError: (error: Error) => void;
}

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 8_000;
const STATEMENT_TIMEOUT_MS = 20_000;
const IDLE_IN_TRANSACTION_MS = 30_000;
const MAX_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 10;

/** A prepared statement gives other columns than when it was planned. */
const STALE_PLAN = '0A000';
/** Serialisation failure, deadlock, a plan from before a migration: the same transaction may well succeed now. */
const TRY_AGAIN = ['40001', '40P01', STALE_PLAN];
/** Lock and statement time-outs. */
const TOO_SLOW = ['55P03', '57014'];
/** Server shutting down, starting, full; broken connections. */
const UNAVAILABLE = /^(57P0[1-5]|53...|08...|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/;
/** pg has no code for these. */
const NO_CONNECTION = /timeout exceeded when trying to connect/;
const UNAVAILABLE_WORDS =
  /connection (terminated|timeout)|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** Opens a pool; connections are made when they are needed. */
export function openDatabase({ url, jitter, onIdleError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types: { getTypeParser },
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', onIdleError);
  const named = namedStatements();
  return {
    ...statements((query) => pool.query(query).catch((error: unknown) => explained(pool, error)), named),
    transaction: (work) => withRetry(() => inTransaction(pool, named, work), jitter),
    close: () => pool.end(),
  };
}

type Query = (query: pg.QueryConfig<unknown[]>) => Promise<pg.QueryResult>;

type Named = (text: string, values: readonly unknown[]) => pg.QueryConfig<unknown[]>;

/** PostgreSQL cuts longer names. */
const MAX_NAME_LENGTH = 32;

/** Statements are few and fixed: each is parsed and planned once a connection, under a name that its text gives it. */
function namedStatements(): Named {
  const names = new Map<string, string>();
  return (text, values) => {
    // Without parameters it may be several statements, which cannot be prepared.
    if (values.length === 0) return { text, values: [] };
    const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, MAX_NAME_LENGTH);
    names.set(text, name);
    return { name, text, values: [...values] };
  };
}

function statements(query: Query, named: Named): Statements {
  const rows = async <T>(row: z.ZodType<T>, text: string, values: readonly unknown[] = []): Promise<readonly T[]> =>
    (await query(named(text, values))).rows.map((found) => row.parse(found));
  return {
    rows,
    first: async (row, text, values) => (await rows(row, text, values))[0],
    async one(row, text, values) {
      const [found] = await rows(row, text, values);
      if (found === undefined) throw new Error(`no row from: ${text}`);
      return found;
    },
    run: async (text, values = []) => (await query(named(text, values))).rowCount ?? 0,
  };
}

async function inTransaction<T>(pool: pg.Pool, named: Named, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => explained(pool, error));
  let broken: Error | undefined;
  // A connection that breaks between two statements says so here alone; the next statement fails with it.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    await client.query('begin');
    const result = await work(transactionOn(client, named));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(onBroken);
    // The schema has changed under its prepared statements; the next attempt takes another connection.
    if (codeOf(error) === STALE_PLAN && error instanceof Error) onBroken(error);
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}

function transactionOn(client: pg.PoolClient, named: Named): Transaction {
  const query: Query = (text) => client.query(text);
  return {
    ...statements(query, named),
    async savepoint(work) {
      await client.query('savepoint part');
      try {
        const result = await work();
        await client.query('release savepoint part');
        return result;
      } catch (error) {
        await client.query('rollback to savepoint part');
        throw error;
      }
    },
  };
}

async function withRetry<T>(attempt: () => Promise<T>, jitter: () => number): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isWorthRetrying(error)) return translated(error);
      if (tried === MAX_ATTEMPTS) throw overloaded(error);
      await sleep(FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + jitter()));
    }
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Must the transaction be given up and begun again? */
export const isWorthRetrying = (error: unknown): boolean => TRY_AGAIN.includes(codeOf(error));

/** A connection that cannot be had in time means too much work when all are in use, a database that is away otherwise. */
function explained(pool: pg.Pool, error: unknown): never {
  const allInUse = pool.totalCount >= MAX_CONNECTIONS && pool.idleCount === 0;
  if (allInUse && error instanceof Error && NO_CONNECTION.test(error.message)) throw overloaded(error);
  return translated(error);
}

/** Throws what the caller of the API can act on; what nobody foresaw passes unchanged. */
function translated(error: unknown): never {
  const code = codeOf(error);
  if (TOO_SLOW.includes(code)) throw overloaded(error);
  const words = error instanceof Error ? error.message : '';
  if (UNAVAILABLE.test(code) || UNAVAILABLE_WORDS.test(words)) {
    const problem = clearingProblem('database-unavailable', { headers: { 'retry-after': '2' } });
    problem.cause = error;
    throw problem;
  }
  throw error;
}

function overloaded(cause: unknown): Error {
  const problem = clearingProblem('overloaded', { headers: { 'retry-after': '1' } });
  problem.cause = cause;
  return problem;
}

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** Amounts come as numbers, days as YYYY-MM-DD, moments as RFC 3339 in UTC. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === INT8) return safeInteger;
  if (oid === DATE) return (text: string) => text;
  if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
  return pg.types.getTypeParser(oid, format);
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}
