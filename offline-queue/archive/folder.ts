import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { QueueError } from '../errors.ts';

/** Files that are written once and never changed. */
export interface ArchiveFolder {
  /** The file is there as a whole, on the disk, when it returns. Throws QueueError. */
  write(name: string, bytes: Uint8Array): void;
  /** Undefined when there is no such file, or it cannot be read. */
  read(name: string): Uint8Array | undefined;
}

const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const;

/** A folder of the disk; made when the first file is written. */
export function archiveFolder(path: string): ArchiveFolder {
  return {
    write(name, bytes) {
      try {
        writeWhole(path, name, bytes);
      } catch (error) {
        throw new QueueError(isFull(error) ? 'disk-full' : 'io-error', join(path, name), { cause: error });
      }
    },
    read(name) {
      try {
        return readFileSync(join(path, name));
      } catch {
        return undefined;
      }
    },
  };
}

/** Under another name first: a file with its right name is complete. */
function writeWhole(path: string, name: string, bytes: Uint8Array): void {
  if (mkdirSync(path, { recursive: true, mode: OWNER_ONLY.folder }) !== undefined) syncFolder(dirname(path));
  const draft = join(path, `${name}.part`);
  const file = openSync(draft, 'w', OWNER_ONLY.file);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(path, name));
  syncFolder(path);
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];
const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && FULL.includes(error.code);
