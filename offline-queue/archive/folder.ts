import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../database/errors.ts';
import { makeFolder, syncFolder } from '../database/make-file.ts';

/** Files that are written once and never changed. */
export interface ArchiveFolder {
  /** The file is there as a whole, on the disk, when it returns. Throws QueueError. */
  write(name: string, bytes: Uint8Array): void;
  /** Undefined when no such file is there. Throws QueueError when the disk does not give it. */
  read(name: string): Uint8Array | undefined;
}

const OWNER_ONLY = 0o600;
/** One that is longer is none of the queue's: what is written has 200 KB or so. */
const MAX_BYTES = 64 * 1024 * 1024;

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
      const file = join(path, name);
      try {
        // A pipe would have everything wait for its other end.
        const found = statSync(file, { throwIfNoEntry: false });
        return found?.isFile() && found.size <= MAX_BYTES ? readFileSync(file) : undefined;
      } catch (error) {
        throw fileError('bad-archive', file, error);
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
