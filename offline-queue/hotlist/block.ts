import { concat } from '../../emv/values/index.ts';
import { plain } from '../database/database.ts';

/*
 * Cards of a list lie in blocks: token (32 bytes) and value (1 byte: 1 listed, 0 not) of some cards, rising. A row a card would cost a
 * list of a million ten times as much to put.
 */

export const TOKEN_BYTES = 32;
const CARD_BYTES = TOKEN_BYTES + 1;
/** Four blocks fill a page of the file, and none needs a second one. */
export const MAX_CARDS = 28;

export interface Card {
  readonly token: Uint8Array;
  readonly value: number;
}

const isBefore = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) < 0;

const countOf = (block: Uint8Array): number => Math.floor(block.length / CARD_BYTES);
const tokenAt = (block: Uint8Array, index: number): Uint8Array =>
  block.subarray(index * CARD_BYTES, index * CARD_BYTES + TOKEN_BYTES);
const valueAt = (block: Uint8Array, index: number): number => block[index * CARD_BYTES + TOKEN_BYTES] ?? 0;

/** Where a card stands, or would stand. */
function placeIn(block: Uint8Array, token: Uint8Array): { readonly index: number; readonly isThere: boolean } {
  let [low, high] = [0, countOf(block)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(tokenAt(block, middle), token)) low = middle + 1;
    else high = middle;
  }
  return { index: low, isThere: low < countOf(block) && Buffer.compare(tokenAt(block, low), token) === 0 };
}

/** What a block says of a card; undefined: nothing. */
export function valueIn(block: Uint8Array, token: Uint8Array): number | undefined {
  const { index, isThere } = placeIn(block, token);
  return isThere ? valueAt(block, index) : undefined;
}

export const cardsIn = (block: Uint8Array): readonly Card[] =>
  Array.from({ length: countOf(block) }, (_, index) => ({
    token: plain(tokenAt(block, index)),
    value: valueAt(block, index),
  }));

const whole = (block: Uint8Array): Uint8Array => block.subarray(0, countOf(block) * CARD_BYTES);

/** The block with a card that is not in it yet; what is no whole card at its end is left out. */
export function withCard(block: Uint8Array, { token, value }: Card): Uint8Array {
  const at = placeIn(block, token).index * CARD_BYTES;
  return concat(block.subarray(0, at), token, Uint8Array.of(value), whole(block).subarray(at));
}

/** The block without a card. */
export function withoutCard(block: Uint8Array, token: Uint8Array): Uint8Array {
  const { index, isThere } = placeIn(block, token);
  if (!isThere) return whole(block);
  return concat(block.subarray(0, index * CARD_BYTES), whole(block).subarray((index + 1) * CARD_BYTES));
}

/** Blocks of cards that are in order. */
export function blocksOf(cards: readonly Card[]): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < cards.length; from += MAX_CARDS) {
    const some = cards.slice(from, from + MAX_CARDS);
    const block = new Uint8Array(some.length * CARD_BYTES);
    for (const [index, { token, value }] of some.entries()) {
      block.set(token, index * CARD_BYTES);
      block[index * CARD_BYTES + TOKEN_BYTES] = value;
    }
    blocks.push(block);
  }
  return blocks;
}

/** The block itself, or its halves when it has become too long. */
export function parted(block: Uint8Array): readonly Uint8Array[] {
  const count = countOf(block);
  const half = (count >> 1) * CARD_BYTES;
  return count > MAX_CARDS ? [block.subarray(0, half), block.subarray(half)] : [block];
}

/** The token by which a block is found; undefined of an empty one. */
export const firstOf = (block: Uint8Array): Uint8Array | undefined =>
  countOf(block) === 0 ? undefined : tokenAt(block, 0);

/** Is a block whole, rising, and found by its first token? */
export function isWhole(block: Uint8Array, first: Uint8Array): boolean {
  if (block.length === 0 || block.length % CARD_BYTES !== 0 || Buffer.compare(tokenAt(block, 0), first) !== 0)
    return false;
  for (let index = 1; index < countOf(block); index++) {
    if (!isBefore(tokenAt(block, index - 1), tokenAt(block, index))) return false;
  }
  return true;
}
