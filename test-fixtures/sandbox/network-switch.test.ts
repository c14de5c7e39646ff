import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NetworkSwitch, openNetworkSwitch } from './network-switch.ts';

let host: Server;
let network: NetworkSwitch;
let asked: string[];

beforeEach(async () => {
  asked = [];
  host = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('answer');
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  network = await openNetworkSwitch(async () => (host.address() as AddressInfo).port);
});

afterEach(async () => {
  await network.close();
  host.closeAllConnections();
  host.close();
});

const get = (path: string, timeoutMs = 5_000) =>
  fetch(`http://127.0.0.1:${network.port}${path}`, { signal: AbortSignal.timeout(timeoutMs) }).then((r) => r.text());

describe('network switch', () => {
  it('relays while it is up', async () => {
    expect(await get('/up')).toBe('answer');
  });

  it('refuses, and relays again on the same port', async () => {
    await network.set({ up: false, mode: 'refuse' });
    await expect(get('/down')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await network.set({ up: true });
    expect(await get('/again')).toBe('answer');
    expect(asked).toEqual(['/again']);
  });

  it('takes a connection and never answers as a black hole', async () => {
    await network.set({ up: false, mode: 'blackhole' });
    await expect(get('/nowhere', 150)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(asked).toEqual([]);
  });

  it('loses the answer after the host has been asked', async () => {
    await network.set({ up: false, mode: 'lose-answers' });
    await expect(get('/lost')).rejects.toThrow('fetch failed');
    expect(asked).toEqual(['/lost']);
  });
});
