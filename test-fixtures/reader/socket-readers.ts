import { connect, type Socket } from 'node:net';
import {
  type After,
  afterMs,
  type CardChannel,
  type CardReaders,
  type ExchangeAnswer,
  type HubReader,
  type ReaderHub,
  readerHub,
  withLimit,
} from '../../drivers/index.ts';
import { type FromClient, type FromServer, type ReaderView, serverMessages, wireLine } from './reader-wire.ts';

export interface SocketReadersOptions {
  /** Where the server listens, in this or another process; it may come and go. */
  readonly path: string;
  readonly after?: After;
}

const RETRY_MS = 50;

/** The server says at once which readers it has. */
const SETTLE_MS = 500;

/** The server keeps the time of an exchange; one that says nothing for so long after that stands still. */
const SERVER_GRACE_MS = 1_000;

/**
 * The readers that another process lends (see serveReaders). Comes back when it has said which they are, or is not there.
 * While it is not there its readers are unplugged; it is looked for until `close`.
 */
export async function openSocketReaders({ path, after = afterMs }: SocketReadersOptions): Promise<CardReaders> {
  const hub = readerHub();
  let closed = false;
  let callOffRetry = (): void => {};
  let socket: Socket | undefined;
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const start = (): void => {
    socket = connect({ path });
    runConnection(socket, hub, after, settle, () => {
      settle();
      if (!closed) callOffRetry = after(RETRY_MS, start);
    });
  };
  start();
  await withLimit(settled, SETTLE_MS, after);

  return {
    list: hub.list,
    subscribe: hub.subscribe,
    close: async () => {
      closed = true;
      hub.mute();
      callOffRetry();
      socket?.destroy();
    },
  };
}

function runConnection(socket: Socket, hub: ReaderHub, after: After, started: () => void, ended: () => void): void {
  const receive = serverMessages();
  const server = new Server(socket, after);
  const readers = new Map<number, RemoteReader>();

  const show = (view: ReaderView): void => {
    const known = readers.get(view.id) ?? new RemoteReader(hub.admit(view.name, view.role), server);
    readers.set(view.id, known);
    known.show(view);
  };

  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (piece: string) => {
    const messages = receive(piece);
    if (messages === undefined) socket.destroy();
    for (const message of messages ?? []) {
      if (message.kind === 'reader') show(message.reader);
      else if (message.kind !== 'readers') server.answered(message);
      else {
        message.readers.forEach(show);
        started();
      }
    }
  });
  socket.once('close', () => {
    server.lost();
    for (const reader of readers.values()) reader.unplugged();
    ended();
  });
}

type Answer = Extract<FromServer, { ask: number }>;
type Question = FromClient extends infer Message ? (Message extends FromClient ? Omit<Message, 'ask'> : never) : never;

/** Questions to the server, and their answers. */
class Server {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  readonly after: After;
  #lastAsk = 0;

  constructor(socket: Socket, after: After) {
    this.#socket = socket;
    this.after = after;
  }

  /** Undefined when the connection is lost first. */
  ask(question: Question): Promise<Answer | undefined> {
    if (this.#socket.destroyed) return Promise.resolve(undefined);
    this.#lastAsk += 1;
    const ask = this.#lastAsk;
    this.#socket.write(wireLine({ ...question, ask }));
    return new Promise((resolve) => {
      this.#waiting.set(ask, resolve);
    });
  }

  answered(answer: Answer): void {
    this.#waiting.get(answer.ask)?.(answer);
    this.#waiting.delete(answer.ask);
  }

  lost(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}

/** One reader of the server, shown here. */
class RemoteReader {
  readonly #reader: HubReader;
  readonly #server: Server;
  /** The server's number of the card that is shown. */
  #arrival: number | undefined;

  constructor(reader: HubReader, server: Server) {
    this.#reader = reader;
    this.#server = server;
  }

  show({ id, state, card }: ReaderView): void {
    if (this.#arrival !== undefined && this.#arrival !== card?.arrival) {
      this.#arrival = undefined;
      this.#reader.removed(state === 'card' ? 'empty' : state);
    }
    if (card && this.#arrival === undefined) {
      this.#arrival = card.arrival;
      this.#reader.arrived(card.atr, () => this.#open(id, card.arrival));
    }
    this.#reader.changed(state);
  }

  unplugged(): void {
    this.#arrival = undefined;
    this.#reader.unplugged();
  }

  async #open(reader: number, arrival: number): Promise<CardChannel | undefined> {
    const opened = await this.#server.ask({ kind: 'open', reader, arrival });
    if (opened?.kind !== 'opened' || opened.channel === null) return undefined;
    const { channel } = opened;
    return {
      exchange: (command, timeoutMs) => this.#exchange(channel, command, timeoutMs),
      close: async () => {
        await this.#server.ask({ kind: 'close', channel });
      },
    };
  }

  async #exchange(channel: number, command: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    const asked = this.#server.ask({ kind: 'exchange', channel, command, timeoutMs });
    const answer = await withLimit(asked, timeoutMs + SERVER_GRACE_MS, this.#server.after);
    if (answer === 'late') return { kind: 'torn', cause: 'silent' };
    return answer?.kind === 'exchanged' ? answer.answer : { kind: 'torn', cause: 'removed' };
  }
}
