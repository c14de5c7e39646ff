const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/**
 * Reads base64 (RFC 4648, section 4) as strictly as it is written: whole groups of four, padding where it belongs, no bits left
 * over. Undefined for anything else, so that one payload has one text.
 */
export function parseBase64(text: string): Uint8Array | undefined {
  const letters = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text)?.[1];
  if (letters === undefined || text.length % 4 !== 0) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let [bits, held, at] = [0, 0, 0];
  for (const letter of letters) {
    held = ((held << 6) | (VALUES.get(letter) ?? 0)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  const leftOver = held & ((1 << bits) - 1);
  return bits < 6 && leftOver === 0 ? bytes : undefined;
}
