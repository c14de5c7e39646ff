import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type ApiServer, createApiServer } from '../../contract/http/index.ts';
import { type Admission, addAdmission } from './admission.ts';

const WAIT = { timeout: 30_000, interval: 5 };

let app: ApiServer;
let admission: Admission;
let url: URL;
let goOn: () => void;
let atWork: number;
let left: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  app = await createApiServer({ title: 'Admission', version: '1', description: 'For tests.', components: {} });
  admission = addAdmission(app);
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  atWork = 0;
  left = 0;
  app.post('/quick', { schema: { body: z.strictObject({}) } }, async () => ({}));
  app.post('/long', { schema: { body: z.strictObject({}) } }, async ({ raw }) => {
    raw.socket.once('close', () => {
      left += 1;
    });
    atWork += 1;
    await gate;
    return {};
  });
  url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
});
afterEach(async () => {
  goOn();
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

async function send(path: string, text: string): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n${text}`,
  );
  return socket;
}
const quick = async () => {
  const { status, headers } = await fetch(new URL('/quick', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return { status, retryAfter: headers.get('retry-after') };
};

describe('admission', () => {
  it('turns everybody away until the host is ready', async () => {
    expect(await quick()).toEqual({ status: 503, retryAfter: '1' });
    admission.open();
    expect((await quick()).status).toBe(200);
  });

  it('a hundred senders who do not end their requests keep nobody out', async () => {
    admission.open();
    await Promise.all(Array.from({ length: 100 }, () => send('/long', '{')));
    expect((await quick()).status).toBe(200);
  });

  it('sixty-four requests at work are all that are done at once, and room comes back with each answer', async () => {
    admission.open();
    await Promise.all(Array.from({ length: 64 }, () => send('/long', '{}')));
    await vi.waitFor(() => expect(atWork).toBe(64), WAIT);
    expect(await quick()).toEqual({ status: 503, retryAfter: '2' });
    goOn();
    await vi.waitFor(async () => expect((await quick()).status).toBe(200), WAIT);
  });

  it('work goes on and counts when those who asked have left, and room comes back at its end', async () => {
    admission.open();
    const held = await Promise.all(Array.from({ length: 64 }, () => send('/long', '{}')));
    await vi.waitFor(() => expect(atWork).toBe(64), WAIT);
    for (const socket of held) socket.destroy();
    await vi.waitFor(() => expect(left).toBe(64), WAIT);
    expect((await quick()).status).toBe(503);
    const done = admission.done();
    let over = false;
    void done.then(() => {
      over = true;
    });
    await quick();
    expect(over).toBe(false);
    goOn();
    await done;
    await vi.waitFor(async () => expect((await quick()).status).toBe(200), WAIT);
  });
});
