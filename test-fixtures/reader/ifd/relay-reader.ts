import { createServer, type Server, type Socket } from 'node:net';
import type { FieldCard } from '../../card/field-card.ts';

/** What a reader makes of a control command. `silent`: nothing, ever. */
export type ControlReply = Uint8Array | 'not-supported' | 'failed' | 'silent';

/** The card that a reader holds, as its own firmware sees it. */
export interface CardInReader {
  /** Undefined when there is no card, or it leaves over this command. */
  transmit(command: Uint8Array): Uint8Array | undefined;
  /** Aborts when the card is taken away, or the reader. */
  readonly gone: AbortSignal;
}

/** What is inside the reader besides its contacts: pad, lights, buzzer. */
export interface ReaderFirmware {
  control(code: number, data: Uint8Array, card: CardInReader | undefined): ControlReply | Promise<ControlReply>;
}

/** A reader that pcscd sees through the relay driver (relay-ifd.c): real PC/SC above, a test below. */
export interface RelayReader {
  /** Its channel: where the driver finds it. */
  readonly port: number;
  /** The control commands that reached it. */
  readonly controls: readonly { readonly code: number; readonly data: Uint8Array }[];
  insert(card: FieldCard): void;
  eject(): void;
  /** Does not answer anything from now on: hung until it is plugged anew. */
  wedge(): void;
  /** Pulls its cable. pcscd learns of it when it next speaks with it, after 400 ms at the latest. */
  unplug(): void;
  plugIn(): Promise<void>;
}

/** Indices of `results` in relay-ifd.c. */
const SUCCESS = 0;
const NO_CARD = 1;
const NOT_SUPPORTED = 2;
const FAILED = 3;

/** On the connection for events. */
const A_CHANGE = Uint8Array.of(1);

const CODE_BYTES = 4;
const NOTHING = new Uint8Array(0);

interface Reply {
  readonly result: number;
  readonly bytes: Uint8Array;
}

const reply = (result: number, bytes: Uint8Array = NOTHING): Reply => ({ result, bytes });

interface Seated {
  readonly card: FieldCard;
  readonly gone: AbortController;
}

/** @param firmware of the reader; without it, it takes no control commands */
export async function relayReader(firmware: ReaderFirmware = { control: () => 'not-supported' }): Promise<RelayReader> {
  const controls: { code: number; data: Uint8Array }[] = [];
  const lines = new Set<Socket>();
  let events: Socket | undefined;
  const seat = cardSeat(() => void events?.write(A_CHANGE));
  let wedged = false;

  const control = async (asked: Buffer): Promise<Reply | undefined> => {
    const command = { code: asked.readUInt32BE(), data: Uint8Array.from(asked.subarray(CODE_BYTES)) };
    controls.push(command);
    const answer = await firmware.control(command.code, command.data, seat.asSeen());
    if (answer === 'silent') return undefined;
    if (answer === 'not-supported') return reply(NOT_SUPPORTED);
    return answer === 'failed' ? reply(FAILED) : reply(SUCCESS, answer);
  };

  const powerUp = (): Reply => {
    const atr = seat.power();
    return atr === undefined ? reply(FAILED) : reply(SUCCESS, atr);
  };

  const toCard = (command: Buffer): Reply => {
    const answer = seat.asSeen()?.transmit(Uint8Array.from(command));
    return answer === undefined ? reply(FAILED) : reply(SUCCESS, answer);
  };

  /** By the letter of the question (relay-ifd.c). */
  const questions: Readonly<Record<string, (rest: Buffer) => Reply | undefined | Promise<Reply | undefined>>> = {
    P: () => reply(seat.asSeen() === undefined ? NO_CARD : SUCCESS),
    U: powerUp,
    R: powerUp,
    D: () => reply(SUCCESS),
    T: toCard,
    C: control,
  };

  const receive = async (socket: Socket, question: Buffer): Promise<void> => {
    const letter = question.toString('latin1', 0, 1);
    if (letter === 'E') events = socket;
    const answer = await questions[letter]?.(question.subarray(1));
    if (answer !== undefined && !wedged && !socket.destroyed) socket.write(framed(answer));
  };

  const server = createServer({ noDelay: true }, (socket) => {
    lines.add(socket);
    const takeApart = frames();
    socket.on('error', () => {});
    socket.on('close', () => lines.delete(socket));
    socket.on('data', (piece) => {
      for (const question of takeApart(piece)) void receive(socket, question);
    });
  });
  const port = await listen(server, 0);

  const unplug = (): void => {
    seat.lose();
    for (const line of lines) line.destroy();
    server.close();
  };

  return {
    port,
    controls,
    insert: seat.insert,
    eject: seat.eject,
    wedge: () => {
      wedged = true;
    },
    unplug,
    plugIn: async () => {
      wedged = false;
      seat.find();
      await listen(server, port);
    },
  };
}

/** Where a card sits, and how the reader loses it. */
function cardSeat(changed: () => void) {
  let seated: Seated | undefined;
  const insert = (card: FieldCard): void => {
    eject();
    seated = { card, gone: new AbortController() };
    changed();
  };
  const eject = (): void => {
    if (seated === undefined) return;
    seated.gone.abort();
    seated = undefined;
    changed();
  };
  /** The card leaves by itself, or says nothing, where its script has it so. */
  const transmit = ({ card }: Seated, command: Uint8Array): Uint8Array | undefined => {
    const answer = card.transmit(command);
    if (answer === 'gone') eject();
    return typeof answer === 'string' ? undefined : answer;
  };
  return {
    insert,
    eject,
    /** The reader is cut off from the card that sits in it, and sees it again. */
    lose: () => seated?.gone.abort(),
    find: () => seated && insert(seated.card),
    power: () => {
      seated?.card.power();
      return seated?.card.atr;
    },
    asSeen: (): CardInReader | undefined => {
      const now = seated;
      const reach = (command: Uint8Array) => (now && now === seated ? transmit(now, command) : undefined);
      return now && { gone: now.gone.signal, transmit: reach };
    },
  };
}

function framed({ result, bytes }: Reply): Buffer {
  const frame = Buffer.alloc(3 + bytes.length);
  frame.writeUInt16BE(1 + bytes.length);
  frame[2] = result;
  frame.set(bytes, 3);
  return frame;
}

/** Takes the driver's questions apart, however they were cut into pieces. */
function frames(): (piece: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    const whole: Buffer[] = [];
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
      const end = 2 + rest.readUInt16BE();
      whole.push(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
    return whole;
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
