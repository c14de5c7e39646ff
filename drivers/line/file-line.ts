import type { FileHandle } from 'node:fs/promises';
import { type After, afterMs, type DriverLog, inTurn } from '../driver-tools.ts';
import type { ByteLine, LineEvents, LineState } from './byte-line.ts';
import { deviceAt } from './device-at.ts';
import { failureOf, isNothingNow, openDeviceFile, readInTurns, TURN_MS } from './device-file.ts';

export interface FileLineParts {
  /** A character device, such as /dev/usb/lp0, or a named pipe, which carries bytes one way alone. */
  readonly path: string;
  readonly events: LineEvents;
  readonly log?: DriverLog;
  readonly after?: After;
  /** A device that takes nothing for so long is given up for this time. */
  readonly writeMs?: number;
}

const LOOK_MS = 250;
const LOOK_AGAIN_MS = 1_000;
const WRITE_MS = 5_000;
/** A device file that is opened without waiting, and looked for again when its device has gone. */
export function openFileLine({
  path,
  events,
  log = () => {},
  after = afterMs,
  writeMs = WRITE_MS,
}: FileLineParts): ByteLine {
  const oneAtATime = inTurn();
  let state: LineState = 'unplugged';
  let open: FileHandle | undefined;
  let device: string | undefined;
  let over = false;
  let callOffLook = (): void => {};
  let callOffRead = (): void => {};

  const become = (next: LineState, why?: string): void => {
    if (over || state === next) return;
    state = next;
    log(`device-file-${next}`, { path, ...(why !== undefined && { why }) });
    events.state(next, why);
  };
  const lost = (file: FileHandle, why: string): void => {
    if (open !== file) return;
    open = undefined;
    callOffRead();
    void file.close().catch(() => {});
    become('unplugged', why);
  };
  const pause = (): Promise<void> => new Promise((resolve) => after(TURN_MS, resolve));

  const look = async (): Promise<void> => {
    const found = await deviceAt(path);
    if (over) return;
    if (open !== undefined && found !== device) lost(open, 'the device file is another one now');
    if (open === undefined && found === undefined) become('unplugged');
    if (open === undefined && found !== undefined) await connect(found);
    if (!over) callOffLook = after(open === undefined ? LOOK_MS : LOOK_AGAIN_MS, () => void look());
  };
  const connect = async (found: string): Promise<void> => {
    const opened = await openDeviceFile(path);
    if ('failure' in opened) return become(opened.failure, opened.why);
    if (over) return void opened.file.close().catch(() => {});
    open = opened.file;
    device = found;
    become('open');
    if (!opened.readable) return;
    callOffRead = readInTurns(opened.file, after, {
      bytes: (chunk) => events.bytes(chunk),
      lost: (why) => lost(opened.file, why),
    });
  };

  const send = async (bytes: Uint8Array): Promise<'written' | 'failed'> => {
    const file = open;
    let late = false;
    const callOff = after(writeMs, () => {
      late = true;
    });
    let at = 0;
    while (file !== undefined && open === file && !late && at < bytes.length) {
      try {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
        at += bytesWritten;
        if (bytesWritten === 0) await pause();
      } catch (error) {
        if (isNothingNow(error)) await pause();
        else lost(file, failureOf(error));
      }
    }
    callOff();
    return file !== undefined && open === file && at === bytes.length ? 'written' : 'failed';
  };

  void look();
  return {
    name: path,
    get state() {
      return state;
    },
    write: (bytes) => oneAtATime(() => send(bytes)),
    close: async () => {
      over = true;
      callOffLook();
      callOffRead();
      const file = open;
      open = undefined;
      await file?.close().catch(() => {});
    },
  };
}
