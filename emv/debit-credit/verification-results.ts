import { isBitSet, TSI_BITS, TVR_BITS } from '../dictionary/index.ts';

export type TvrBit = keyof typeof TVR_BITS;
export type TsiBit = keyof typeof TSI_BITS;

type Place = readonly [byte: number, bit: number, name: string];

/** A bit string that fills up during a transaction: once set, a bit stays. */
class BitString<B extends string> {
  readonly #bytes: Uint8Array;
  readonly #places: Readonly<Record<B, Place>>;

  constructor(length: number, places: Readonly<Record<B, Place>>) {
    this.#bytes = new Uint8Array(length);
    this.#places = places;
  }

  set(...bits: readonly B[]): this {
    for (const name of bits) {
      const [byte, bit] = this.#places[name];
      this.#bytes[byte - 1] = (this.#bytes[byte - 1] ?? 0) | (1 << (bit - 1));
    }
    return this;
  }

  has(name: B): boolean {
    const [byte, bit] = this.#places[name];
    return isBitSet(this.#bytes, byte, bit);
  }

  /** As it stands now: a copy. */
  get bytes(): Uint8Array {
    return this.#bytes.slice();
  }
}

/** TVR, tag 95, 5 bytes, all zero at the start (EMV Book 3, §10.1 and annex C5). */
export class TerminalVerificationResults extends BitString<TvrBit> {
  constructor() {
    super(5, TVR_BITS);
  }
}

/** TSI, tag 9B, 2 bytes, all zero at the start (EMV Book 3, §10.1 and annex C6). */
export class TransactionStatusInformation extends BitString<TsiBit> {
  constructor() {
    super(2, TSI_BITS);
  }
}

/** What a step of the transaction found: the bits that it sets. */
export interface Findings {
  readonly tvr: readonly TvrBit[];
  readonly tsi: readonly TsiBit[];
}
