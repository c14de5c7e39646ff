import { connect as connectSocket, type Socket } from 'node:net';
import { type After, afterMs, type DriverLog, inTurn, withLimit } from '../driver-tools.ts';
import type { ByteLine, LineEvents, LineState } from './byte-line.ts';
import { evenIntake } from './even-intake.ts';
import { GOOD_MS, lineStanding } from './line-standing.ts';

export interface TcpLineParts {
  readonly host: string;
  readonly port: number;
  readonly events: LineEvents;
  readonly log?: DriverLog;
  readonly after?: After;
  /** A device that takes nothing for so long is given up for this time. */
  readonly writeMs?: number;
  readonly random?: () => number;
}

const CONNECT_MS = 3_000;
const WRITE_MS = 5_000;
/** After a connection that broke soon: longer than any that breaks again and does not count as good. */
const HELD_MS = GOOD_MS + 1_000;
/** Silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 10_000;

/**
 * A TCP connection to a device that is connected to again and again, less and less often, for as long as it is away. One that
 * closes connections soon counts as away, but for whoever tries it now.
 */
export function openTcpLine(parts: TcpLineParts): ByteLine {
  const { host, port, events, log = () => {}, after = afterMs, writeMs = WRITE_MS, random } = parts;
  const name = `${host}:${port}`;
  const oneAtATime = inTurn();
  const note = (state: LineState, why: { readonly why?: string }): void =>
    log(`tcp-${state}`, { device: name, ...why });
  const standing = lineStanding(events, note, { after, steadyMs: HELD_MS, ...(random && { random }) });
  let open: Socket | undefined;
  let callOff = (): void => {};

  const again = (next: 'unplugged' | 'refused', why: string): void => {
    if (standing.isOver) return;
    standing.become(next, why);
    callOff = after(standing.retryMs(), connect);
  };

  const connect = (): void => {
    const socket = connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    open = socket;
    const took = evenIntake(socket, after);
    let failure = 'the connection was closed';
    let refused = false;
    const callOffLimit = after(CONNECT_MS, () => {
      failure = 'it does not answer';
      socket.destroy();
    });
    socket.on('connect', () => {
      callOffLimit();
      standing.become('open');
    });
    socket.on('data', (chunk: Buffer) => {
      if (standing.isOver) return;
      events.bytes(Uint8Array.from(chunk));
      took(chunk.length);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.message;
      refused = error.code === 'ECONNREFUSED';
    });
    socket.on('close', () => {
      callOffLimit();
      if (open === socket) open = undefined;
      again(refused ? 'refused' : 'unplugged', failure);
    });
  };

  const send = async (bytes: Uint8Array): Promise<'written' | 'failed'> => {
    const socket = open;
    if (socket === undefined || standing.state !== 'open') return 'failed';
    const result = await withLimit(sent(socket, bytes), writeMs, after);
    // What it did not take would come out before the next message.
    if (result === 'late') socket.destroy();
    return result === 'written' && open === socket ? 'written' : 'failed';
  };

  const tryNow = async (): Promise<void> => {
    standing.believe();
    if (standing.isOver || standing.state === 'open') return;
    callOff();
    if (open === undefined) connect();
    const socket = open;
    await new Promise<void>((resolve) => {
      for (const end of ['connect', 'close']) socket?.once(end, resolve);
    });
  };

  connect();
  return {
    name,
    tryNow,
    get state() {
      return standing.state;
    },
    write: (bytes) => oneAtATime(() => send(bytes)),
    close: async () => {
      standing.end();
      callOff();
      const socket = open;
      open = undefined;
      socket?.destroy();
    },
  };
}

const sent = (socket: Socket, bytes: Uint8Array): Promise<'written' | 'failed'> =>
  new Promise((resolve) => {
    const closed = (): void => resolve('failed');
    socket.once('close', closed);
    socket.write(bytes, (error) => {
      socket.off('close', closed);
      resolve(error ? 'failed' : 'written');
    });
  });
