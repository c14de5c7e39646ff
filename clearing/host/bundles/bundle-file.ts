import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleReceipt } from '../../contract/index.ts';
import type { HostContext } from '../context.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import { assertSealed, importBundle, knownHolder } from './import-bundle.ts';

/** About two hundred thousand records. */
export const MAX_BUNDLE_BYTES = 512 * 1024 * 1024;

/** Imports a file that an operator has at hand. Throws what the system says of it, and `bad-bundle`. */
export async function importBundleFile(context: HostContext, path: string): Promise<BundleReceipt> {
  // It is read twice, which a pipe cannot be.
  if (!(await stat(path)).isFile()) throw clearingProblem('bad-bundle', { detail: `${path} is no file` });
  return importBundle(context, () => createReadStream(path));
}

/** Imports what a request brings: put aside first, since nothing of it counts before all of it has come. */
export async function importBundleStream(context: HostContext, body: Readable): Promise<BundleReceipt> {
  const folder = await mkdtemp(join(tmpdir(), 'jdpos-bundle-'));
  try {
    const path = join(folder, 'bundle');
    const known = (chunks: AsyncIterable<Uint8Array>) => ofKnownTerminal(context, chunks);
    await pipeline(body, atMost(MAX_BUNDLE_BYTES), known, createWriteStream(path, { mode: 0o600 }));
    return await importBundleFile(context, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function atMost(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      left -= chunk.length;
      if (left >= 0) done(null, chunk);
      else done(clearingProblem('bad-bundle', { detail: `a bundle has ${bytes} bytes at most` }));
    },
  });
}

const LINE_FEED = 0x0a;
/** Digest and head. */
const MAX_FIRST_LINE_BYTES = 1_024;
/** Reversals, and the longest batch there is. */
const MAX_UNSEALED_BYTES = 20 * 1024 * 1024;

/** Passes a bundle on once its first line names a terminal of ours, and no long one without its seal: nobody else fills the disk. */
async function* ofKnownTerminal(
  context: HostContext,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let begun: Uint8Array[] | undefined = [];
  let bytes = 0;
  let terminal: Terminal | undefined;
  for await (const chunk of chunks) {
    if (begun !== undefined) {
      begun.push(chunk);
      bytes += chunk.length;
      terminal ??= await namedIn(context, begun, bytes);
      if (terminal !== undefined && bytes > MAX_UNSEALED_BYTES) {
        await assertSealed(terminal, begun);
        begun = undefined;
      }
    }
    yield chunk;
  }
}

/** Undefined while the first line may still go on. */
async function namedIn(
  context: HostContext,
  begun: readonly Uint8Array[],
  bytes: number,
): Promise<Terminal | undefined> {
  const first = Buffer.concat(begun).subarray(0, MAX_FIRST_LINE_BYTES);
  const end = first.indexOf(LINE_FEED);
  if (end < 0 && bytes < MAX_FIRST_LINE_BYTES) return undefined;
  return knownHolder(context, first.subarray(0, Math.max(end, 0)));
}
