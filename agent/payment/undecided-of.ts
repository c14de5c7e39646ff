import type { Ending } from './decide.ts';
import { undecidedPurse } from './purse/endings.ts';
import { decodeStoredPurse } from './purse/stored-intent.ts';
import type { Reason } from './reason.ts';
import type { Kernel } from './tools.ts';
import { undecided } from './undecided.ts';

/** A payment that nobody waits for any longer and whose card may have paid, whatever kind of card it is. */
export function undecidedOf(
  content: Uint8Array,
  why: Reason,
  kernel: Pick<Kernel, 'decodeIntent' | 'describeIntent'>,
): { readonly ending: Ending; readonly readable: boolean } {
  const purse = decodeStoredPurse(content);
  if (purse) return { ending: undecidedPurse(purse, why), readable: true };
  const intent = kernel.decodeIntent(content);
  return { ending: undecided(intent, why, kernel), readable: intent !== undefined };
}
