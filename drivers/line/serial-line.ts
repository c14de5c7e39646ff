import { SerialPort } from 'serialport';
import { type After, afterMs, type DriverLog, inTurn, withLimit } from '../driver-tools.ts';
import type { ByteLine, LineEvents, LineState } from './byte-line.ts';
import { deviceAt } from './device-at.ts';

export interface SerialSettings {
  /** Device file. One below /dev/serial/by-path names the USB port and stays the same when the device is plugged in again. */
  readonly port: string;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
  readonly flow: 'none' | 'rts-cts' | 'xon-xoff';
}

export interface SerialLineParts {
  readonly settings: SerialSettings;
  readonly events: LineEvents;
  readonly log?: DriverLog;
  readonly after?: After;
  /** A device that takes nothing for so long is given up for this time. */
  readonly writeMs?: number;
}

const LOOK_MS = 250;
const LOOK_AGAIN_MS = 1_000;
const WRITE_MS = 5_000;
const CLOSE_MS = 1_000;

/**
 * A serial port under the package serialport, opened for this process alone. The package does not tell of every unplugging, so
 * the device file is looked at while the port is open: gone, or another device's, the port is closed and looked for again.
 */
export function openSerialLine({
  settings,
  events,
  log = () => {},
  after = afterMs,
  writeMs = WRITE_MS,
}: SerialLineParts): ByteLine {
  const { port: path } = settings;
  const queue = inTurn();
  let state: LineState = 'unplugged';
  let open: SerialPort | undefined;
  let device: string | undefined;
  let write: Write = async () => 'failed';
  let over = false;
  let callOff = (): void => {};

  const become = (next: LineState, why?: string): void => {
    if (over || state === next) return;
    state = next;
    log(`serial-${next}`, { port: path, ...(why !== undefined && { why }) });
    events.state(next, why);
  };
  const later = (ms: number): void => {
    if (!over) callOff = after(ms, () => void look());
  };
  const lost = (port: SerialPort, why: string): void => {
    if (open !== port) return;
    open = undefined;
    release(port);
    become('unplugged', why);
  };

  const look = async (): Promise<void> => {
    const found = await deviceAt(path);
    if (over) return;
    if (open !== undefined && found === device) return later(LOOK_AGAIN_MS);
    if (open !== undefined) lost(open, 'the device file is another one now');
    if (found === undefined) {
      become('unplugged');
      return later(LOOK_MS);
    }
    await connect(found);
    later(open === undefined ? LOOK_AGAIN_MS : LOOK_MS);
  };

  const connect = async (found: string): Promise<void> => {
    const port = newPort(settings);
    const failure = await opened(port);
    if (over || failure !== undefined) {
      release(port);
      if (failure !== undefined) become('refused', failure);
      return;
    }
    open = port;
    device = found;
    write = writerOf(port, writeMs, after);
    port.on('data', (chunk: Buffer) => {
      if (open === port && !over) events.bytes(taken(chunk));
    });
    port.on('close', () => lost(port, 'closed'));
    port.on('error', (error) => lost(port, error.message));
    become('open');
  };

  const send = async (bytes: Uint8Array): Promise<'written' | 'failed'> => {
    const port = open;
    if (port === undefined) return 'failed';
    const result = await write(bytes);
    return result === 'written' && open === port ? 'written' : 'failed';
  };

  void look();
  return {
    name: path,
    get state() {
      return state;
    },
    write: (bytes) => queue(() => send(bytes)),
    close: async () => {
      over = true;
      callOff();
      const port = open;
      open = undefined;
      if (port?.isOpen) await withLimit(new Promise<void>((done) => port.close(() => done())), CLOSE_MS, after);
    },
  };
}

function newPort({ port, baudRate, dataBits, parity, stopBits, flow }: SerialSettings): SerialPort {
  return new SerialPort({
    path: port,
    autoOpen: false,
    ...{ baudRate, dataBits, parity, stopBits },
    rtscts: flow === 'rts-cts',
    xon: flow === 'xon-xoff',
    xoff: flow === 'xon-xoff',
  });
}

/** Undefined when it is open; otherwise what the system says. */
const opened = (port: SerialPort): Promise<string | undefined> =>
  new Promise((resolve) => port.open((error) => resolve(error?.message)));

function release(port: SerialPort): void {
  port.removeAllListeners();
  port.on('error', () => {});
  if (port.isOpen) port.close(() => {});
}

/** A copy; the port's own buffer keeps nothing, since it may be a payment code. */
function taken(chunk: Buffer): Uint8Array {
  const bytes = Uint8Array.from(chunk);
  chunk.fill(0);
  return bytes;
}

type Write = (bytes: Uint8Array) => Promise<'written' | 'failed'>;

/** Writes to one port, one call after the other. */
function writerOf(port: SerialPort, writeMs: number, after: After): Write {
  let stuck: Promise<unknown> | undefined;
  return async (bytes) => {
    // Behind one that is stuck, others would only pile up, and all come out when nobody wants them any more.
    if (stuck !== undefined && (await withLimit(stuck, writeMs, after)) === 'late') return 'failed';
    const work = sent(port, bytes).finally(() => {
      stuck = undefined;
    });
    stuck = work;
    if ((await withLimit(work, writeMs, after)) === 'written') return 'written';
    // What it did not take would come out before the next message.
    port.flush(() => {});
    return 'failed';
  };
}

const sent = (port: SerialPort, bytes: Uint8Array): Promise<'written' | 'failed'> =>
  new Promise((resolve) => {
    const gone = (): void => resolve('failed');
    const done = (error: Error | null | undefined): void => {
      port.off('close', gone);
      resolve(error ? 'failed' : 'written');
    };
    port.once('close', gone);
    port.write(Buffer.from(bytes), (error) => {
      if (error) done(error);
      else port.drain(done);
    });
  });
