import { constants } from 'node:fs';
import { type FileHandle, open as openFile, stat } from 'node:fs/promises';
import type { After } from '../driver-tools.ts';

/** Node cannot wait for a device file, so it is read and written in turns of so long. */
export const TURN_MS = 20;
const READ_BYTES = 4_096;
const NOTHING_NOW = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);
/** What a read gives of a device that cannot be read: a printer without a way back (usblp gives EINVAL). */
const NOT_READABLE = new Set(['EINVAL', 'EBADF']);
const NOBODY_THERE = new Set(['ENOENT', 'ENXIO', 'ENODEV', 'EIO']);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Try again later. */
export const isNothingNow = (error: unknown): boolean => NOTHING_NOW.has(codeOf(error));

/** What the system says. */
export const failureOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Opened =
  | { readonly file: FileHandle; readonly readable: boolean }
  | { readonly failure: 'unplugged' | 'refused'; readonly why: string };

/** A character device both ways where it allows that; a pipe for writing, since one would read what one has written. */
export async function openDeviceFile(path: string): Promise<Opened> {
  const { O_RDWR, O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const found = await stat(path);
    if (!found.isCharacterDevice() && !found.isFIFO()) return { failure: 'refused', why: 'it is no device file' };
    if (found.isCharacterDevice()) {
      const file = await openFile(path, O_RDWR | O_NONBLOCK | O_NOCTTY).catch(() => undefined);
      if (file !== undefined) return { file, readable: true };
    }
    return { file: await openFile(path, O_WRONLY | O_NONBLOCK | O_NOCTTY), readable: false };
  } catch (error) {
    return { failure: NOBODY_THERE.has(codeOf(error)) ? 'unplugged' : 'refused', why: failureOf(error) };
  }
}

/** Tells what comes in until it is called off; `lost` once, when the device has gone. */
export function readInTurns(
  file: FileHandle,
  after: After,
  tell: { bytes(chunk: Uint8Array): void; lost(why: string): void },
): () => void {
  const buffer = new Uint8Array(READ_BYTES);
  let over = false;
  let callOff = (): void => {};
  const readOn = async (): Promise<void> => {
    try {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
      if (over) return;
      if (bytesRead > 0) tell.bytes(buffer.slice(0, bytesRead));
    } catch (error) {
      if (over || NOT_READABLE.has(codeOf(error))) return;
      if (!isNothingNow(error)) return tell.lost(failureOf(error));
    }
    callOff = after(TURN_MS, () => void readOn());
  };
  void readOn();
  return () => {
    over = true;
    callOff();
  };
}
