import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../database/errors.ts';
import { makeFolder, syncFolder } from '../database/make-file.ts';

/** Files that are written once and never changed. */
export interface ArchiveFolder {
  /** The file is there as a whole, on the disk, when it returns. Throws QueueError. */
  write(name: string, bytes: Uint8Array): void;
  /** Undefined when there is no such file. Throws QueueError when the disk does not give it. */
  read(name: string): Uint8Array | undefined;
}

const OWNER_ONLY = 0o600;

/** A folder of the disk; made when the first file is written. */
export function archiveFolder(path: string): ArchiveFolder {
  return {
    write(name, bytes) {
      try {
        writeWhole(path, name, bytes);
      } catch (error) {
        throw fileError('io-error', join(path, name), error);
      }
    },
    read(name) {
      try {
        return readFileSync(join(path, name));
      } catch (error) {
        if (isNotThere(error)) return undefined;
        throw fileError('bad-archive', join(path, name), error);
      }
    },
  };
}

/** Under another name first: a file with its right name is complete. */
function writeWhole(path: string, name: string, bytes: Uint8Array): void {
  makeFolder(path);
  const draft = join(path, `${name}.part`);
  try {
    writeDraft(draft, bytes);
    renameSync(draft, join(path, name));
  } catch (error) {
    // On a full disk, payments need what it takes.
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(path);
}

function writeDraft(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', OWNER_ONLY);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const NOT_THERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EISDIR'];
const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && NOT_THERE.includes(error.code);
