import { parseHex } from '../../emv/values/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';

/** What stands between digits where logs print bytes. */
const SEPARATORS = /\s|[:,]|0x/gi;

function wrongHex(text: string): CliError {
  const at = text.replace(SEPARATORS, (separator) => ' '.repeat(separator.length)).search(/[^0-9a-fA-F ]/);
  const found = at < 0 ? undefined : Array.from(text.slice(at))[0];
  const digits = text.replace(SEPARATORS, '').length;
  if (found !== undefined) {
    const next = 'Give hex digits; blanks, colons, commas and 0x may stand between bytes.';
    return new CliError('wrong-use', `that is no hex: ${JSON.stringify(found)} at character ${at + 1}`, next);
  }
  const what = digits === 0 ? 'no bytes were given' : `${digits} hex digits are no whole bytes`;
  return new CliError('wrong-use', what, 'Give two hex digits a byte, as an argument or on standard input.');
}

/** The bytes that a command was given in hex: as words, or on standard input for `-` or no word. Throws CliError `wrong-use`. */
export async function readHex(words: readonly string[], io: CliIo): Promise<Uint8Array> {
  const given = words.join(' ');
  const text = given === '-' || given === '' ? await io.readInput() : given;
  const bytes = parseHex(text.replace(SEPARATORS, ''));
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw wrongHex(text.trim());
}
