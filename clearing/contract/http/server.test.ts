import { get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOf } from './problem.ts';
import { type ApiServer, createApiServer } from './server.ts';

const problem = problemsOf({ full: { status: 409, title: 'The box is full' } });
const thing = z.strictObject({ name: z.string(), size: z.int() });

let app: ApiServer;

beforeEach(async () => {
  app = await createApiServer({
    title: 'Things',
    version: '1',
    description: 'For tests.',
    components: { Thing: thing },
    bodyLimitBytes: 200,
    guard: {},
  });
  app.post('/things', { schema: { body: thing, response: { 200: thing } } }, async ({ body }) => body);
  app.get('/full', async () => {
    throw problem('full', { detail: 'take one out', extra: { size: 3 }, headers: { 'retry-after': '7' } });
  });
  app.get('/broken', async () => {
    throw new Error('the secret inside');
  });
  app.get('/misshapen', { schema: { response: { 200: thing } } }, async () => ({ name: 'x' }) as never);
});

afterEach(() => app.close());

const post = (payload: string, headers: { [name: string]: string } = {}) =>
  app.inject({
    method: 'POST',
    url: '/things',
    payload,
    headers: { host: 'localhost:7400', 'content-type': 'application/json', ...headers },
  });

const get = (url: string, headers: { [name: string]: string } = {}) =>
  app.inject({ url, headers: { host: '127.0.0.1:7400', ...headers } });

describe('problem details', () => {
  it.each([
    ['another shape', '{"name":"a"}', 400, 'invalid-request', 'body/size: '],
    ['a member too many', '{"name":"a","size":1,"more":2}', 400, 'invalid-request', 'body'],
    ['no JSON', '{"name":', 400, 'bad-json', ''],
    ['nothing', '', 400, 'bad-json', ''],
    ['a poisoned prototype', '{"__proto__":{"name":"a"},"size":1}', 400, 'bad-json', ''],
    ['too much', `{"name":"${'a'.repeat(300)}","size":1}`, 413, 'body-too-large', ''],
  ])('a body of %s', async (_title, payload, status, code, detail) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({ status, code, type: `urn:jdpos:problem:${code}` });
    expect(answer.json().detail).toContain(detail);
  });

  it('another media type is 415', async () => {
    const answer = await post('<thing/>', { 'content-type': 'application/xml' });
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported-media-type']);
  });

  it('a path that leads nowhere is 404', async () => {
    const answer = await get('/nowhere');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not-found']);
  });

  it('a path that cannot be read is a problem too', async () => {
    const answer = await get('/%zz');
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad-request']);
  });

  it('what a route throws carries its code, members and headers', async () => {
    const answer = await get('/full');
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.json()).toEqual({
      type: 'urn:jdpos:problem:full',
      title: 'The box is full',
      status: 409,
      detail: 'take one out',
      code: 'full',
      size: 3,
    });
  });

  it('what nobody foresaw is told to nobody', async () => {
    const answer = await get('/broken');
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.body).not.toContain('secret');
  });

  it('an answer that does not fit its schema does not leave', async () => {
    const answer = await get('/misshapen');
    expect(answer.json()).toMatchObject({ status: 500, code: 'invalid-response' });
  });
});

describe('guard', () => {
  it.each([
    ['a foreign Host', { host: 'shop.example' }],
    ['a name that resolves to loopback', { host: 'rebound.example:7400' }],
    ['a foreign Origin', { origin: 'https://shop.example' }],
    ['another port of this machine', { origin: 'http://localhost:3000' }],
    ['an opaque Origin', { origin: 'null' }],
    ['a picture on another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuses %s', async (_title, headers: { [name: string]: string }) => {
    const answer = await post('{"name":"a","size":1}', headers);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'foreign-origin']);
  });

  it.each([
    ['curl', {}],
    ['its own page', { origin: 'http://localhost:7400', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
    ['a link on another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('lets %s through', async (_title, headers: { [name: string]: string }) => {
    const answer = await post('{"name":"a","size":1}', headers);
    expect(answer.json()).toEqual({ name: 'a', size: 1 });
  });
});

describe('document', () => {
  it('is OpenAPI 3.1 with the components named', async () => {
    const document = (await get('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(['/things', '/full', '/broken', '/misshapen']);
    expect(document.components.schemas.Thing.properties.size.type).toBe('integer');
    expect(document.components.schemas.Problem.properties.code.type).toBe('string');
  });

  it('tells of the problems that no route names, since any may answer with them', async () => {
    const { paths } = (await get('/openapi.json')).json();
    const { responses } = paths['/things'].post;
    expect(Object.keys(responses)).toEqual(['200', 'default']);
    expect(responses.default.content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
  });
});

it('close ends a stream that is open', async () => {
  app.get('/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.write('begun\n');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ended = await new Promise<string>((resolve) => {
    httpGet({ port, path: '/stream' }, (answer) => {
      answer.once('data', () => void app.close());
      answer.once('error', () => resolve('broken off'));
      answer.once('end', () => resolve('ended'));
    });
  });
  expect(ended).toBe('broken off');
});
