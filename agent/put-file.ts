import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './sync-folder.ts';

/** A file as it is to be. */
export interface WholeFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** Numbers of its owner and group; absent: whoever runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * Puts a file in its place, whole or not at all: whoever reads it, also after a power cut, finds what was there or the new text. A
 * folder that is not there is made. Throws what the system says, as EPERM where this user may not give the file its owner.
 * @param last called when the new file is on disk, before it takes the place; what it throws leaves everything as it was
 */
export function putFile({ path, text, mode, owner }: WholeFile, last: () => void = () => {}): void {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      // Owner first: changing it takes bits of the mode away.
      if (owner !== undefined) fchownSync(file, owner.uid, owner.gid);
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    last();
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Makes a folder that is not there, durably. */
export function makeFolder(path: string): void {
  if (mkdirSync(path, { recursive: true, mode: 0o755 }) !== undefined) syncFolder(dirname(path));
}
