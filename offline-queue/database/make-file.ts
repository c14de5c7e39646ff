import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileError } from './errors.ts';

/**
 * Made here and not by SQLite, so that nobody else may ever read it; SQLite gives its side files the same mode. Its name, and
 * those of the folders on the way to it, have reached the disk.
 */
export function makeFile(path: string): void {
  try {
    makeFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
    syncFolder(dirname(path));
  } catch (error) {
    throw fileError('cannot-open', path, error);
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
