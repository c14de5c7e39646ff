import { SerialPort } from 'serialport';
import { type After, afterMs, type DriverLog, withLimit } from '../driver-tools.ts';
import type { ByteLine, LineEvents } from './byte-line.ts';
import { evenIntake } from './even-intake.ts';
import { lineStanding } from './line-standing.ts';
import { type Connection, type NotConnected, watchedLine } from './watched-line.ts';

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

const WRITE_MS = 5_000;
const CLOSE_MS = 1_000;
/** What the port reads ahead of its listener: of a device that floods, little that is old. */
const AHEAD_BYTES = 4_096;

/** A serial port under the package serialport, opened for this process alone. */
export function openSerialLine({
  settings,
  events,
  log = () => {},
  after = afterMs,
  writeMs = WRITE_MS,
}: SerialLineParts): ByteLine {
  const { port: path } = settings;
  return watchedLine({
    path,
    events,
    standing: lineStanding(events, (state, why) => log(`serial-${state}`, { port: path, ...why }), { after }),
    connect: () => connect(settings, writeMs, after),
    after,
  });
}

async function connect(settings: SerialSettings, writeMs: number, after: After): Promise<Connection | NotConnected> {
  const port = newPort(settings);
  const why = await opened(port);
  // What goes wrong with one that is let go is nobody's any more.
  port.on('error', () => {});
  if (why !== undefined) return { failure: 'refused', why };
  let lost = (_why: string): void => {};
  return {
    listen(tell) {
      lost = tell.lost;
      const took = evenIntake(port, after);
      port.on('data', (chunk: Buffer) => {
        tell.bytes(taken(chunk));
        took(chunk.length);
      });
      port.on('close', () => lost('closed'));
      port.on('error', (error) => lost(error.message));
    },
    write: writerOf(port, writeMs, after, (why) => lost(why)),
    close: async () => {
      if (port.isOpen) await withLimit(new Promise<void>((done) => port.close(() => done())), CLOSE_MS, after);
    },
  };
}

function newPort({ port, baudRate, dataBits, parity, stopBits, flow }: SerialSettings): SerialPort {
  return new SerialPort({
    path: port,
    autoOpen: false,
    highWaterMark: AHEAD_BYTES,
    ...{ baudRate, dataBits, parity, stopBits },
    rtscts: flow === 'rts-cts',
    xon: flow === 'xon-xoff',
    xoff: flow === 'xon-xoff',
  });
}

/** Undefined when it is open; otherwise what the system says. */
const opened = (port: SerialPort): Promise<string | undefined> =>
  new Promise((resolve) => port.open((error) => resolve(error?.message)));

/** A copy; the port's own buffer keeps nothing, since it may be a payment code. */
function taken(chunk: Buffer): Uint8Array {
  const bytes = Uint8Array.from(chunk);
  chunk.fill(0);
  return bytes;
}

/**
 * Writes to one port, one call after the other.
 *
 * @param broke the port has refused, or its wait for the last byte has: it may know of a pulled device before its reading does
 */
function writerOf(port: SerialPort, writeMs: number, after: After, broke: (why: string) => void): Connection['write'] {
  let stuck: Promise<unknown> | undefined;
  return async (bytes) => {
    // Behind one that is stuck, others would only pile up, and all come out when nobody wants them any more.
    if (stuck !== undefined && (await withLimit(stuck, writeMs, after)) === 'late') return 'failed';
    const work = sent(port, bytes, broke).finally(() => {
      stuck = undefined;
    });
    stuck = work;
    if ((await withLimit(work, writeMs, after)) === 'written') return 'written';
    // What it did not take would come out before the next message.
    port.flush(() => {});
    return 'failed';
  };
}

const sent = (port: SerialPort, bytes: Uint8Array, broke: (why: string) => void): Promise<'written' | 'failed'> =>
  new Promise((resolve) => {
    // A copy of its own, wiped in the end: in the pool of small Buffers a card number on its way to a PIN pad would stay.
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    copy.set(bytes);
    const end = (result: 'written' | 'failed'): void => {
      copy.fill(0);
      resolve(result);
    };
    const gone = (): void => end('failed');
    const done = (error: Error | null | undefined): void => {
      port.off('close', gone);
      if (error) broke(error.message);
      end(error ? 'failed' : 'written');
    };
    port.once('close', gone);
    port.write(copy, (error) => {
      if (error) done(error);
      else port.drain(done);
    });
  });
