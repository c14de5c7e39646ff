import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../sync-folder.ts';
import { CliError } from './cli-error.ts';

/** The text of a settings file; undefined when there is none yet. */
export function readSettingsFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of a new file: its group, which is that of the folder, may read it. */
const NEW_MODE = 0o640;

/**
 * Puts a text in the place of a settings file, whole or not at all: whoever reads it, also after a power cut, finds the old text or the
 * new one. Mode, owner and group stay; a link stays a link; a folder that is not there is made. Throws CliError `changed-meanwhile` when the file no longer holds `before`.
 */
export function replaceSettingsFile(path: string, text: string, before: string | undefined): void {
  const target = before === undefined ? path : realpathSync(path);
  const folder = dirname(target);
  if (mkdirSync(folder, { recursive: true, mode: 0o755 }) !== undefined) syncFolder(dirname(folder));
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      takeOver(
        file,
        before === undefined ? { ...owner(folder), uid: process.getuid?.() ?? 0, mode: NEW_MODE } : owner(target),
      );
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (readSettingsFile(target) !== before) {
      const next = 'Look at what it holds now, and try again.';
      throw new CliError('changed-meanwhile', `somebody else has changed ${path} meanwhile`, next);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const owner = (path: string): Owner => {
  const { uid, gid, mode } = statSync(path);
  return { uid, gid, mode: mode & 0o7777 };
};

/** Owner first: changing it takes bits of the mode away. Throws EPERM where this user may not give the file its owner. */
function takeOver(file: number, { uid, gid, mode }: Owner): void {
  fchownSync(file, uid, gid);
  fchmodSync(file, mode);
}
