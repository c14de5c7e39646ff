/** First six and last four digits, the rest stars; a PAN too short for that shows its last four at most. */
export function maskPan(digits: string): string {
  if (digits.length < 12) return `${'*'.repeat(Math.max(0, digits.length - 4))}${digits.slice(-4)}`;
  return `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`;
}

/** A primary account number, 8 to 19 digits. Every way of printing it shows the masked form; `reveal` gives the digits. */
export class Pan {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /** Undefined when the text is not 8 to 19 digits. */
  static parse(digits: string): Pan | undefined {
    return /^[0-9]{8,19}$/.test(digits) ? new Pan(digits) : undefined;
  }

  /** The full number: for a PIN block, a sealed field or a keyed token, never for a log. */
  reveal(): string {
    return this.#digits;
  }

  equals(other: Pan): boolean {
    return this.#digits === other.#digits;
  }

  get masked(): string {
    return maskPan(this.#digits);
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
