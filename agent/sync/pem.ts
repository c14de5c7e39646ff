const LABEL_LINE = /^-----BEGIN ([A-Z0-9 ]+)-----$/m;
const LINE_LENGTH = 64;
const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const [PADDING, LINE_FEED] = [0x3d, 0x0a];

/** Is this text PEM with a block of that label (RFC 7468)? */
export const isPem = (text: string, label: string): boolean => LABEL_LINE.exec(text)?.[1] === label;

/**
 * DER as one PEM block, in bytes: a private key goes through no string, since strings cannot be wiped.
 * @param label such as `PRIVATE KEY`
 */
export function pemBytes(label: string, der: Uint8Array): Uint8Array {
  const begin = new TextEncoder().encode(`-----BEGIN ${label}-----\n`);
  const end = new TextEncoder().encode(`-----END ${label}-----\n`);
  const digits = Math.ceil(der.length / 3) * 4;
  const pem = new Uint8Array(begin.length + digits + Math.ceil(digits / LINE_LENGTH) + end.length);
  pem.set(begin);
  let at = begin.length;
  for (let group = 0; group < digits / 4; group++) {
    for (const digit of base64Group(der.subarray(group * 3, group * 3 + 3))) pem[at++] = digit;
    const written = (group + 1) * 4;
    if (written % LINE_LENGTH === 0 || written === digits) pem[at++] = LINE_FEED;
  }
  pem.set(end, at);
  return pem;
}

/** Four digits for up to three bytes (RFC 4648 §4). */
function base64Group([a = 0, b, c]: Uint8Array): readonly number[] {
  const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
  const digit = (shift: number): number => ALPHABET[(bits >> shift) & 0x3f] ?? PADDING;
  return [digit(18), digit(12), b === undefined ? PADDING : digit(6), c === undefined ? PADDING : digit(0)];
}
