import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Secret, toHex } from '../../emv/values/index.ts';
import { fileError, QueueError } from '../database/errors.ts';
import { makeFolder, syncFolder } from '../database/make-file.ts';
import { KEY_BYTES, type MasterKey, type Random, unwrapWith, wrapWith } from './master-key.ts';

const OWNER_ONLY = 0o600;
const ANYBODY_ELSE = 0o077;

/** Beside the key: the one that takes its place once the queue's data key is wrapped by it. */
const NEXT = '.next';

/**
 * The master key in a file that its owner alone may touch: 32 bytes, made when the queue first needs them, and read when they
 * are needed. Throws QueueError `key-file` when the file is open to others, of another length or no file.
 * @param random absent: for reading only, nothing is made
 */
export function loadMasterKey(path: string, random?: Random): MasterKey {
  const next = `${path}${NEXT}`;
  let wrapping = path;
  return {
    wrap(name, key) {
      if (random === undefined) throw new QueueError('read-only');
      return withKey(wrapping, random, (master) => wrapWith(master, random, name, key)) as Uint8Array;
    },
    unwrap(name, wrapped) {
      for (const file of [path, next]) {
        const key = withKey(file, undefined, (master) => unwrapWith(master, name, wrapped));
        if (key === undefined) continue;
        wrapping = file;
        return { key, current: true };
      }
      return undefined;
    },
    renew() {
      if (random === undefined) throw new QueueError('read-only');
      inFile(path, () => {
        // Left by a rotation that did not get as far as to use it.
        rmSync(next, { force: true });
        makeKey(next, random);
      });
      wrapping = next;
      return true;
    },
    destroy() {
      if (wrapping !== next) return;
      inFile(path, () => putInPlace(next, path));
      wrapping = path;
    },
  };
}

/** Undefined when there is no such file and none is to be made. */
function withKey<T>(path: string, make: Random | undefined, work: (master: Secret) => T): T | undefined {
  const master = inFile(path, () => readKey(path) ?? (make && makeKey(path, make)));
  if (master === undefined) return undefined;
  try {
    return work(master);
  } finally {
    master.wipe();
  }
}

function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
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

function openIfThere(path: string, access = constants.O_RDONLY): number | undefined {
  try {
    // A link could lead to a file that somebody else has prepared; a pipe would have everything wait for its other end.
    return openSync(path, access | constants.O_NOFOLLOW | constants.O_NONBLOCK);
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

/** The key before is overwritten first: what a disk keeps of it in spite of that, its wrapped bytes are erased as well. */
function putInPlace(next: string, path: string): void {
  const old = openIfThere(path, constants.O_WRONLY);
  if (old !== undefined) {
    try {
      writeSync(old, new Uint8Array(KEY_BYTES));
      fsyncSync(old);
    } finally {
      closeSync(old);
    }
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}
