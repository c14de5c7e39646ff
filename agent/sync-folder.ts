import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A name is there after a power cut only once the folder that holds it has reached the disk. Throws what the system says. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
