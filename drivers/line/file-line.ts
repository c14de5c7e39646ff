import type { FileHandle } from 'node:fs/promises';
import { type After, afterMs, type DriverLog } from '../driver-tools.ts';
import type { ByteLine, LineEvents } from './byte-line.ts';
import { failureOf, isNothingNow, openDeviceFile, readInTurns, TURN_MS } from './device-file.ts';
import { lineStanding } from './line-standing.ts';
import { type Connection, type NotConnected, watchedLine } from './watched-line.ts';

export interface FileLineParts {
  /** A character device, such as /dev/usb/lp0, or a named pipe, which carries bytes one way alone. */
  readonly path: string;
  readonly events: LineEvents;
  readonly log?: DriverLog;
  readonly after?: After;
  /** A device that takes nothing for so long is given up for this time. */
  readonly writeMs?: number;
}

const WRITE_MS = 5_000;

/** A device file that is opened without waiting. */
export function openFileLine({
  path,
  events,
  log = () => {},
  after = afterMs,
  writeMs = WRITE_MS,
}: FileLineParts): ByteLine {
  return watchedLine({
    path,
    events,
    standing: lineStanding(events, (state, why) => log(`device-file-${state}`, { path, ...why }), { after }),
    connect: () => connect(path, writeMs, after),
    after,
  });
}

async function connect(path: string, writeMs: number, after: After): Promise<Connection | NotConnected> {
  const opened = await openDeviceFile(path);
  return 'failure' in opened ? opened : connectionTo(opened, writeMs, after);
}

interface OpenFile {
  readonly file: FileHandle;
  readonly readable: boolean;
}

function connectionTo({ file, readable }: OpenFile, writeMs: number, after: After): Connection {
  let closed = false;
  let lost = (_why: string): void => {};
  let callOffRead = (): void => {};
  const pause = (): Promise<void> => new Promise((resolve) => after(TURN_MS, resolve));
  return {
    listen(tell) {
      lost = tell.lost;
      if (readable) callOffRead = readInTurns(file, after, tell);
    },
    async write(bytes) {
      let late = false;
      const callOff = after(writeMs, () => {
        late = true;
      });
      let at = 0;
      while (!closed && !late && at < bytes.length) {
        try {
          const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
          at += bytesWritten;
          if (bytesWritten === 0) await pause();
        } catch (error) {
          if (isNothingNow(error)) await pause();
          else lost(failureOf(error));
        }
      }
      callOff();
      return at === bytes.length ? 'written' : 'failed';
    },
    async close() {
      closed = true;
      callOffRead();
      await file.close().catch(() => {});
    },
  };
}
