/**
 * The same memory without Buffer's own methods (its `slice` shares, its `toJSON` prints). No copy is made, so that
 * wiping what a caller got wipes all there is.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Stops a caller that passes something of another length. Throws RangeError. */
export function assertLength(name: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`${name} has ${bytes.length} bytes, not ${length}`);
}

/** The same memory as a Buffer, for the parts of node:crypto whose types want one. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
