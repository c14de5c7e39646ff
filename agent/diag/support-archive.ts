import { gzipSync } from 'node:zlib';
import { type Masked, scrub } from './scrub.ts';
import type { Source } from './sources.ts';
import { type TarFile, tarArchive } from './tar.ts';

/** What is in an archive, what was masked in it, and what could not be had. */
export interface Manifest {
  readonly kind: 'jdpos-diag/1';
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly masked: Masked }[];
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

const FOLDER = 'jdpos-diag';
/** Masking may bring two pieces of a number together, which is then looked at again. */
const MAX_ROUNDS = 5;

/**
 * Gathers the sources into a .tar.gz. Every text is scanned and masked before it is taken in; one that still holds something after
 * that is left out.
 * @param known secrets of this terminal, as they might be written
 */
export async function supportArchive(
  sources: readonly Source[],
  known: readonly string[],
  now: number,
): Promise<{ readonly archive: Uint8Array; readonly manifest: Manifest }> {
  const taken: (TarFile & { readonly masked: Masked })[] = [];
  const missing: { readonly name: string; readonly why: string }[] = [];
  for (const { name, read } of sources) {
    try {
      const { text, masked } = cleanText(await read(), known);
      taken.push({ name, bytes: new TextEncoder().encode(text), masked });
    } catch (error) {
      missing.push({ name, why: cleanText(error instanceof Error ? error.message : String(error), known).text });
    }
  }
  const files = taken.map(({ name, bytes, masked }) => ({ name, bytes: bytes.length, masked }));
  const manifest: Manifest = { kind: 'jdpos-diag/1', at: new Date(now).toISOString(), files, missing };
  const first = {
    name: 'manifest.json',
    bytes: new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  };
  const packed = [first, ...taken].map(({ name, bytes }) => ({ name: `${FOLDER}/${name}`, bytes }));
  return { archive: gzipSync(tarArchive(packed, Math.floor(now / 1000))), manifest };
}

function cleanText(text: string, known: readonly string[]): { readonly text: string; readonly masked: Masked } {
  let clean = scrub(text, known);
  const { masked } = clean;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    clean = scrub(clean.text, known);
    if (Object.keys(clean.masked).length === 0) return { text: clean.text, masked };
  }
  throw new Error('left out: it holds something that could not be masked');
}
