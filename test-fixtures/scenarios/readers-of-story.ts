import { describe } from 'vitest';
import { missingForVirtualReader } from '../reader/index.ts';

/**
 * Tells a story over PC/SC, where this machine has it; where it has not, PC/SC is told as skipped and the story goes over the reader in
 * process. What is the reader's own, main-story.real.test.ts tells over both.
 */
export function overReader(
  what: string,
  missing: readonly string[],
  tell: (reader: 'pcsc' | 'in-process', skipped: boolean) => void,
): void {
  const withoutPcsc = missingForVirtualReader();
  const lacking = [...missing, ...withoutPcsc];
  if (lacking.length > 0) console.warn(`${what} over pcsc is skipped; missing: ${lacking.join(', ')}`);
  describe(`${what} over pcsc`, () => tell('pcsc', lacking.length > 0));
  if (withoutPcsc.length > 0) describe(`${what} over in-process`, () => tell('in-process', missing.length > 0));
}
