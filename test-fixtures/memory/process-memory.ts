import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Bytes that must not be found, by a name that says in which form. */
export type Planted = readonly (readonly [name: string, bytes: Buffer])[];

const PIECE_BYTES = 4 * 1024 * 1024;
/** No planted bytes are longer: what begins in one piece is seen whole. */
const OVERLAP_BYTES = 64;

/**
 * Reads all that a process may read of its own memory (/proc/PID/mem: what a core would hold) and tells which of the planted
 * bytes are in it.
 */
export function foundInMemory(pid: number, planted: Planted): readonly string[] {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const [start, end] of readableRanges(pid)) {
      for (let at = start; at < end; at += PIECE_BYTES) {
        const piece = readPiece(memory, at, Math.min(PIECE_BYTES + OVERLAP_BYTES, end - at));
        for (const name of foundIn(piece, planted)) found.add(name);
      }
    }
  } finally {
    closeSync(memory);
  }
  return [...found].sort();
}

export const foundIn = (bytes: Buffer, planted: Planted): readonly string[] =>
  planted.filter(([, one]) => bytes.includes(one)).map(([name]) => name);

function readableRanges(pid: number): readonly (readonly [number, number])[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, start, end, name] = /^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
    // Pages of the kernel, which nobody can read this way.
    if (start === undefined || end === undefined || name === '[vvar]' || name === '[vsyscall]') return [];
    return [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const];
  });
}

/** What was unmapped meanwhile is no longer there to be found. */
function readPiece(memory: number, at: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  try {
    return piece.subarray(0, readSync(memory, piece, 0, length, at));
  } catch {
    return piece.subarray(0, 0);
  }
}
