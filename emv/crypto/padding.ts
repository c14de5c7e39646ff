/** Always 80, then zeros to the end of the block (ISO/IEC 9797-1 padding method 2). */
export function padded(data: Uint8Array, blockSize: number): Uint8Array {
  const blocks = new Uint8Array((Math.floor(data.length / blockSize) + 1) * blockSize);
  blocks.set(data);
  blocks[data.length] = 0x80;
  return blocks;
}
