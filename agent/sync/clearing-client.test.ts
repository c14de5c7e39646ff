import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerBytes, requestBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign, sm2Verify } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Identity } from '../../offline-queue/index.ts';
import { type ClearingClient, type ClearingRequest, clearingClient } from './clearing-client.ts';
import { type Reachability, reachability } from './reachability.ts';

const clock = { now: () => Date.parse('2026-11-24T10:00:00Z'), monotonic: () => 0 };
const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const key = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const identity: Identity = {
  terminal: 'T-1',
  merchant: 'M-1',
  epoch: 3,
  genesisHash: new Uint8Array(32),
  signingKey: key,
  cardTokenKey: new Uint8Array(32),
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostHotlistKey: new Uint8Array(64),
  hostParameterKey: new Uint8Array(64),
  hostSealingKey: new Uint8Array(64),
};

let server: Server;
let answer: (response: ServerResponse) => void;
let asked: { request: IncomingMessage; body: Buffer } | undefined;
let contact: Reachability;
let client: ClearingClient;
let me: Identity | undefined;
let drawn = 0;
let logged: string[];

beforeEach(async () => {
  [me, logged] = [identity, []];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked = { request, body: Buffer.concat(chunks) };
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  contact = reachability({ clock, releaseDelayMs: 0, changed: () => {}, returning: () => {} });
  client = clearingClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identity: () => me,
    connection: () => ({ version: 'plain' }),
    reachability: contact,
    clock,
    random: (length) => new Uint8Array(length).fill(++drawn),
    log: pino({ level: 'warn' }, { write: (line: string) => logged.push(line) }),
  });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

/** What the host signs over an answer to the request that came last. */
function signatureOver(text: string): Record<string, string> {
  const path = asked?.request.url ?? '';
  const about = { terminal: 'T-1', epoch: 3, nonce: String(asked?.request.headers['jdpos-nonce']), path };
  return { 'jdpos-signature': toHex(sm2Sign(HOST_KEY, answerBytes({ ...about, body: Buffer.from(text) }))) };
}

const send = (more: Partial<ClearingRequest<{ n: number }>> = {}) =>
  client.send({
    method: 'GET',
    path: '/v1/thing?since=1',
    answer: z.strictObject({ n: z.number() }),
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    ...more,
  });

describe('the clearing client', () => {
  it('says once why the host is away, also when it has never been there', async () => {
    const why = () => logged.map((line) => (JSON.parse(line) as { why: string }).why);
    answer = (response) => response.writeHead(502).end();
    await send();
    await send();
    expect(why()).toEqual(['status 502']);
    contact.contact();
    answer = (response) => response.writeHead(503).end();
    await send();
    expect(why()).toEqual(['status 502', 'status 503']);
  });

  it.each<[string, number, string, Record<string, string>, object, boolean]>([
    ['a good answer', 200, '{"n":1}', {}, { kind: 'answered', value: { n: 1 } }, true],
    ['created', 201, '{"n":1}', {}, { kind: 'answered' }, true],
    [
      'a problem',
      409,
      '{"code":"gap","detail":"d","expectedSequence":4}',
      {},
      { kind: 'refused', code: 'gap', detail: 'd' },
      true,
    ],
    ['a door that is shut', 401, '{"code":"certificate-required"}', {}, { kind: 'refused' }, false],
    ['a refusal without a code', 404, '{}', {}, { kind: 'refused', status: 404, code: 'unknown' }, true],
    ['a refusal that is no JSON', 404, 'Not Found', {}, { kind: 'failed' }, false],
    ['another shape', 200, '{"n":"1"}', {}, { kind: 'failed' }, false],
    ['something more', 200, '{"n":1,"m":2}', {}, { kind: 'failed' }, false],
    ['no JSON', 200, '<html>', {}, { kind: 'failed' }, false],
    ['nothing', 204, '', {}, { kind: 'failed' }, false],
    ['a redirect', 302, '{"n":1}', { location: '/' }, { kind: 'failed' }, false],
    ['a broken host', 500, '{"n":1}', {}, { kind: 'failed', why: 'status 500' }, false],
    [
      'a host that broke on this request alone',
      500,
      '{"code":"internal"}',
      { 'content-type': 'application/problem+json' },
      { kind: 'failed', thisAlone: true },
      true,
    ],
    ['HTML', 200, '{"n":1}', { 'content-type': 'text/html' }, { kind: 'failed' }, false],
    ['JSON in name only', 200, '{"n":1}', { 'content-type': 'application/jsonp' }, { kind: 'failed' }, false],
    [
      'JSON with a charset',
      200,
      '{"n":1}',
      { 'content-type': 'Application/JSON; charset=utf-8' },
      { kind: 'answered' },
      true,
    ],
    [
      'a problem that says where',
      400,
      '{"code":"invalid-request","errors":[{"pointer":"/records/3/canonical","detail":"d"}]}',
      {},
      { kind: 'refused', pointers: ['/records/3/canonical'] },
      true,
    ],
    [
      'a problem that says it wrongly',
      400,
      '{"code":"gap","errors":7,"expectedSequence":"x"}',
      {},
      { code: 'gap' },
      true,
    ],
    ['a busy host', 503, '{}', { 'retry-after': '7' }, { kind: 'failed', retryAfterMs: 7000 }, false],
    ['too many requests', 429, '{}', { 'retry-after': '7' }, { kind: 'failed', retryAfterMs: 7000 }, false],
  ])('%s', async (_name, status, text, headers, expected, reachable) => {
    answer = (response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...signatureOver(text), ...headers }).end(text);
    contact.contact();
    expect(await send()).toMatchObject(expected);
    expect(contact.state().reachable).toBe(reachable);
  });

  it.each<[string, number, string, object, boolean]>([
    ['a refusal', 409, '{"code":"fork"}', { kind: 'failed', unproven: true, thisAlone: true }, true],
    ['one of a body', 400, '{"code":"invalid-request"}', { kind: 'failed', unproven: true, thisAlone: true }, true],
    ['a door that is shut', 401, '{"code":"unauthenticated"}', { kind: 'failed', unproven: true }, false],
  ])('%s that the host has not signed is none', async (_name, status, text, expected, reachable) => {
    answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    contact.contact();
    expect(await send()).toMatchObject(expected);
    expect(contact.state().reachable).toBe(reachable);
  });

  it('an enrolment is refused by whoever answers: nobody can sign for it yet', async () => {
    answer = (response) => response.writeHead(403, { 'content-type': 'application/json' }).end('{"code":"code-used"}');
    expect(await send({ unsigned: true })).toMatchObject({ kind: 'refused', code: 'code-used' });
    expect(asked?.request.headers['jdpos-nonce']).toBeUndefined();
  });

  it.each<[string, (response: ServerResponse) => void, Partial<ClearingRequest<never>>]>([
    ['silence', () => {}, { timeoutMs: 300 }],
    [
      'half an answer and then silence',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"n":'),
      { timeoutMs: 300 },
    ],
    ['a broken connection', (response) => response.destroy(), {}],
    [
      'more than was bargained for',
      (response) => response.setHeader('content-type', 'application/json').end(`{"n":1${' '.repeat(2_000)}}`),
      { maxBytes: 1_000 },
    ],
  ])('%s is no answer', async (_name, how, limit) => {
    answer = how;
    contact.contact();
    expect((await send(limit)).kind).toBe('failed');
    expect(contact.state().reachable).toBe(false);
  });

  it('a request that was given up says nothing about the host', async () => {
    answer = () => {};
    contact.contact();
    const stop = new AbortController();
    const sent = send({ signal: stop.signal, timeoutMs: 10_000 });
    stop.abort();
    expect((await sent).kind).toBe('failed');
    expect(contact.state().reachable).toBe(true);
  });

  it('signs method, path with query, and body', async () => {
    answer = (response) => response.setHeader('content-type', 'application/json').end('{"n":1}');
    await send({ method: 'POST', path: '/v1/thing', body: { reference: '单号' }, key: 'k-1' });
    const { headers, method, url } = asked?.request ?? {};
    expect({ method, url }).toEqual({ method: 'POST', url: '/v1/thing' });
    expect(headers).toMatchObject({
      'jdpos-terminal': 'T-1',
      'jdpos-epoch': '3',
      'idempotency-key': 'k-1',
      'content-type': 'application/json',
    });
    const body = new Uint8Array(asked?.body ?? []);
    expect(new TextDecoder().decode(body)).toBe('{"reference":"单号"}');
    const signed = requestBytes({ method: 'POST', path: '/v1/thing', body });
    expect(sm2Verify(sm2PublicKey(key), signed, hex(String(headers?.['jdpos-signature'])))).toBe(true);
  });

  it('signs nothing before the terminal is enrolled', async () => {
    me = undefined;
    answer = (response) => response.setHeader('content-type', 'application/json').end('{"n":1}');
    await send();
    expect(Object.keys(asked?.request.headers ?? {}).filter((name) => name.startsWith('jdpos-'))).toEqual([]);
  });
});
