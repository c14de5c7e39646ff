import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFileSettings {
  readonly path: string;
  /** Of one file; a line is never cut in two. */
  readonly maxBytes: number;
  /** How many there are at most: `path`, `path.1` … */
  readonly files: number;
}

/** What the log is written to, a line at a time (pino's destination). */
export interface LogDestination {
  write(line: string): void;
}

/** After a failure nothing is tried for so many lines: a full disk is asked now and then. */
const LINES_BEFORE_RETRY = 64;

/**
 * A log that takes `files` times `maxBytes` of the disk at most. Never throws: a line that cannot be written is dropped, and the next
 * one that can be is preceded by how many were. The text is handed to the system and not synced: a payment does not wait for a log.
 * @param now for the line that tells of the dropped ones
 */
export function logFile(
  { path, maxBytes, files }: LogFileSettings,
  now: () => number,
): LogDestination & { close(): void } {
  let file: number | undefined;
  let bytes = 0;
  let dropped = 0;
  let restFor = 0;

  const shut = (): void => {
    const was = file;
    file = undefined;
    if (was !== undefined) quietly(() => closeSync(was));
  };
  const open = (): number => {
    if (file !== undefined) return file;
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    const opened = openSync(path, 'a', 0o640);
    bytes = fstatSync(opened).size;
    file = opened;
    return opened;
  };
  const rotate = (): void => {
    shut();
    for (let place = files - 1; place > 0; place--)
      quietly(() => renameSync(place === 1 ? path : `${path}.${place - 1}`, `${path}.${place}`));
    // What could not be moved away makes room all the same.
    rmSync(path, { force: true });
  };
  /** The whole line, or an error and nothing. */
  const put = (text: string): void => {
    const line = Buffer.from(text, 'utf8');
    let to = open();
    if (bytes > 0 && bytes + line.length > maxBytes) {
      rotate();
      to = open();
    }
    try {
      for (let at = 0; at < line.length; ) at += writeSync(to, line, at);
      bytes += line.length;
    } catch (error) {
      quietly(() => ftruncateSync(to, bytes));
      throw error;
    }
  };
  const droppedLine = (): string =>
    `${JSON.stringify({ level: 40, time: now(), name: 'jdpos', msg: 'log lines were dropped', dropped })}\n`;

  return {
    write(line) {
      if (restFor > 0 || Buffer.byteLength(line) > maxBytes) {
        restFor = Math.max(0, restFor - 1);
        dropped += 1;
        return;
      }
      try {
        if (dropped > 0) {
          put(droppedLine());
          dropped = 0;
        }
        put(line);
      } catch {
        dropped += 1;
        restFor = LINES_BEFORE_RETRY;
        shut();
      }
    },
    close: shut,
  };
}

/** One file that cannot be moved is no reason to stop the others. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
