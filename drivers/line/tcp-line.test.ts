import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import type { ByteLine } from './byte-line.ts';
import { PAUSE_MS } from './even-intake.ts';
import { openTcpLine } from './tcp-line.ts';

const WAIT = { timeout: 30_000, interval: 5 };
/** What a socket gives at once at most. */
const AT_ONCE_BYTES = 1 << 16;

let server: Server;
let line: ByteLine;
afterEach(async () => {
  await line.close();
  server.close();
});

async function portOf(on: (socket: Socket) => void): Promise<number> {
  server = createServer(on);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

it('of a device that floods is read in pieces, with pauses in which others are heard', async () => {
  const port = await portOf((socket) => {
    socket.on('error', () => {});
    socket.write(new Uint8Array(1 << 22));
  });
  const timers = manualTimers();
  let heard = 0;
  line = openTcpLine({
    host: '127.0.0.1',
    port,
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
  const port = await portOf((socket) => {
    accepted += 1;
    socket.destroy();
  });
  const timers = manualTimers();
  const told: string[] = [];
  line = openTcpLine({
    host: '127.0.0.1',
    port,
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

it('of a device that soon closes is there for whoever wants it, and is told no oftener than that', async () => {
  const there: Socket[] = [];
  const port = await portOf((socket) => there.push(socket));
  const timers = manualTimers();
  const told: string[] = [];
  const events = { bytes: () => {}, state: (state: string) => told.push(state) };
  line = openTcpLine({ host: '127.0.0.1', port, events, after: timers.after, random: () => 0 });
  /** The nth connection is closed, and the next one waited for. */
  const closes = async (nth: number, waitMs: number): Promise<void> => {
    await vi.waitFor(() => expect(there).toHaveLength(nth), WAIT);
    there.at(-1)?.destroy();
    await vi.waitFor(() => expect(timers.pending).toEqual([waitMs]), WAIT);
  };
  await closes(1, 250);
  for (const [at, waitMs] of [500, 1_000, 2_000].entries()) {
    timers.fire(waitMs / 2);
    await closes(2 + at, waitMs);
  }
  expect(told).toEqual(['open', 'unplugged']);
  await line.tryNow?.();
  expect(line.state).toBe('open');
  expect(await line.write(Uint8Array.of(1))).toBe('written');
  await closes(5, 250);
  expect(told).toEqual(['open', 'unplugged', 'open', 'unplugged']);
});

it('to a device that is not there is tried at once for whoever wants it, and that ends', async () => {
  const port = await portOf((socket) => socket.destroy());
  server.close();
  line = openTcpLine({ host: '127.0.0.1', port, events: { bytes: () => {}, state: () => {} } });
  await line.tryNow?.();
  await vi.waitFor(() => expect(line.state).toBe('refused'), WAIT);
  await line.tryNow?.();
  expect(line.state).toBe('refused');
});
