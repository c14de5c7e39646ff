import { closeSync, existsSync, fstatSync, fsyncSync, lstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileError, QueueError } from './errors.ts';

/**
 * Made here and not by SQLite, so that nobody else may ever read it; SQLite gives its side files the same mode. Its name, and
 * those of the folders on the way to it, have reached the disk.
 */
export function makeFile(path: string): void {
  try {
    requireFile(path);
    makeFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
    syncFolder(dirname(path));
  } catch (error) {
    throw error instanceof QueueError ? error : fileError('cannot-open', path, error);
  }
}

/**
 * Beside a link, SQLite keeps its log where the link leads, and the lock that keeps a second agent away lies here; a pipe would have
 * everything wait for its other end. Throws QueueError `cannot-open`.
 */
export function requireFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() ?? true) return;
  throw new QueueError(
    'cannot-open',
    `${path} is a link or no file: move it away and put the file back; its folder may be a link`,
  );
}

/**
 * Reads it, `maxBytes` at most: another hand may have made it as long as it likes. Undefined when there is none. Throws QueueError
 * `cannot-open` as `requireFile`, and what the system says.
 */
export function readIfThere(path: string, maxBytes: number): Uint8Array | undefined {
  requireFile(path);
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(Math.min(maxBytes, fstatSync(file).size));
    let length = 0;
    for (let read = -1; read !== 0; length += read) read = readSync(file, bytes, length, bytes.length - length, length);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder, and those above it, for the owner alone. Throws what the system says. */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  const topmost = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (topmost === undefined) return;
  for (let at = folder; at.length >= topmost.length; at = dirname(at)) syncFolder(dirname(at));
}

/** A file is there after a power cut only once the folder that names it has reached the disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
