import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { observe, openCard } from './conformance/observer.ts';
import { describeReaders } from './conformance/readers-conformance.ts';
import { OK, SELECT, testCard } from './conformance/test-card.ts';
import { memoryReaders } from './memory-readers.ts';
import { serveReaders } from './reader-server.ts';
import { openSocketReaders } from './socket-readers.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdpos-readers-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let sockets = 0;
const newPath = (): string => {
  sockets += 1;
  return join(dir, `${sockets}`);
};

describeReaders('Readers of another process', async () => {
  const path = newPath();
  const lent = memoryReaders();
  const server = await serveReaders(lent, { path });
  const readers = await openSocketReaders({ path });
  const stop = async (): Promise<void> => {
    await readers.close();
    await server.close();
    await lent.close();
  };
  return { readers, field: lent.field(), stop };
});

describe('Readers of another process', () => {
  it('are unplugged while that process is away, and back when it is', async () => {
    const path = newPath();
    const lent = memoryReaders();
    const server = await serveReaders(lent, { path });
    const readers = await openSocketReaders({ path });
    const observer = observe(readers);
    await lent.field().place(testCard({ 178: () => 'silent' }));
    const arrived = await observer.next('arrived');
    const channel = await openCard(arrived);
    const silent = channel.exchange(Uint8Array.of(0, 0xb2, 1, 0x0c, 0), 5_000);
    await server.close();
    expect(await silent).toEqual({ kind: 'torn', cause: 'removed' });
    expect((await observer.next('removed')).state).toBe('unplugged');
    expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'torn', cause: 'removed' });

    // The process that takes its place counts its cards from 1 again.
    const later = memoryReaders();
    await later.field().place(testCard());
    const second = await serveReaders(later, { path });
    const again = await observer.next('arrived');
    expect(again.arrival).toBeGreaterThan(arrived.arrival ?? Number.POSITIVE_INFINITY);
    expect(await (await openCard(again)).exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    expect(readers.list()).toHaveLength(1);
    await readers.close();
    await second.close();
  });

  it('can be opened before that process is there', async () => {
    const path = newPath();
    const readers = await openSocketReaders({ path });
    expect(readers.list()).toEqual([]);
    const observer = observe(readers);
    const server = await serveReaders(memoryReaders(), { path });
    expect((await observer.next('state')).state).toBe('empty');
    await readers.close();
    await server.close();
  });

  it('show what was there before', async () => {
    const path = newPath();
    const lent = memoryReaders();
    await lent.field().place(testCard());
    const server = await serveReaders(lent, { path });
    const readers = await openSocketReaders({ path });
    expect(readers.list()).toMatchObject([{ name: 'Memory Reader', state: 'card', presence: { arrival: 1 } }]);
    await readers.close();
    await server.close();
  });

  it('let go of a client that talks nonsense', async () => {
    const path = newPath();
    const server = await serveReaders(memoryReaders(), { path });
    const socket = connect({ path });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume().write('{"kind":"open"}\n');
    await closed;
    await server.close();
  });
});
