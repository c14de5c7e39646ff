import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { CardChannel, CardReader, CardReaders, ExchangeAnswer } from '../../drivers/index.ts';
import { clientMessages, type FromClient, type FromServer, type ReaderView, wireLine } from './reader-wire.ts';

export interface ReaderServer {
  /** Lets go of all clients and takes the socket away. The readers stay. */
  close(): Promise<void>;
}

/**
 * Lends the readers of this process to others on this machine, at a Unix socket. What a killed server has left at that
 * path is taken away.
 */
export async function serveReaders(readers: CardReaders, { path }: { path: string }): Promise<ReaderServer> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    serveClient(readers, socket);
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of clients) socket.destroy();
      }),
  };
}

function serveClient(readers: CardReaders, socket: Socket): void {
  const receive = clientMessages();
  const channels = new Map<number, CardChannel>();
  let lastChannel = 0;
  const say = (message: FromServer): void => {
    if (!socket.destroyed) socket.write(wireLine(message));
  };
  const view = (reader: CardReader): ReaderView => viewOf(reader, readers.list().indexOf(reader));
  const unsubscribe = readers.subscribe(({ reader }) => say({ kind: 'reader', reader: view(reader) }));

  const open = async ({ ask, reader, arrival }: Extract<FromClient, { kind: 'open' }>): Promise<void> => {
    const presence = readers.list()[reader]?.presence;
    const channel = presence?.arrival === arrival ? await presence.open() : undefined;
    if (channel === undefined) return say({ kind: 'opened', ask, channel: null });
    if (socket.destroyed) return channel.close();
    lastChannel += 1;
    channels.set(lastChannel, channel);
    say({ kind: 'opened', ask, channel: lastChannel });
  };

  const exchange = async (asked: Extract<FromClient, { kind: 'exchange' }>): Promise<void> => {
    const unknown: ExchangeAnswer = { kind: 'torn', cause: 'reader-error' };
    const answer = (await channels.get(asked.channel)?.exchange(asked.command, asked.timeoutMs)) ?? unknown;
    say({ kind: 'exchanged', ask: asked.ask, answer });
  };

  const close = async ({ ask, channel }: Extract<FromClient, { kind: 'close' }>): Promise<void> => {
    await channels.get(channel)?.close();
    say({ kind: 'closed', ask });
  };

  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (piece: string) => {
    const messages = receive(piece);
    if (messages === undefined) socket.destroy();
    for (const message of messages ?? []) {
      if (message.kind === 'open') void open(message);
      else if (message.kind === 'exchange') void exchange(message);
      else void close(message);
    }
  });
  socket.once('close', () => {
    unsubscribe();
    for (const channel of channels.values()) void channel.close();
  });
  say({ kind: 'readers', readers: readers.list().map(view) });
}

function viewOf(reader: CardReader, id: number): ReaderView {
  const { name, role, state, presence } = reader;
  return { id, name, role, state, card: presence ? { arrival: presence.arrival, atr: presence.atr } : null };
}
