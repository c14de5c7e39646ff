import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../emv/kernel/index.ts';
import { concat, hex, toHex } from '../../emv/values/index.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { liveEntry } from './live-card.ts';
import type { TapCard } from './transcript.ts';
import { FRIENDLY_WORLD } from './world.ts';

const entry = liveEntry();

fuzzSuite('an enemy between terminal and card', [[fuzzerOf(entry), 200]]);

/** PDOL of the tray's cards, and one that asks for the amount once more, in eight bytes, and for no currency. */
const PDOL = '9F38189F66049F02069F03069F1A0295055F2A029A039C019F3704';
const DOUBLE_PDOL = '9F381B9F66049F02069F03069F1A0295055F2A009A039C019F37049F0208';

/**
 * 101.56 in eight bytes is 000000000001 0156: with no currency behind it, that is one fen in six bytes and the currency. A card
 * that is told to pay one fen signs the same bytes as one that pays 101.56.
 */
const shifting = (card: TapCard): TapCard => {
  return (command) => {
    const asked = toHex(command);
    if (command[1] === 0xa4) {
      const fci = card(command);
      if (fci === 'torn' || !toHex(fci).includes(PDOL)) return fci;
      const longer = toHex(fci).replace(PDOL, DOUBLE_PDOL);
      // The two templates around it are three bytes longer.
      return hex(
        longer.replace(/^6F(..)(.*?)A5(..)/, (_, all, name, inner) => `6F${plus3(all)}${name}A5${plus3(inner)}`),
      );
    }
    if (command[1] !== 0xa8) return card(command);
    const unpredictable = asked.slice(-26, -18);
    const cheap = `80A80000238321 26000080 000000000001 000000000000 0156 0000000000 0156 250601 00 ${unpredictable} 00`;
    return card(hex(cheap));
  };
};

const plus3 = (length: string): string => (Number.parseInt(length, 16) + 3).toString(16).padStart(2, '0');

describe('a card that is told less than the terminal asks for', () => {
  const nth = entry.genuine.findIndex(({ name }) => name.startsWith('rich'));

  it('pays without an enemy', () => {
    const { played, faults } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD);
    expect(played.result).toMatchObject({ kind: 'approved', fundedBy: 'chip' });
    expect(faults).toEqual([]);
  });

  it('is not approved when its list moves the amount beneath the signature', () => {
    const { played, faults } = entry.run(nth, shifting(entry.card(nth)), FRIENDLY_WORLD);
    expect((played.result as Outcome | undefined)?.kind).toBe('declined');
    expect(faults).toEqual([]);
    expect(concat(...played.given.map(({ command }) => command.subarray(1, 2)))).not.toContain(0xa8);
  });
});
