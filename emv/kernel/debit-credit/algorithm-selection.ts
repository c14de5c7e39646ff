import { TAG } from '../../dictionary/index.ts';
import { keepsToAlgorithms, type UsedAlgorithms } from '../algorithm-selection.ts';
import { SECTION } from '../explain.ts';
import { splitDol } from '../terminal-data.ts';
import type { CardRead } from './read-card.ts';

/** DF69 as the card was told it: the CDOL1's values, once it has them, count more than the PDOL's. */
function smTold({ application, pdolValues, cdol1 }: CardRead, cdol1Values: Uint8Array | undefined) {
  const later = cdol1Values && splitDol(cdol1, cdol1Values)?.get(TAG.smSupport);
  return later ?? splitDol(application.pdol, pdolValues)?.get(TAG.smSupport);
}

/**
 * Does the card keep to the algorithms it was told (JR/T 0025.17 §10)? `used`: what is known of them so far; `cdol1Values`: as
 * sent in the first GENERATE AC, when that has been asked.
 */
export function keepsToTold(card: CardRead, used: UsedAlgorithms, cdol1Values?: Uint8Array): boolean {
  const keeps = keepsToAlgorithms(smTold(card, cdol1Values), used);
  if (!keeps) {
    const text = 'The card mixes SM with international algorithms, or uses what it was not told';
    card.input.explain?.({ section: SECTION.algorithms, text });
  }
  return keeps;
}
