import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { inject } from 'vitest';
import {
  type CardToLoad,
  type ClearingHost,
  type ClearingHostOptions,
  createHsm,
  type SchemeParameters,
  startClearingHost,
} from '../../clearing/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { startCopied } from '../postgres/copied-cluster.ts';
import { databaseOfRunning } from '../postgres/embedded-postgres.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';
import { Chip, type ChipOptions } from './chip.ts';
import { PLAIN_PARAMETERS } from './plain-parameters.ts';
import { Purse } from './purse.ts';
import { type Answer, send, Terminal } from './terminal.ts';

/** Noon of the day of all test records, in Jiangdu. */
export const NOW_MS = Date.parse('2026-03-01T04:00:00Z');

export const MERCHANT = { id: 'M1', name: 'TEST SHOP', categoryCode: '5411' };

/** A clearing host on a database of its own, with a clock that tests set. */
export interface World {
  readonly host: ClearingHost;
  readonly url: string;
  readonly databaseUrl: string;
  /** Milliseconds since 1970; starts at NOW_MS. */
  clockMs: number;
  /** A terminal that is enrolled; without a name, a new one. */
  terminal(name?: string, more?: object): Promise<Terminal>;
  /** A code; unless it is said otherwise, one that asks nothing of what the terminal had before. */
  issueCode(terminal: string, more?: { readonly lost: boolean }): Promise<string>;
  /** A card that is loaded, with 10,000 fen on its account. */
  card(options: ChipOptions & Partial<Omit<CardToLoad, 'pan'>>): Promise<Chip>;
  /** A purse that is loaded, with the same on its account. */
  purse(options: { readonly balance: number }): Promise<Purse>;
  get(path: string, headers?: { [name: string]: string }): Promise<Answer>;
  /** Asks the database itself. */
  query(text: string, values?: unknown[]): Promise<{ [column: string]: unknown }[]>;
  /** Of the operator's routes; a body makes it a POST. */
  operator(path: string, body?: object, headers?: { [name: string]: string }): Promise<Answer>;
  /** A second host on the same database. */
  another(parameters?: Partial<SchemeParameters>): Promise<ClearingHost>;
  /** Of a world with a PostgreSQL of its own. */
  stopDatabase(): Promise<void>;
  close(): Promise<void>;
}

export const PIN = '123456';
export const ACCOUNT_MINOR = 10_000;
const SETTLE_EVERY_MS = 50;

export interface WorldOptions {
  /** Beside the listener in the clear. */
  readonly tls?: Pick<ClearingHostOptions, 'secure' | 'terminalCa'>;
  readonly blockHotlisted?: boolean;
  readonly chipBalanceLimitMinor?: number;
  readonly debts?: NonNullable<SchemeParameters['debts']>;
  /** A PostgreSQL of its own, which can be stopped; else a database in that of the run. */
  readonly ownPostgres?: boolean;
}

export async function startWorld({
  blockHotlisted,
  chipBalanceLimitMinor,
  debts,
  ownPostgres = false,
  tls,
}: WorldOptions = {}): Promise<World> {
  const { databaseUrl, ...postgres } = await openPostgres(ownPostgres);
  const log = pino({ level: 'silent' });
  const start = (more: Partial<SchemeParameters> = {}): Promise<ClearingHost> =>
    startClearingHost({
      databaseUrl,
      listen: { host: '127.0.0.1', port: 0 },
      hsm: createHsm({ keys: TEST_HSM_KEYS, production: false, random: randomBytes }),
      parameters: {
        ...PLAIN_PARAMETERS,
        ...(chipBalanceLimitMinor !== undefined && { chipBalanceLimitMinor }),
        ...(debts && { debts }),
        ...more,
      },
      operator: { host: '127.0.0.1', port: 0 },
      ...(blockHotlisted !== undefined && { blockHotlisted }),
      ...tls,
      settle: { everyMs: SETTLE_EVERY_MS },
      clock: () => world.clockMs,
      random: randomBytes,
      log,
      guard: {},
    });
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  database.on('error', () => {});
  let terminals = 0;
  const others: ClearingHost[] = [];

  const world: Omit<World, 'host' | 'url'> = {
    databaseUrl,
    clockMs: NOW_MS,
    async issueCode(terminal, { lost } = { lost: true }) {
      const code = `CODE-${toHex(randomBytes(6))}`;
      const expiresAt = new Date(world.clockMs + 3_600_000).toISOString();
      await host.admin.issueEnrolmentCode({ code, terminal, merchant: MERCHANT, expiresAt, lost });
      return code;
    },
    async terminal(name, more) {
      terminals += 1;
      return Terminal.enrol(url, await world.issueCode(name ?? `T${terminals}`), more);
    },
    async card({ balance, algorithm, ...card }) {
      const chip = new Chip({ balance, ...(algorithm && { algorithm }) });
      const usual = { expiry: '2030-12-31', accountBalanceMinor: ACCOUNT_MINOR, pin: PIN };
      await host.admin.loadCards([{ pan: chip.pan, chipBalanceMinor: balance, ...usual, ...card }]);
      return chip;
    },
    async purse({ balance }) {
      const purse = new Purse(balance);
      const more = { expiry: '2030-12-31', accountBalanceMinor: ACCOUNT_MINOR };
      await host.admin.loadCards([{ pan: purse.pan, chipBalanceMinor: balance, ...more }]);
      return purse;
    },
    get: (path, headers = {}) => send(url, 'GET', path, headers),
    query: async (text, values = []) => (await database.query(text, values)).rows,
    operator: (path, body, headers = {}) => {
      const url = `http://127.0.0.1:${host.operatorPort}`;
      const named = { 'jdpos-operator': 'Li', ...headers };
      return send(url, body ? 'POST' : 'GET', `/operator/v1${path}`, named, body && JSON.stringify(body));
    },
    async another(parameters) {
      const other = await start(parameters);
      others.push(other);
      return other;
    },
    stopDatabase: () => postgres.stop(),
    async close() {
      for (const one of [host, ...others]) await one.close();
      await database.end();
      await postgres.close();
    },
  };
  const host = await start();
  const url = `http://127.0.0.1:${host.port}`;
  return Object.assign(world, { host, url });
}

async function openPostgres(own: boolean) {
  const running = own ? undefined : inject('postgresFolder');
  if (running !== undefined) {
    const databaseUrl = await databaseOfRunning(running, `world-${toHex(randomBytes(6))}`);
    const stop = () => Promise.reject(new Error('the PostgreSQL of the run is not to be stopped'));
    return { databaseUrl, stop, close: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-clearing-'));
  const postgres = await startCopied(join(folder, 'data'));
  return {
    databaseUrl: await postgres.database('clearing'),
    stop: postgres.stop,
    async close() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
