import { equalBytes, toHex } from './bytes.ts';
import { maskPan } from './pan.ts';

const LENGTH = 10;

/**
 * Application serial number of an electronic purse (file 15), 10 bytes, as a rule 20 packed digits: what a PAN is to a
 * debit card. Every way of printing it shows the masked form; `reveal` gives the digits.
 */
export class PurseSerial {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Undefined when these are not 10 bytes. Copies them. */
  static parse(bytes: Uint8Array): PurseSerial | undefined {
    return bytes.length === LENGTH ? new PurseSerial(bytes.slice()) : undefined;
  }

  /** The 10 bytes, a copy: for a sealed field or a keyed token, never for a log. */
  bytes(): Uint8Array {
    return this.#bytes.slice();
  }

  /** 20 hex digits: for a sealed field or a keyed token, never for a log. */
  reveal(): string {
    return toHex(this.#bytes);
  }

  /** The rightmost 8 bytes, by which the card's keys are derived. */
  get diversifier(): Uint8Array {
    return this.#bytes.slice(2);
  }

  equals(other: PurseSerial): boolean {
    return equalBytes(this.#bytes, other.#bytes);
  }

  get masked(): string {
    return maskPan(this.reveal());
  }

  toString(): string {
    return this.masked;
  }

  toJSON(): string {
    return this.masked;
  }

  [Symbol.toPrimitive](): string {
    return this.masked;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.masked;
  }
}
