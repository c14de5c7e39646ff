import { parseHex } from '../../emv/values/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';

/** The bytes that a command was given in hex, as words or, for `-`, on standard input. Throws CliError `wrong-use`. */
export async function readHex(words: readonly string[], io: CliIo): Promise<Uint8Array> {
  const text = words.join('') === '-' ? await io.readInput() : words.join('');
  const bytes = parseHex(text.replace(/[\s:,]|0x/gi, ''));
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new CliError(
    'wrong-use',
    'that is no hex',
    'Give an even number of hex digits, or - to read them from standard input.',
  );
}

/** A tag as the standards write it: upper-case hex, whole bytes. */
export function tagHex(tag: number): string {
  const digits = tag.toString(16).toUpperCase();
  return digits.padStart(digits.length + (digits.length % 2), '0');
}
