const HIDDEN = '[secret]';

/**
 * Bytes that must reach no log, error, event or file: PIN blocks, keys. Every way of printing it says `[secret]`.
 * The bytes are the caller's own buffer, not a copy, so that `wipe` leaves none behind.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Lends the bytes; they must not be kept beyond the call. */
  use<T>(work: (bytes: Uint8Array) => T): T {
    return work(this.#bytes);
  }

  /** Zeroes the bytes. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}
