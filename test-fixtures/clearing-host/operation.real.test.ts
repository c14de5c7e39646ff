import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import pg from 'pg';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHsm, startClearingHost } from '../../clearing/index.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';
import { until } from '../until.ts';
import { PLAIN_PARAMETERS } from './plain-parameters.ts';
import { HAPPENED, send } from './terminal.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ ownPostgres: true });
});
afterAll(() => world.close());

interface Document {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: unknown } };
}
interface Operation {
  readonly requestBody?: { readonly content: { readonly [type: string]: unknown } };
  readonly responses: { readonly [status: string]: unknown };
}

const document = async (): Promise<Document> => (await world.get('/openapi.json')).body as unknown as Document;

describe('the OpenAPI document', () => {
  it('lists the routes of the clearing and central APIs, and no others', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'GET /central/v1/batches',
      'GET /central/v1/batches/{id}',
      'GET /central/v1/batches/{id}/records',
      'GET /central/v1/collections',
      'GET /v1/batches/{id}',
      'GET /v1/chain',
      'GET /v1/hotlist',
      'GET /v1/parameters',
      'GET /v1/settlements',
      'POST /central/v1/batches/{id}/acknowledgement',
      'POST /v1/authorisations',
      'POST /v1/batches',
      'POST /v1/bundles',
      'POST /v1/certificates',
      'POST /v1/comparisons',
      'POST /v1/enrolments',
      'POST /v1/reversals',
    ]);
  });

  it('tells that a bundle is no JSON', async () => {
    const { paths } = await document();
    const content = paths['/v1/bundles']?.['post']?.requestBody?.content;
    expect(Object.keys(content ?? {})).toEqual(['application/vnd.jdpos.bundle']);
  });

  it('tells of every status that a route gives', async () => {
    const { paths } = await document();
    const terminal = await world.terminal();
    const asked = [
      ['/v1/parameters', 'get', await terminal.get('/v1/parameters')],
      ['/v1/chain', 'get', await terminal.get('/v1/chain')],
      ['/v1/hotlist', 'get', await terminal.get('/v1/hotlist?since=x')],
      ['/v1/settlements', 'get', await world.get('/v1/settlements')],
      ['/v1/batches/{id}', 'get', await terminal.get('/v1/batches/3f2b8a52-6f0e-4d9c-9d3e-111111111111')],
      ['/v1/batches', 'post', await terminal.post('/v1/batches', {})],
      ['/v1/comparisons', 'post', await terminal.post('/v1/comparisons', {})],
      ['/v1/bundles', 'post', await send(world.url, 'POST', '/v1/bundles', {}, '{}')],
      ['/v1/authorisations', 'post', await terminal.post('/v1/authorisations', {})],
      ['/v1/reversals', 'post', await terminal.reverse('3f2b8a52-6f0e-4d9c-9d3e-111111111111')],
      ['/v1/enrolments', 'post', await send(world.url, 'POST', '/v1/enrolments', {}, '{}')],
      ['/central/v1/batches', 'get', await world.get('/central/v1/batches?after=nonsense')],
      ['/central/v1/batches/{id}', 'get', await world.get('/central/v1/batches/x')],
    ] as const;
    for (const [path, method, { status }] of asked) {
      expect(Object.keys(paths[path]?.[method]?.responses ?? {}), `${method} ${path}`).toContain(String(status));
    }
  });

  it('points to components that are there', async () => {
    const whole = await document();
    const references = JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    const names = new Set([...references].map(([, name]) => name ?? ''));
    expect(names.size).toBeGreaterThan(10);
    for (const name of names) expect(Object.keys(whole.components.schemas)).toContain(name);
  });
});

describe('the server', () => {
  it('refuses what a web page of others sends', async () => {
    const answer = await world.get('/central/v1/batches', { origin: 'https://shop.example' });
    expect([answer.status, answer.body.code]).toEqual([403, 'foreign-origin']);
  });

  it('refuses a body that is too large, and takes a batch that is not', async () => {
    const terminal = await world.terminal();
    const large = await terminal.post('/v1/reversals', { text: 'x'.repeat(100_000) });
    expect([large.status, large.body.code]).toEqual([413, 'body-too-large']);
    const card = await world.card({ balance: 100_000 });
    for (let made = 0; made < 60; made++) terminal.write(HAPPENED.approvedByChip, 1, { card, chip: card.pay(1) });
    const batch = terminal.seal();
    expect(JSON.stringify(batch).length).toBeGreaterThan(80_000);
    expect((await terminal.submit(batch)).status).toBe(200);
  });

  it('has no route for loading cards or giving out codes', async () => {
    const post = (path: string) => send(world.url, 'POST', path, {}, '{}');
    for (const path of ['/v1/cards', '/v1/codes', '/admin']) expect((await post(path)).status).toBe(404);
  });
});

it('too many requests at once are told to come again, and the others are answered', async () => {
  const terminal = await world.terminal();
  const card = await world.card({ balance: 0 });
  const blocker = new pg.Client({ connectionString: world.databaseUrl });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('select from cards where masked_pan = $1 for update', [card.pan.masked]);
  const asked = Array.from({ length: 80 }, () =>
    terminal.authorise(terminal.authorisationRequest(card, card.askOnline(1), 1)),
  );
  const turnedAway = await Promise.race(asked);
  await blocker.query('commit');
  await blocker.end();
  const answers = await Promise.all(asked);
  const codes = (retryAfter: string) =>
    answers.filter(({ headers }) => headers.get('retry-after') === retryAfter).map(({ body }) => body.code);
  expect([turnedAway.status, turnedAway.body.code, turnedAway.headers.get('retry-after')]).toEqual([
    503,
    'overloaded',
    '2',
  ]);
  expect(new Set([...codes('1'), ...codes('2')])).toEqual(new Set(['overloaded']));
  const approved = answers.filter(({ body }) => body['result'] === 'approved').length;
  expect(approved).toBeGreaterThan(0);
  expect((await world.host.admin.audit()).heldMinor).toBe(approved);
});

describe('starting', () => {
  const options = (databaseUrl: string, port = 0) => ({
    databaseUrl,
    listen: { host: '127.0.0.1', port },
    hsm: createHsm({ keys: TEST_HSM_KEYS, production: false, random: randomBytes }),
    parameters: {
      ...PLAIN_PARAMETERS,
      caKeys: [{ algorithm: 'sm2' as const, rid: 'A000000333', index: 1, point: 'AB'.repeat(64) }],
    },
    settle: { everyMs: 1_000 },
    clock: Date.now,
    random: randomBytes,
    log: pino({ level: 'silent' }),
  });

  it('answers 503 with Retry-After until the database is ready', async () => {
    // A database that takes connections and says nothing, as one that is starting.
    const sockets = new Set<{ destroy(): void }>();
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const portOf = (server: typeof probe) => (server.address() as { port: number }).port;
    const port = portOf(probe);
    probe.close();
    const starting = startClearingHost(options(`postgres://x:x@127.0.0.1:${portOf(silent)}/x`, port));
    const failed = expect(starting).rejects.toThrow();
    const answer = await until('the host', () =>
      send(`http://127.0.0.1:${port}`, 'GET', '/central/v1/batches', {}).catch(() => undefined),
    );
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'starting', '1']);
    for (const socket of sockets) socket.destroy();
    silent.close();
    await failed;
  });

  it('without a rule, what listens on loopback in the clear refuses the pages of others all the same', async () => {
    const host = await startClearingHost({
      ...options(world.databaseUrl),
      operator: { host: '127.0.0.1', port: 0 },
    });
    try {
      const asked = [
        [host.port, '/central/v1/batches'],
        [host.operatorPort, '/operator/v1/debts'],
      ] as const;
      for (const [port, path] of asked) {
        const url = `http://127.0.0.1:${port}`;
        const foreign = await send(url, 'GET', path, { origin: 'https://rebound.example' });
        expect([foreign.status, foreign.body.code]).toEqual([403, 'foreign-origin']);
        expect((await send(url, 'GET', path, { 'jdpos-operator': 'Li' })).status).toBe(200);
      }
    } finally {
      await host.close();
    }
  });

  it('says so when the database belongs to a newer program', async () => {
    await world.query('insert into schema_migrations (version) values (9999)');
    await expect(startClearingHost(options(world.databaseUrl))).rejects.toMatchObject({
      name: 'ClearingError',
      code: 'database-newer',
    });
    await world.query('delete from schema_migrations where version = 9999');
  });
});

it('a database that goes away is 503 with Retry-After, and the host lives on', async () => {
  await world.stopDatabase();
  for (let times = 0; times < 3; times++) {
    const answer = await world.get('/central/v1/batches');
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'database-unavailable',
      '2',
    ]);
  }
  expect((await world.get('/openapi.json')).status).toBe(200);
});
