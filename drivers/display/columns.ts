import iconv from 'iconv-lite';

/** Columns of half-width characters in a line. */
export const COLUMNS = 20;
const UNKNOWN = 0x3f;

/** What a display has characters for. A Chinese one takes what GB 18030 writes with one byte or two. */
export type Characters = 'ascii' | 'gb18030';

/** What one character is to the display: as many bytes as it takes columns. One that it does not have is `?`. */
function bytesOf(character: string, characters: Characters): Uint8Array {
  if (/^[ -~]$/.test(character)) return Uint8Array.of(character.charCodeAt(0));
  if (characters === 'ascii') return Uint8Array.of(UNKNOWN);
  const bytes = iconv.encode(character, 'gb18030');
  return bytes.length === 2 ? bytes : Uint8Array.of(UNKNOWN);
}

/** A line as the display takes it: exactly COLUMNS bytes, padded with blanks; no character is cut in two. */
export function lineBytes(text: string, characters: Characters): Uint8Array {
  const line = new Uint8Array(COLUMNS).fill(0x20);
  let at = 0;
  for (const character of text) {
    const bytes = bytesOf(character, characters);
    if (at + bytes.length > COLUMNS) break;
    line.set(bytes, at);
    at += bytes.length;
  }
  return line;
}
