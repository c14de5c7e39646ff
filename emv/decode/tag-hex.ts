/** A tag as the standards write it: upper-case hex, whole bytes. */
export function tagHex(tag: number): string {
  const digits = tag.toString(16).toUpperCase();
  return digits.padStart(digits.length + (digits.length % 2), '0');
}
