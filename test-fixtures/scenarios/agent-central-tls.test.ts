import { request } from 'node:https';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCentralServer, listen } from '../../agent/api/servers.ts';
import type { ApiServer } from '../../clearing/contract/http/index.ts';
import { aYearFrom, TlsAuthority, type TlsPair } from '../pki/tls.ts';

const period = aYearFrom(Date.now());
let servers: TlsAuthority;
let clients: TlsAuthority;
let app: ApiServer;
let url: string;

beforeAll(async () => {
  servers = await TlsAuthority.make('test server authority', period);
  clients = await TlsAuthority.make('test central authority', period);
  const own = await servers.server(['127.0.0.1'], period);
  const at = { host: '127.0.0.1', port: 0, tls: { ...own, clientCa: clients.certificate } };
  const nothing = async () => undefined;
  const source = {
    list: async () => ({ items: [] }),
    get: nothing,
    acknowledge: nothing,
    records: async function* () {},
  };
  app = await createCentralServer({ source: source as never, at, version: '0', log: pino({ level: 'silent' }) });
  url = await listen(app, at);
});
afterAll(() => app.close());

/** The status of an answer, or why there was none. */
const ask = (show?: TlsPair): Promise<number | string> =>
  new Promise((resolve) => {
    const own = show && { cert: show.certificate, key: show.privateKey };
    request(`${url}/central/v1/batches`, { ca: servers.certificate, agent: false, ...own }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });

it('the central API of a terminal over TLS lets in whoever its authority has certified, and nobody else', async () => {
  expect(url).toMatch(/^https:/);
  expect(await ask(await clients.client('CN=settlement', period))).toBe(200);
  const impostor = await TlsAuthority.make('test central authority', period);
  const past = { notBefore: period.notBefore - 2, notAfter: period.notBefore - 1 };
  const others = [undefined, await impostor.client('CN=settlement', period), await clients.client('CN=old', past)];
  for (const show of others) expect(await ask(show)).not.toBe(200);
});
