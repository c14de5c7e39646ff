import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, putFile, type WholeFile } from '../put-file.ts';
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
  putFile({ path: target, text, ...(before === undefined ? ownerOfNew(dirname(target)) : ownerOf(target)) }, () => {
    if (readSettingsFile(target) === before) return;
    const next = 'Look at what it holds now, and try again.';
    throw new CliError('changed-meanwhile', `somebody else has changed ${path} meanwhile`, next);
  });
}

type Belongs = Pick<WholeFile, 'mode'> & Required<Pick<WholeFile, 'owner'>>;

const ownerOf = (path: string): Belongs => {
  const { uid, gid, mode } = statSync(path);
  return { owner: { uid, gid }, mode: mode & 0o7777 };
};

function ownerOfNew(folder: string): Belongs {
  makeFolder(folder);
  return { owner: { uid: process.getuid?.() ?? 0, gid: statSync(folder).gid }, mode: NEW_MODE };
}
