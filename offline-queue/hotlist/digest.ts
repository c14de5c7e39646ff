import type { BlockKey, HmacKey } from '../../emv/crypto/index.ts';
import { concat, hex, toHex, uintBytes } from '../../emv/values/index.ts';
import type { Sealing } from '../keys/sealing.ts';
import type { HotlistRow } from './entries.ts';
import type { HotlistList } from './lists.ts';

const BLOCK_BYTES = 16;
const VALUE_BYTES = 6;
const MAX_VALUE = 2 ** (8 * VALUE_BYTES) - 1;
/** Of a list without rows. */
export const EMPTY_DIGEST = '';
/** Rows whose MACs are made at once: two calls of the cipher for all of them. */
const ROWS_AT_ONCE = 1_000;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** No value that the queue has written is so large that it would not fit. */
const valueBytes = (value: number): Uint8Array =>
  uintBytes(value >= 0 && value < MAX_VALUE ? value : MAX_VALUE, VALUE_BYTES);

/** XORs one block of `source` into one of `target`. */
function xorBlock(target: Uint8Array, at: number, source: Uint8Array, from = 0): void {
  for (let index = 0; index < BLOCK_BYTES; index++) {
    target[at + index] = (target[at + index] ?? 0) ^ (source[from + index] ?? 0);
  }
}

/**
 * XOR of the MACs of rows of cards: SM4-CBC-MAC over three blocks, which are the value and the token's halves, so that all
 * messages have one length. Step by step for all rows together.
 */
function macsOfCards({ encrypt }: BlockKey, rows: readonly HotlistRow[]): Uint8Array {
  const begun = new Map<number, Uint8Array>();
  const begin = (value: number): Uint8Array => {
    const known = begun.get(value) ?? encrypt(concat(valueBytes(value), new Uint8Array(BLOCK_BYTES - VALUE_BYTES)));
    begun.set(value, known);
    return known;
  };
  const first = new Uint8Array(rows.length * BLOCK_BYTES);
  for (const [index, { value, token }] of rows.entries()) {
    first.set(begin(value), index * BLOCK_BYTES);
    xorBlock(first, index * BLOCK_BYTES, token);
  }
  const second = encrypt(first);
  for (const [index, { token }] of rows.entries()) xorBlock(second, index * BLOCK_BYTES, token, BLOCK_BYTES);
  const macs = encrypt(second);
  const all = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < macs.length; at += BLOCK_BYTES) xorBlock(all, 0, macs, at);
  return all;
}

/** The same of one debt, whose name may have any length: the first half of an HMAC-SM3. */
const macOfDebt = ({ mac }: HmacKey, { token, debt, value }: HotlistRow): Uint8Array =>
  mac(token, valueBytes(value), utf8(debt)).subarray(0, BLOCK_BYTES);

/** What hides the digest that is kept: drawn anew each time, so that two of them tell nothing of the rows between. */
const mask = ({ mac }: HmacKey, nonce: Uint8Array): Uint8Array => mac(MASK, nonce).subarray(0, BLOCK_BYTES);
/** No token begins like this: it would have 32 bytes and a value behind it. */
const MASK = utf8('jdpos-hotlist-mask/1');

/**
 * A list whose rows change, with its count and digest along: the XOR of its rows' MACs, which follows each change without reading
 * the rest, under a mask (the multiset hash of Clarke, Devadas, van Dijk, Gassend and Suh). Who lacks the key can put no set of
 * rows in another's place, also from copies of the file at many times.
 */
export class ChangingList {
  readonly #list: number;
  readonly #sealing: Sealing;
  readonly #digest: Uint8Array;
  #rows: number;
  /** Changed and not in the digest yet. Whether a row comes or goes, its MAC is XORed in. */
  #changed: HotlistRow[] = [];

  constructor({ list, rows, digest }: HotlistList, sealing: Sealing) {
    this.#list = list;
    this.#rows = rows;
    this.#sealing = sealing;
    this.#digest = digest === EMPTY_DIGEST ? new Uint8Array(BLOCK_BYTES) : unmasked(hex(digest), sealing);
  }

  added(row: HotlistRow): void {
    this.#change(row, 1);
  }

  removed(row: HotlistRow): void {
    this.#change(row, -1);
  }

  /** It is not what it should be: no list is this one any more. */
  lost(): void {
    this.#rows += 1;
  }

  #change(row: HotlistRow, by: 1 | -1): void {
    this.#rows += by;
    if (this.#changed.push(row) >= ROWS_AT_ONCE) this.#fold();
  }

  #fold(): void {
    const [cards, debts] = [[] as HotlistRow[], [] as HotlistRow[]];
    for (const row of this.#changed) (row.debt === '' ? cards : debts).push(row);
    this.#changed = [];
    const keys = this.#sealing.digest;
    xorBlock(this.#digest, 0, macsOfCards(keys.cards, cards));
    for (const row of debts) xorBlock(this.#digest, 0, macOfDebt(keys.rest, row));
  }

  /** Has the list these rows, and no others? */
  isThatOf(list: HotlistList): boolean {
    const other = new ChangingList(list, this.#sealing);
    this.#fold();
    return this.#rows === other.#rows && this.#digest.every((byte, at) => byte === other.#digest[at]);
  }

  now(): HotlistList {
    this.#fold();
    const nonce = this.#sealing.nonce();
    const kept = mask(this.#sealing.digest.rest, nonce);
    xorBlock(kept, 0, this.#digest);
    return { list: this.#list, rows: this.#rows, digest: toHex(concat(nonce, kept)) };
  }
}

/** What another hand has made no digest matches none, but by a chance of one to 2^128. */
function unmasked(kept: Uint8Array, sealing: Sealing): Uint8Array {
  const digest = mask(sealing.digest.rest, kept.subarray(0, BLOCK_BYTES));
  xorBlock(digest, 0, kept, BLOCK_BYTES);
  return digest;
}
