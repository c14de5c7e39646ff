import { readFileSync } from 'node:fs';
import { type PinKeyFile, pinKeyFile } from '../../clearing/contract/index.ts';
import { parseJson } from '../json.ts';
import { CliError } from './cli-error.ts';

/** The file that the centre has made for a PIN pad. Throws CliError `bad-file`, which shows nothing of what is in it. */
export function readPinKeyFile(path: string): PinKeyFile {
  const parsed = pinKeyFile.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const next = 'Ask the centre for the file of this pad: a key in a key block. Never put a key in clear into a file.';
  throw new CliError('bad-file', `${path} is no file of a PIN key, or is cut`, next);
}
