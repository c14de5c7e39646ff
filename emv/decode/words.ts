/** One thing that bytes say: a name, the bytes, and what they mean. */
export interface Words {
  /** `Byte 2 bit 5`, `Cryptogram version`, `CVM rule 1`. */
  readonly name: string;
  /** The bytes in upper-case hex, where there are any of its own. */
  readonly value?: string;
  readonly meaning?: string;
  readonly parts?: readonly Words[];
}

/** A value in words, or why it is none. Never an exception: the bytes come from anywhere. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly words: readonly Words[] }
  /** `offset`: the byte, from 0, at which it does not go on. */
  | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };

/** Puts bytes of one kind in words. */
export type Decoder = (bytes: Uint8Array) => Decoded;

export const decoded = (...words: readonly Words[]): Decoded => ({ kind: 'decoded', words });

export const malformed = (offset: number, problem: string): Decoded => ({ kind: 'malformed', offset, problem });

/** `3 bytes`, `1 byte`. */
export const bytesOf = (count: number): string => `${count} ${count === 1 ? 'byte' : 'bytes'}`;

/** A decoder that has checked the length; the offset of a wrong one is where bytes are missing or too many. */
export function ofLength(length: number, what: string, decode: Decoder): Decoder {
  return (bytes) =>
    bytes.length === length
      ? decode(bytes)
      : malformed(Math.min(bytes.length, length), `${what} has ${bytesOf(length)}, not ${bytes.length}`);
}

/** Upper-case hex of one byte. */
export const byteHex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
