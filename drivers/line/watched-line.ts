import { type After, inTurn } from '../driver-tools.ts';
import type { ByteLine, LineEvents } from './byte-line.ts';
import { deviceAt } from './device-at.ts';
import type { LineStanding } from './line-standing.ts';

/** A device file that is open. */
export interface Connection {
  /** Tells what comes in from now on, and `lost` when the device has gone. */
  listen(tell: Listener): void;
  /** One call after the other; never rejects. */
  write(bytes: Uint8Array): Promise<'written' | 'failed'>;
  /** Lets it go; what is being written fails. Never rejects. */
  close(): Promise<void>;
}

interface Listener {
  bytes(chunk: Uint8Array): void;
  lost(why: string): void;
}

export interface NotConnected {
  readonly failure: 'unplugged' | 'refused';
  /** What the system says. */
  readonly why: string;
}

interface WatchedLineParts {
  /** The device file. */
  readonly path: string;
  readonly events: Pick<LineEvents, 'bytes'>;
  readonly standing: LineStanding;
  readonly connect: () => Promise<Connection | NotConnected>;
  readonly after: After;
}

const LOOK_MS = 250;
const LOOK_AGAIN_MS = 1_000;

/**
 * A line to a device file that is looked for until `close`, and looked at while it is open, since not every unplugging is told:
 * gone, or another device's, it is let go and looked for again.
 */
export function watchedLine({ path, events, standing, connect, after }: WatchedLineParts): ByteLine {
  const oneAtATime = inTurn();
  let open: { readonly connection: Connection; readonly device: string } | undefined;
  let callOff = (): void => {};
  /** A device that could not be opened, or broke, is left alone for a while; another one, or the same plugged in again, is not. */
  let resting: string | undefined;
  let callOffRest = (): void => {};

  const rest = (device: string): void => {
    callOffRest();
    resting = device;
    callOffRest = after(standing.retryMs(), () => {
      resting = undefined;
    });
  };
  const lost = (gone: typeof open, why: string): void => {
    if (gone === undefined || open !== gone) return;
    open = undefined;
    void gone.connection.close();
    standing.become('unplugged', why);
    rest(gone.device);
  };
  const connectTo = async (device: string): Promise<void> => {
    const connection = await connect();
    if (standing.isOver) return 'failure' in connection ? undefined : connection.close();
    if ('failure' in connection) {
      rest(device);
      return standing.become(connection.failure, connection.why);
    }
    const mine = { connection, device };
    open = mine;
    standing.become('open');
    connection.listen({
      bytes: (chunk) => {
        if (open === mine) events.bytes(chunk);
      },
      lost: (why) => lost(mine, why),
    });
  };
  const away = (): void => {
    resting = undefined;
    standing.become('unplugged');
    standing.startAfresh();
  };
  const look = async (): Promise<void> => {
    const found = await deviceAt(path);
    if (standing.isOver) return;
    if (found !== open?.device) lost(open, 'the device file is another one now');
    if (found === undefined) away();
    else if (open === undefined && found !== resting) await connectTo(found);
    if (!standing.isOver) callOff = after(open === undefined ? LOOK_MS : LOOK_AGAIN_MS, () => void look());
  };
  const send = async (bytes: Uint8Array): Promise<'written' | 'failed'> => {
    const mine = open;
    const result = await mine?.connection.write(bytes);
    return result === 'written' && open === mine ? 'written' : 'failed';
  };

  void look();
  return {
    name: path,
    get state() {
      return standing.state;
    },
    write: (bytes) => oneAtATime(() => send(bytes)),
    close: async () => {
      standing.end();
      callOff();
      callOffRest();
      const gone = open;
      open = undefined;
      await gone?.connection.close();
    },
  };
}
