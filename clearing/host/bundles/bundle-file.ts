import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleReceipt } from '../../contract/index.ts';
import type { HostContext } from '../context.ts';
import { clearingProblem } from '../problems.ts';
import { assertKnownHead, importBundle } from './import-bundle.ts';

/** About two hundred thousand records. */
export const MAX_BUNDLE_BYTES = 512 * 1024 * 1024;

/** Imports a file that an operator has at hand. Throws what the system says of it, and `bad-bundle`. */
export const importBundleFile = (context: HostContext, path: string): Promise<BundleReceipt> =>
  importBundle(context, () => createReadStream(path));

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

/** Passes a bundle on once its first line names a terminal of ours: nobody else fills the disk. */
async function* ofKnownTerminal(
  context: HostContext,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let first: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (first !== undefined) {
      first = Buffer.concat([first, chunk]);
      const end = first.subarray(0, MAX_FIRST_LINE_BYTES).indexOf(LINE_FEED);
      if (end >= 0 || first.length >= MAX_FIRST_LINE_BYTES) {
        await assertKnownHead(context, first.subarray(0, Math.max(end, 0)));
        first = undefined;
      }
    }
    yield chunk;
  }
}
