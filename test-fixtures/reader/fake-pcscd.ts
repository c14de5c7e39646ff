import { createServer, type Server, type Socket } from 'node:net';

/** pcscd's socket, as far as a terminal asks it directly: that it answers, and on which channel a reader is. */
export interface FakePcscd {
  /** By a reader's name: SCARD_ATTR_CHANNEL_ID, as its driver says. */
  readonly channels: Map<string, number>;
  /** While it is true, questions stay without an answer. */
  stands: boolean;
  close(): Promise<void>;
}

const HEADER = 8;
const CONNECT = 0x04;
const GET_ATTRIB = 0x0f;
const UNSUPPORTED = 0x8010_001f;
const NAME_AT = 4;
const NAME_LENGTH = 128;
const CARD_AT = 140;
const VALUE_AT = 8;
const LENGTH_AT = 272;
const RESULT_AT = 276;

/** Listens at the path; answers every message with its own struct, and what it knows of readers filled in. */
export async function fakePcscd(path: string): Promise<FakePcscd> {
  const channels = new Map<string, number>();
  const cards: string[] = [];
  const fill = (command: number, body: Buffer): void => {
    if (command === CONNECT) {
      cards.push(body.toString('utf8', NAME_AT, NAME_AT + NAME_LENGTH).replace(/\0.*$/s, ''));
      body.writeInt32LE(cards.length, CARD_AT);
    }
    if (command !== GET_ATTRIB) return;
    const channel = channels.get(cards[body.readInt32LE(0) - 1] ?? '');
    body.writeUInt32LE(channel ?? 0, VALUE_AT);
    body.writeUInt32LE(4, LENGTH_AT);
    body.writeUInt32LE(channel === undefined ? UNSUPPORTED : 0, RESULT_AT);
  };
  const fake = { channels, stands: false };
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      while (received.length >= HEADER && received.length >= HEADER + received.readUInt32LE(0)) {
        const body = Buffer.from(received.subarray(HEADER, HEADER + received.readUInt32LE(0)));
        fill(received.readUInt32LE(4), body);
        received = received.subarray(HEADER + body.length);
        if (!fake.stands) socket.write(body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return Object.assign(fake, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}
