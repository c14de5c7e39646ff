import { existsSync, readFileSync } from 'node:fs';
import { readJsonText } from './json-text.ts';
import { readPemFiles } from './pem-files.ts';
import { type ConfigRead, type Environment, readConfig } from './read-config.ts';
import type { PemFiles } from './schema.ts';

/**
 * The settings file: as said, else where JDPOS_CONFIG says, else in the `usual` place if there is one. Undefined: the environment has to
 * say enough.
 */
export function configPath(given: string | undefined, environment: Environment, usual: string): string | undefined {
  return given ?? environment['JDPOS_CONFIG'] ?? (existsSync(usual) ? usual : undefined);
}

/** Reads the settings as they hold: the file, and over it the environment. Throws what the system says of the file. */
export function loadConfig(path: string | undefined, environment: Environment): ConfigRead {
  if (path === undefined) return readConfig({}, environment);
  return readConfigText(readFileSync(path, 'utf8'), path, environment);
}

/** The same of a text that stands, or is to stand, in a file. */
export function readConfigText(text: string, path: string, environment: Environment): ConfigRead {
  const read = readJsonText(text);
  if (read.kind === 'json') return readConfig(read.value, environment, { file: path, lines: read.lines });
  const { line, column, message } = read;
  return { kind: 'invalid', problems: [{ at: '', message: `no JSON: ${message}`, from: `${path}:${line}:${column}` }] };
}

/** Settings whose certificate files have been read as well. */
export type Loaded =
  | (Extract<ConfigRead, { kind: 'config' }> & { readonly pem: PemFiles })
  | Exclude<ConfigRead, { kind: 'config' }>;

/** The settings with the certificate files that they name. */
export function withPemFiles(read: ConfigRead): Loaded {
  if (read.kind === 'invalid') return read;
  const pem = readPemFiles(read.config);
  return pem.kind === 'invalid' ? pem : { ...read, pem: pem.files };
}
