import { stat } from 'node:fs/promises';

/** Which device a path leads to now; undefined when to none. */
export async function deviceAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, rdev } = await stat(path);
    return `${dev}:${ino}:${rdev}`;
  } catch {
    return undefined;
  }
}
