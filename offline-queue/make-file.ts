import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { QueueError } from './errors.ts';

/** Made here and not by SQLite, so that nobody else may ever read it; SQLite gives its side files the same mode. */
export function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new QueueError('cannot-open', path, { cause: error });
  }
}
