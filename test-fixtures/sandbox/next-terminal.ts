import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sandbox's own terminal is T0000001. */
const FIRST = 2;

/** The next name for a terminal of the centre whose folder this is: T0000002, T0000003, and so on, also after a restart. */
export function nextTerminal(centre: string): string {
  const path = join(centre, 'next-terminal');
  const next = numberIn(path) ?? FIRST;
  writeFileSync(path, `${next + 1}\n`);
  return `T${String(next).padStart(7, '0')}`;
}

function numberIn(path: string): number | undefined {
  try {
    const [digits] = /^[0-9]{1,7}$/.exec(readFileSync(path, 'utf8').trim()) ?? [];
    return digits === undefined ? undefined : Number(digits);
  } catch {
    return undefined;
  }
}
