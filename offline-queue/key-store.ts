import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Secret, toHex } from '../emv/values/index.ts';
import { fileError, QueueError } from './errors.ts';
import { makeFolder, syncFolder } from './make-file.ts';
import type { Random } from './sealing.ts';

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
const ANYBODY_ELSE = 0o077;

/**
 * The terminal's storage master key: 32 bytes in a file that its owner alone may touch. Made when there is none. The queue's
 * data key is wrapped by it, so that whoever has a copy of the queue file alone can read nothing sealed. Throws QueueError
 * `key-file` when the file is open to others, of another length or no file.
 */
export function loadMasterKey(path: string, random: Random): Secret {
  try {
    return readKey(path) ?? makeKey(path, random);
  } catch (error) {
    throw error instanceof QueueError ? error : fileError('key-file', path, error);
  }
}

function readKey(path: string): Secret | undefined {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new QueueError('key-file', `${path} is no file`);
    if ((stat.mode & ANYBODY_ELSE) !== 0) throw new QueueError('key-file', `others may read or write ${path}`);
    if (stat.size !== KEY_BYTES) throw new QueueError('key-file', `${path} has ${stat.size} bytes`);
    return new Secret(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    // A link could lead to a file that somebody else has prepared.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Under another name first: a key is there as a whole, on the disk, or not at all; and never in place of another. */
function makeKey(path: string, random: Random): Secret {
  makeFolder(dirname(path));
  const key = random(KEY_BYTES);
  const draft = `${path}.${toHex(random(4))}`;
  try {
    writeDraft(draft, key);
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    syncFolder(dirname(path));
  } catch (error) {
    // Nothing is sealed under it yet; a key that a power cut may take back must not be used.
    rmSync(path);
    throw error;
  }
  return new Secret(key);
}

function writeDraft(path: string, key: Uint8Array): void {
  const file = openSync(path, 'wx', OWNER_ONLY);
  try {
    fchmodSync(file, OWNER_ONLY);
    writeFileSync(file, key);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
