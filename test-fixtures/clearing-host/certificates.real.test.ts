import { randomBytes, X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { certificateRequestFor, makeTlsKey } from '../../agent/sync/certificate-request.ts';
import { pemBytes } from '../../agent/sync/pem.ts';
import { requestBytes } from '../../clearing/contract/record/index.ts';
import { createTerminalCa } from '../../clearing/index.ts';
import { Secret } from '../../emv/values/index.ts';
import { aYearFrom, requestOfCurve, TlsAuthority, type TlsPair } from '../pki/tls.ts';
import { derOf } from '../sandbox/tls-files.ts';
import type { Terminal } from './terminal.ts';
import { NOW_MS, startWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;
const VALID_DAYS = 90;

let world: World;
let server: TlsAuthority;
let centralCa: TlsAuthority;
let rogueCa: TlsAuthority;

beforeAll(async () => {
  const [now, then] = [aYearFrom(Date.now()), aYearFrom(NOW_MS)];
  server = await TlsAuthority.make('jdpos test server authority', now);
  centralCa = await TlsAuthority.make('jdpos test central authority', then);
  rogueCa = await TlsAuthority.make('jdpos test terminal authority', then);
  const terminals = await TlsAuthority.make('jdpos test terminal authority', then);
  const terminalCa = createTerminalCa({
    certificate: terminals.certificate,
    privateKey: new Secret(derOf(terminals.privateKey)),
    validDays: VALID_DAYS,
    random: randomBytes,
  });
  const own = await server.server(['127.0.0.1'], now);
  const secure = { host: '127.0.0.1', port: 0, ...own, centralCa: centralCa.certificate };
  world = await startWorld({ tls: { secure, terminalCa } });
});
afterAll(() => world.close());

interface Answer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown };
}

/** One request over TLS, as an own connection. */
function ask(
  path: string,
  { headers = {}, body, show }: { headers?: Record<string, string>; body?: string; show?: TlsPair | undefined } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        host: '127.0.0.1',
        port: world.host.securePort,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        agent: false,
        ca: server.certificate,
        ...(show && { cert: show.certificate, key: show.privateKey }),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const signedBy = (terminal: Terminal, method: 'GET' | 'POST', path: string, body = ''): Record<string, string> => ({
  'jdpos-terminal': terminal.enrolment.terminal,
  'jdpos-epoch': String(terminal.enrolment.epoch),
  'jdpos-signature': terminal.sign(requestBytes({ method, path, body: new TextEncoder().encode(body) })),
});

const get = (terminal: Terminal, path: string, show?: TlsPair) =>
  ask(path, { headers: signedBy(terminal, 'GET', path), show });
const post = (terminal: Terminal, path: string, json: object, show?: TlsPair) => {
  const body = JSON.stringify(json);
  return ask(path, { headers: signedBy(terminal, 'POST', path, body), body, show });
};

interface Requested {
  readonly pem: string;
  readonly privateKey: string;
}
const requestCertificate = async (): Promise<Requested> => {
  const key = makeTlsKey();
  const pem = await certificateRequestFor(key);
  return { pem, privateKey: new TextDecoder().decode(pemBytes('PRIVATE KEY', key)) };
};
const pairOf = (requested: Requested, body: Answer['body']): TlsPair => ({
  certificate: String(body['certificate']),
  privateKey: requested.privateKey,
});

/** A terminal with the certificate that came with its enrolment. */
async function enrolled(name: string): Promise<{ terminal: Terminal; pair: TlsPair; requested: Requested }> {
  const requested = await requestCertificate();
  const terminal = await world.terminal(name, { certificateRequest: requested.pem });
  return { terminal, pair: pairOf(requested, { ...terminal.enrolment.clientCertificate }), requested };
}

const problem = ({ status, body }: Answer): unknown[] => [status, body['code']];

describe('client certificates', () => {
  it('come with the enrolment, which needs none, and open every route of their terminal', async () => {
    const requested = await requestCertificate();
    // Nobody is shown, and the answer is about the request.
    const body = JSON.stringify({ code: 'NOT-A-CODE', signingKey: '11'.repeat(64), software: 't' });
    expect(problem(await ask('/v1/enrolments', { body }))).toEqual([422, 'bad-signing-key']);
    const terminal = await world.terminal('C1', { certificateRequest: requested.pem });
    const { certificate = '', issuer = '' } = terminal.enrolment.clientCertificate ?? {};
    const parsed = new X509Certificate(certificate);
    expect(parsed.subject.split('\n').sort()).toEqual(['CN=C1', 'OU=epoch-1']);
    expect(parsed.ca).toBe(false);
    expect(parsed.verify(new X509Certificate(issuer).publicKey)).toBe(true);
    expect(Date.parse(parsed.validTo)).toBe(NOW_MS + VALID_DAYS * DAY_MS);
    for (const path of ['/v1/parameters', '/v1/hotlist?since=0', '/v1/settlements']) {
      expect((await get(terminal, path, pairOf(requested, { certificate }))).status).toBe(200);
    }
  });

  it('without one, or with one of somebody else, nothing but enrolment is answered', async () => {
    const { terminal } = await enrolled('C2');
    const other = await enrolled('C3');
    const rogue = await rogueCa.client('CN=C2, OU=epoch-1', aYearFrom(NOW_MS));
    const central = await centralCa.client('CN=C2, OU=epoch-1', aYearFrom(NOW_MS));
    const hostsOwn = await server.server(['C2'], aYearFrom(NOW_MS));
    for (const show of [undefined, other.pair, rogue, central, hostsOwn]) {
      expect(problem(await get(terminal, '/v1/parameters', show))).toEqual([401, 'certificate-required']);
      expect(problem(await post(terminal, '/v1/batches', { not: 'looked at' }, show))[0]).toBe(401);
    }
    // The certificate alone is not enough either.
    expect(problem(await ask('/v1/parameters', { show: other.pair }))).toEqual([401, 'unauthenticated']);
  });

  it('of two first requests at once that show none, one is certified', async () => {
    const terminal = await world.terminal('C12');
    const wanted = await Promise.all([requestCertificate(), requestCertificate()]);
    const slow = new pg.Client(world.databaseUrl);
    await slow.connect();
    // Whatever both read before either writes, they read while nothing can be written.
    await slow.query('begin; lock table client_certificates in exclusive mode');
    const asked = wanted.map(({ pem }) => post(terminal, '/v1/certificates', { certificateRequest: pem }));
    await vi.waitFor(async () => {
      const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      expect(await world.query(waiting)).toHaveLength(2);
    }, 30_000);
    await slow.query('commit');
    await slow.end();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('of an epoch that has ended opens nothing', async () => {
    const first = await enrolled('C4');
    const second = await enrolled('C4');
    expect(problem(await get(second.terminal, '/v1/parameters', first.pair))).toEqual([401, 'certificate-required']);
    expect((await get(second.terminal, '/v1/parameters', second.pair)).status).toBe(200);
  });

  it('the same key gets the same certificate again, shown or not', async () => {
    const { terminal, pair, requested } = await enrolled('C5');
    const body = { certificateRequest: requested.pem };
    for (const show of [undefined, pair]) {
      const again = await post(terminal, '/v1/certificates', body, show);
      expect(again).toMatchObject({ status: 200, body: { certificate: pair.certificate } });
    }
  });

  it('a terminal that has none yet gets its first by its signature; a second key only over the first', async () => {
    const terminal = await world.terminal('C6');
    const [first, second] = [await requestCertificate(), await requestCertificate()];
    const answer = await post(terminal, '/v1/certificates', { certificateRequest: first.pem });
    expect(answer.status).toBe(200);
    const body = { certificateRequest: second.pem };
    expect(problem(await post(terminal, '/v1/certificates', body))).toEqual([401, 'certificate-required']);
    const stranger = (await enrolled('C7')).pair;
    expect(problem(await post(terminal, '/v1/certificates', body, stranger))).toEqual([401, 'certificate-required']);
    const renewed = await post(terminal, '/v1/certificates', body, pairOf(first, answer.body));
    expect(renewed.status).toBe(200);
    expect((await get(terminal, '/v1/parameters', pairOf(second, renewed.body))).status).toBe(200);
  });

  it('one that has expired renews itself, and does nothing else', async () => {
    const { terminal, pair, requested } = await enrolled('C8');
    world.clockMs = NOW_MS + (VALID_DAYS + 1) * DAY_MS;
    try {
      expect(problem(await get(terminal, '/v1/parameters', pair))).toEqual([401, 'certificate-required']);
      const next = await requestCertificate();
      const renewed = await post(terminal, '/v1/certificates', { certificateRequest: next.pem }, pair);
      expect(renewed.status).toBe(200);
      expect((await get(terminal, '/v1/parameters', pairOf(next, renewed.body))).status).toBe(200);
      // Its old key may be certified anew as well.
      const same = await post(terminal, '/v1/certificates', { certificateRequest: requested.pem }, pair);
      expect(same.body['certificate']).not.toBe(pair.certificate);
    } finally {
      world.clockMs = NOW_MS;
    }
  });

  it('a request must be PKCS #10 of a P-256 key, signed with it', async () => {
    const { terminal, pair } = await enrolled('C9');
    const { pem } = await requestCertificate();
    const der = Buffer.from(derOf(pem));
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = new TextDecoder().decode(pemBytes('CERTIFICATE REQUEST', der));
    const noise = new TextDecoder().decode(pemBytes('CERTIFICATE REQUEST', randomBytes(100)));
    for (const certificateRequest of [forged, noise, await requestOfCurve('P-384')]) {
      expect(problem(await post(terminal, '/v1/certificates', { certificateRequest }, pair))).toEqual([
        422,
        'bad-certificate-request',
      ]);
    }
    const certificateRequest = `${pem}${pem}`;
    expect(problem(await post(terminal, '/v1/certificates', { certificateRequest }, pair))).toEqual([
      400,
      'invalid-request',
    ]);
  });

  it('central systems have an authority of their own', async () => {
    const { pair } = await enrolled('C10');
    const system = await centralCa.client('CN=settlement', aYearFrom(NOW_MS));
    const old = await centralCa.client('CN=settlement', { notBefore: NOW_MS - 2 * DAY_MS, notAfter: NOW_MS - DAY_MS });
    const rogue = await rogueCa.client('CN=settlement', aYearFrom(NOW_MS));
    const list = '/central/v1/batches';
    expect((await ask(list, { show: system })).status).toBe(200);
    for (const show of [undefined, pair, old, rogue]) {
      for (const path of [list, '/%63entral/v1/batches', '//central/v1/batches', '/central/v1/batches/x']) {
        expect((await ask(path, { show })).status).toBeGreaterThanOrEqual(400);
      }
      expect(problem(await ask(list, { show }))).toEqual([401, 'certificate-required']);
    }
  });

  it('survive the resumption of a TLS session', async () => {
    const { terminal, pair } = await enrolled('C11');
    const path = '/v1/parameters';
    const lines = [`GET ${path} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close'];
    for (const [name, value] of Object.entries(signedBy(terminal, 'GET', path))) lines.push(`${name}: ${value}`);
    const once = (session?: Buffer) =>
      new Promise<{ text: string; session?: Buffer; reused: boolean }>((resolve, reject) => {
        const own = { cert: pair.certificate, key: pair.privateKey, ca: server.certificate };
        const at = { host: '127.0.0.1', port: world.host.securePort ?? 0 };
        const socket = connect({ ...at, ...own, ...(session && { session }) });
        let text = '';
        let ticket: Buffer | undefined;
        socket.on('session', (fresh) => {
          ticket = fresh;
        });
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        socket.on('error', reject);
        socket.on('end', () => resolve({ text, reused: socket.isSessionReused(), ...(ticket && { session: ticket }) }));
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      });
    const first = await once();
    const second = await once(first.session);
    expect([first.reused, second.reused]).toEqual([false, true]);
    for (const { text } of [first, second]) expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('TLS before 1.3 is not spoken', async () => {
    const refused = await new Promise<string>((resolve) => {
      const at = { host: '127.0.0.1', port: world.host.securePort ?? 0 };
      const socket = connect({ ...at, ca: server.certificate, maxVersion: 'TLSv1.2' }, () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    expect(refused).toMatch(/PROTOCOL_VERSION|ECONNRESET/);
  });
});
