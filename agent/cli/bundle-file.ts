import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BundleError, readBundle, type WholeBundle } from '../../clearing/contract/index.ts';
import { CliError } from './cli-error.ts';

/**
 * Writes a bundle to a file that is not there yet: under another name first, synced, read back as the centre will read it,
 * and only then under its own. Throws CliError `file-exists`, `bad-file`, and what the system says.
 */
export async function writeBundle(
  path: string,
  lines: AsyncIterable<string | Uint8Array> | Iterable<string>,
): Promise<WholeBundle> {
  if (existsSync(path)) throw new CliError('file-exists', `${path} is there already`, 'Choose another name.');
  const draft = `${path}.part`;
  try {
    // Whatever an attempt before has left there; writing into a pipe would wait for its other end.
    await rm(draft, { force: true });
    await withFile(draft, 'wx', async (file) => {
      for await (const line of lines) await file.writeFile(line);
      await file.sync();
    });
    const bundle = await wholeBundle(draft);
    await rename(draft, path);
    await withFile(dirname(path), 'r', (folder) => folder.sync());
    return bundle;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function withFile(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

async function wholeBundle(path: string): Promise<WholeBundle> {
  try {
    const items = readBundle(createReadStream(path));
    for (;;) {
      const next = await items.next();
      if (next.done) return next.value;
    }
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    const next = 'Try again; if it happens again, take another stick, and look at the log of the daemon.';
    throw new CliError('bad-file', `what was written is not whole: ${error.message}`, next, { cause: error });
  }
}
