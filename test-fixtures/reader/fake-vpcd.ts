import { createServer, type Socket } from 'node:net';

/** The reader's side of vpcd, for tests of the card's side: one connection at a time, bytes as they are. */
export interface FakeVpcd {
  readonly port: number;
  /** The connection of the next card. */
  card(): Promise<VpcdConnection>;
  close(): Promise<void>;
}

interface VpcdConnection {
  send(bytes: Uint8Array): void;
  /** The next so many bytes that come. */
  take(count: number): Promise<Uint8Array>;
  /** Settles when the card has left. */
  readonly left: Promise<void>;
}

export async function fakeVpcd(): Promise<FakeVpcd> {
  const connections: VpcdConnection[] = [];
  const sockets = new Set<Socket>();
  const waiting: ((connection: VpcdConnection) => void)[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    const connection = connectionOf(socket);
    const next = waiting.shift();
    if (next) next(connection);
    else connections.push(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    card: () => {
      const connection = connections.shift();
      return connection ? Promise.resolve(connection) : new Promise((resolve) => waiting.push(resolve));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function connectionOf(socket: Socket): VpcdConnection {
  const left = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.on('end', () => socket.destroy());
  return {
    send: (bytes) => void socket.write(bytes),
    take: async (count) => {
      for (;;) {
        const taken: Buffer | null = socket.read(count);
        if (taken) return Uint8Array.from(taken);
        await new Promise((resolve) => socket.once('readable', resolve));
      }
    },
    left,
  };
}
