import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askHost } from './ask-host.ts';
import { judgeHost } from './host.ts';
import type { HostAnswer } from './machine.ts';

const URL = 'https://clearing.example';
const WHOLE: HostAnswer = { lookupMs: 3, connectMs: 9, secureMs: 20, answerMs: 15, hostClock: { host: 0, own: 400 } };

const levels = (answer: HostAnswer, url = URL) => judgeHost(url, answer).map(({ id, level }) => `${id} ${level}`);

describe('the way to the host', () => {
  it.each([
    [{ error: 'ENOTFOUND' }, ['host.name fail']],
    [{ lookupMs: 1, error: 'ECONNREFUSED' }, ['host.name ok', 'host.connection fail']],
    [
      { lookupMs: 1, connectMs: 1, error: 'SELF_SIGNED_CERT_IN_CHAIN' },
      ['host.name ok', 'host.connection ok', 'host.tls fail'],
    ],
    [
      { lookupMs: 1, connectMs: 1, secureMs: 1, error: 'late' },
      ['host.name ok', 'host.connection ok', 'host.tls ok', 'host.answer fail'],
    ],
    [WHOLE, ['host.name ok', 'host.connection ok', 'host.tls ok', 'host.answer ok', 'clock.host ok']],
    [
      { ...WHOLE, answerMs: 1_200 },
      ['host.name ok', 'host.connection ok', 'host.tls ok', 'host.answer warn', 'clock.host ok'],
    ],
  ])('%j', (answer, expected) => expect(levels(answer)).toEqual(expected));

  it.each([
    [4_400, 'ok'],
    [-4_400, 'ok'],
    [5_000, 'warn'],
    [-59_000, 'warn'],
    [60_000, 'fail'],
    [-3_600_000, 'fail'],
  ])('a clock that is %i ms ahead: %s', (ahead, level) => {
    expect(levels({ ...WHOLE, hostClock: { host: 1e12, own: 1e12 + ahead } }).at(-1)).toBe(`clock.host ${level}`);
  });

  it('says nothing of TLS where none is spoken', () => {
    expect(levels({ lookupMs: 0, connectMs: 1, answerMs: 1 }, 'http://127.0.0.1:7410')).toEqual([
      'host.name ok',
      'host.connection ok',
      'host.answer ok',
      'clock.host unknown',
    ]);
  });
});

describe('asking a real host', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const listen = async (answer?: Parameters<typeof createServer>[1]): Promise<string> => {
    server = createServer({}, answer);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('any answer is one, with its clock', async () => {
    const url = await listen((_request, response) => response.writeHead(401).end());
    const answer = await askHost(url, undefined, 5_000, Date.now);
    expect(answer).toMatchObject({ lookupMs: 0, connectMs: expect.any(Number), answerMs: expect.any(Number) });
    expect(Math.abs((answer.hostClock?.host ?? 0) - (answer.hostClock?.own ?? 0))).toBeLessThan(5_000);
  });

  it('one that says nothing is given up, and said how far it came', async () => {
    const url = await listen(() => {});
    const answer = await askHost(url, undefined, 1_500, Date.now);
    expect(answer).toMatchObject({ connectMs: expect.any(Number), error: 'no answer within 1.5 s' });
    expect(answer.answerMs).toBeUndefined();
    server?.closeAllConnections();
  });

  it('one that is not there, and one that speaks no TLS', async () => {
    const url = await listen((_request, response) => response.end());
    const secure = await askHost(url.replace('http:', 'https:'), undefined, 5_000, Date.now);
    expect(secure).toMatchObject({ connectMs: expect.any(Number), error: expect.any(String) });
    expect(secure.secureMs).toBeUndefined();
    await new Promise((resolve) => server?.close(resolve));
    expect(await askHost(url, undefined, 5_000, Date.now)).toMatchObject({ lookupMs: 0, error: 'ECONNREFUSED' });
  });

  it('is asked in TLS 1.3 alone, as by the daemon', async () => {
    let hello = '';
    const bare = createTcpServer((socket) =>
      socket.once('data', (bytes) => {
        hello = bytes.toString('hex');
        socket.destroy();
      }),
    );
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
    await askHost(`https://127.0.0.1:${(bare.address() as AddressInfo).port}`, undefined, 5_000, Date.now);
    bare.close();
    // RFC 8446 §4.2.1: supported_versions, one of them, 0304.
    expect(hello).toContain('002b0003020304');
  });
});
