import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import type { ByteLine } from './byte-line.ts';
import { PAUSE_MS } from './even-intake.ts';
import { openTcpLine } from './tcp-line.ts';

const WAIT = { timeout: 10_000, interval: 5 };
/** What a socket gives at once at most. */
const AT_ONCE_BYTES = 1 << 16;

let server: Server;
let line: ByteLine;
afterEach(async () => {
  await line.close();
  server.close();
});

it('of a device that floods is read in pieces, with pauses in which others are heard', async () => {
  server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.write(new Uint8Array(1 << 22));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const timers = manualTimers();
  let heard = 0;
  line = openTcpLine({
    host: '127.0.0.1',
    port: address.port,
    events: { bytes: (chunk) => (heard += chunk.length), state: () => {} },
    after: timers.after,
  });
  for (let pauses = 1; pauses <= 3; pauses++) {
    await vi.waitFor(() => expect(timers.pending).toContain(PAUSE_MS), WAIT);
    // Whatever else is ready to be read would come in this turn.
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toBeLessThanOrEqual(pauses * AT_ONCE_BYTES);
    timers.fire(PAUSE_MS);
  }
});

it('to a device that accepts and closes at once is tried less and less often, and told once', async () => {
  let accepted = 0;
  server = createServer((socket: Socket) => {
    accepted += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const timers = manualTimers();
  const told: string[] = [];
  line = openTcpLine({
    host: '127.0.0.1',
    port: address.port,
    events: { bytes: () => {}, state: (state) => told.push(state) },
    after: timers.after,
    random: () => 0,
  });
  for (const waitMs of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
    await vi.waitFor(() => expect(timers.pending).toEqual([waitMs]), WAIT);
    timers.fire(waitMs);
  }
  await vi.waitFor(() => expect(accepted).toBe(8), WAIT);
  expect(told).toEqual(['open', 'unplugged']);
});
