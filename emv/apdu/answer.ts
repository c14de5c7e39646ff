/** A card's answer: the data are a view on the bytes it came in. */
export interface CardAnswer {
  readonly data: Uint8Array;
  /** Status word, 0x9000 for success. */
  readonly sw: number;
}

/** Splits an answer into data and status word. Throws RangeError below two bytes: that is a tear, not an answer. */
export function parseAnswer(bytes: Uint8Array): CardAnswer {
  const at = bytes.length - 2;
  const [sw1, sw2] = [bytes[at], bytes[at + 1]];
  if (sw1 === undefined || sw2 === undefined) throw new RangeError(`${bytes.length} bytes are no card answer`);
  return { data: bytes.subarray(0, at), sw: sw1 * 256 + sw2 };
}
