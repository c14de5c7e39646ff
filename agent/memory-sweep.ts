import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** More than both halves of V8's young generation: what was in them before is written over. */
const YOUNG_GENERATION_BYTES = 48 * 1024 * 1024;
const MATCHES = /nothing/;
/** Small enough to be put there. */
const PIECE_WORDS = 4_000;

/**
 * Overwrites what dead objects have left in this process's memory: PANs in strings, records of cards, pieces of requests. V8
 * zeroes what it frees from now on; a sweep makes it free everything, and takes a tenth of a second of CPU time. What is freed
 * outside V8 (Buffers, the copies that crypto and PC/SC make) is overwritten by glibc, where the environment tells it to (GLIBC_TUNABLES).
 */
export function memorySweeper(): () => void {
  setFlagsFromString('--clear-free-memory');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    // The engine keeps the text that was matched last (RegExp.input), which may have been a PAN.
    MATCHES.test('nothing');
    collect();
    for (let written = 0; written < YOUNG_GENERATION_BYTES; written += 8 * PIECE_WORDS) new Array(PIECE_WORDS);
    collect();
  };
}

/** Does glibc overwrite what is freed, at once and every time? Its caches of freed pieces are exempt unless they are off. */
export const overwritesFreed = (tunables: string | undefined): boolean =>
  /(^|:)glibc\.malloc\.perturb=[1-9]/.test(tunables ?? '') && /(^|:)glibc\.malloc\.tcache_count=0/.test(tunables ?? '');
