import { purseParameters } from '../../../clearing/contract/index.ts';
import { decodePurseIntent, encodePurseIntent, type PursePurchaseIntent } from '../../../emv/purse/index.ts';
import { concat } from '../../../emv/values/index.ts';
import { parseJson } from '../../json.ts';
import type { PurseTerms } from './terms.ts';

/** What is kept of a purchase that a purse may have paid. */
export interface StoredPurseIntent {
  readonly intent: PursePurchaseIntent;
  /** Under which it was begun: the parameters may have changed when its card comes back. */
  readonly terms: PurseTerms;
}

/** First byte: W, apart from the kernel's intents (1 …) and the bare ones of the purse (P, L). */
const PURSE = 0x57;
const HEADER_BYTES = 2;

/** W, length of the intent 1, the intent (emv/purse), its terms as JSON in UTF-8. To be sealed: it holds the card's number. */
export function encodeStoredPurse({ intent, terms }: StoredPurseIntent): Uint8Array {
  const bytes = encodePurseIntent(intent);
  return concat(Uint8Array.of(PURSE, bytes.length), bytes, new TextEncoder().encode(JSON.stringify(terms)));
}

/** Undefined for anything else, intents of the kernel included. Never throws. */
export function decodeStoredPurse(content: Uint8Array): StoredPurseIntent | undefined {
  const [kind, length = 0] = content;
  if (kind !== PURSE) return undefined;
  const end = HEADER_BYTES + length;
  const intent = decodePurseIntent(content.subarray(HEADER_BYTES, end));
  const terms = purseParameters.safeParse(parseJson(new TextDecoder().decode(content.subarray(end))));
  return intent?.path === 'purse-purchase' && terms.success ? { intent, terms: terms.data } : undefined;
}
