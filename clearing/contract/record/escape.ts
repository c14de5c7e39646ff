// Everything but printable ASCII, and `%`; in a list `,` and `:` as well.
const ESCAPED = /[^\x20-\x24\x26-\x7e]/gu;
const ESCAPED_IN_LISTS = /[^\x20-\x24\x26-\x2b\x2d-\x39\x3b-\x7e]/gu;
/** Most texts: nothing to escape, in a list or out of it. */
const PLAIN = /^[\x20-\x24\x26-\x2b\x2d-\x39\x3b-\x7e]*$/;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Percent-escapes `%`, control characters and everything beyond ASCII, byte by byte of its UTF-8, in upper-case hex; in a
 * list `,` and `:` as well. Throws RangeError on a lone surrogate, which has no UTF-8.
 */
export function escapeText(text: string, inList = false): string {
  if (PLAIN.test(text)) return text;
  if (LONE_SURROGATE.test(text)) throw new RangeError('the text holds half a character (a lone surrogate)');
  return text.replace(inList ? ESCAPED_IN_LISTS : ESCAPED, percent);
}

// encodeURIComponent leaves ASCII punctuation alone, but what comes here is always to be escaped.
const percent = (character: string): string =>
  character === ':' ? '%3A' : character === ',' ? '%2C' : encodeURIComponent(character);

/** Undoes `escapeText`; undefined when the text is not exactly what `escapeText` writes. */
export function unescapeText(escaped: string, inList = false): string | undefined {
  if (PLAIN.test(escaped)) return escaped;
  const text = decodePercents(escaped);
  return text !== undefined && escapeText(text, inList) === escaped ? text : undefined;
}

function decodePercents(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}
