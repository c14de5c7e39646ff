import { chownSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { putFile, type WholeFile } from '../put-file.ts';
import { syncFolder } from '../sync-folder.ts';

/** What was put in place, and can be taken back. */
export interface Undo {
  /** Puts back what was there, last first. Goes on after a failure, and throws the first one at its end. */
  all(): void;
  readonly done: readonly string[];
}

/**
 * Puts files in place, one after the other, each whole or not at all: written beside its place, synced, renamed. What was there
 * stays as `.bak`. A process that is killed in between leaves every file old or new; the order makes each such state a terminal
 * that works. A failure takes back what was done, and is thrown.
 */
export function putInPlace(files: readonly WholeFile[], moved: () => (() => void) | undefined): Undo {
  const back: { readonly what: string; readonly undo: () => void }[] = [];
  const undo: Undo = {
    all() {
      const failures: unknown[] = [];
      for (const { undo: takeBack } of back.splice(0).reverse()) {
        try {
          takeBack();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
    get done() {
      return back.map(({ what }) => what);
    },
  };
  try {
    const moveBack = moved();
    if (moveBack !== undefined) back.push({ what: 'the state folder', undo: moveBack });
    for (const file of files) {
      const takeBack = replaceFile(file);
      if (takeBack !== undefined) back.push({ what: file.path, undo: takeBack });
    }
    return undo;
  } catch (error) {
    undo.all();
    throw error;
  }
}

/** How to take it back; undefined where the file is already as it is to be. */
function replaceFile(file: WholeFile): (() => void) | undefined {
  const { path, text } = file;
  const before = existing(path);
  if (before === text) return undefined;
  const backup = `${path}.bak`;
  putFile(file, () => {
    if (before === undefined) return;
    rmSync(backup, { force: true });
    linkSync(path, backup);
  });
  return () => {
    if (before === undefined) rmSync(path, { force: true });
    else renameSync(backup, path);
    syncFolder(dirname(path));
  };
}

const existing = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** Moves a folder; how to move it back. Nothing may stand in its place but an empty folder. */
export function moveFolder(from: string, to: string): () => void {
  const move = (source: string, target: string): void => {
    renameSync(source, target);
    for (const folder of new Set([dirname(source), dirname(target)])) syncFolder(folder);
  };
  const wasThere = existsSync(to) && statSync(to).isDirectory() ? statSync(to) : undefined;
  move(from, to);
  return () => {
    move(to, from);
    if (wasThere === undefined) return;
    mkdirSync(to, { mode: wasThere.mode & 0o7777 });
    chownSync(to, wasThere.uid, wasThere.gid);
  };
}
