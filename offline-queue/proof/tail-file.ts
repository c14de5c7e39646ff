import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { fileError, QueueError } from '../database/errors.ts';
import { makeFile, readIfThere } from '../database/make-file.ts';

/** One sector: a power cut leaves the old one or the new one. */
const BYTES = 512;
/** More than any version has written. */
const MAX_BYTES = 4_096;

/** A small file beside the queue that is overwritten in place, and that the disk may take when it likes. */
export interface TailFile {
  /** Its text; undefined when there is no such file. Throws QueueError `cannot-open` for a link or a pipe, `io-error` when the disk does not give it. */
  read(): string | undefined;
  /** There, with this text, when it returns. Throws QueueError `io-error`, `disk-full` … */
  make(text: string): void;
  /** Without waiting for the disk: after a power cut an earlier text may be here. What does not work is left. */
  overwrite(text: string): void;
  close(): void;
}

export function tailFile(queuePath: string): TailFile {
  const path = `${queuePath}.tail`;
  let file: number | undefined;
  const put = (text: string): void => {
    file ??= openSync(path, 'r+');
    writeSync(file, text.padEnd(BYTES - 1).concat('\n'), 0);
  };
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    read() {
      try {
        const bytes = readIfThere(path, MAX_BYTES);
        return bytes && Buffer.from(bytes).toString('latin1');
      } catch (error) {
        throw error instanceof QueueError ? error : fileError('io-error', path, error);
      }
    },
    make(text) {
      // The one that was open may have been taken away.
      close();
      makeFile(path);
      try {
        put(text);
        if (file === undefined) return;
        // What was there may have been longer.
        ftruncateSync(file, BYTES);
        fsyncSync(file);
      } catch (error) {
        throw fileError('io-error', path, error);
      }
    },
    overwrite(text) {
      try {
        put(text);
      } catch {}
    },
    close,
  };
}
