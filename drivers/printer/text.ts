import iconv from 'iconv-lite';

/**
 * What of a text can be printed: control characters are dropped, wherever the text comes from. Characters that GB18030 has in four
 * bytes, which not every printer knows, become `?`.
 */
export function printable(text: string): string {
  const kept = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return Array.from(kept, (character) => (isPlain(character) || isPair(character) ? character : '?')).join('');
}

const isPlain = (character: string): boolean => character >= ' ' && character <= '~';
const isPair = (character: string): boolean => iconv.encode(character, 'gb18030').length === 2;

/**
 * The bytes of a text in GB18030, free of anything a printer acts on: none is below 20 (hex) or 7F, since the second byte of a
 * pair is 40 or above (GB 18030, two-byte part).
 */
export const printableBytes = (text: string): Uint8Array => Uint8Array.from(iconv.encode(printable(text), 'gb18030'));

/** Columns that a printable text takes on paper: a character of two bytes is printed twice as wide. */
export const printedColumns = (text: string): number =>
  Array.from(text).reduce((columns, character) => columns + widthOf(character), 0);

const widthOf = (character: string): number => (isPlain(character) ? 1 : 2);

/** A printable text in pieces that fit `columns`, at blanks where there are any in the second half of a piece. Never empty. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const character of text) {
    if (width + widthOf(character) > columns) {
      const cut = breakAt(line, columns);
      lines.push(line.slice(0, cut).trimEnd());
      line = line.slice(cut);
      width = printedColumns(line);
    }
    // What begins a line after a break is no blank.
    if (character === ' ' && line === '' && lines.length > 0) continue;
    line += character;
    width += widthOf(character);
  }
  return [...lines, line.trimEnd()];
}

/** Behind the last blank, unless that would leave a piece less than half full. */
function breakAt(line: string, columns: number): number {
  const blank = line.lastIndexOf(' ') + 1;
  return printedColumns(line.slice(0, blank)) * 2 >= columns ? blank : line.length;
}
