/** Data objects by tag, as the card gave them: a map, or what the kernel collects of a card. */
export interface DataObjects {
  get(tag: number): Uint8Array | undefined;
}
