/** Digits of other scripts: full-width, Arabic-Indic, Devanagari … */
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
/** Takes no room, and may stand between digits: soft hyphen, zero-width characters, byte order mark. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;
const FULL_WIDTH = /[\uFF01-\uFF5E]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

/** A text as plain ASCII would have it, as far as digits and full-width characters go: what is looked for is looked for in one form. */
export const folded = (text: string): string =>
  text
    .replace(INVISIBLE, '')
    .replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(OTHER_DIGIT, asciiDigit);

/** The ten digits of a script follow each other, and so a digit counts those of its kind before it. */
function asciiDigit(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

/** A run that may be base64, also of URLs; the least of that length is a card number in BCD behind its tag and length. */
export const BASE64_RUN = /(?<![A-Za-z0-9+/_-])(?=[a-z+/_-]*[A-Z0-9])[A-Za-z0-9+/_-]{14,}={0,2}/g;
/** Also in groups, as a UUID. */
const HEX_ALONE = /^[0-9A-Fa-f-]+$/;
const MOSTLY = 0.9;

/** What a run holds if it is base64: its text where it is one, and its bytes in hex. Nothing where it is plain hex, which has rules of its own. */
export function insideBase64(run: string): readonly string[] {
  if (HEX_ALONE.test(run)) return [];
  const bytes = Buffer.from(run, 'base64');
  const text = bytes.toString('latin1');
  const printable = text.replace(/[^\x20-\x7E\s]/g, '').length;
  const hex = bytes.toString('hex').toUpperCase();
  return printable >= MOSTLY * text.length ? [text, hex] : [hex];
}
