import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSm2PublicKey, sha1 } from '../../emv/crypto/index.ts';
import { type CaKeys, type CaPublicKey, caKeysOf } from '../../emv/oda/index.ts';
import { concat, equalBytes, lastDayOf, parseHex } from '../../emv/values/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';

const RID_LENGTH = 5;
const NEXT =
  'Give a list of {"rid", "index", "modulus", "exponent", "sha1"?, "expiry"?} for RSA, {"rid", "index", "algorithm": "SM2", "x", "y"} for SM2, all in hex.';

const wrong = (path: string, at: string, problem: string): CliError =>
  new CliError('wrong-use', `${path}: ${at}: ${problem}`, NEXT);

/** YYYYMMDD from YYYY-MM-DD, YYYYMMDD, or MMYY as certificates have it. */
function expiryOf(text: string): string | undefined {
  const digits = text.replaceAll('-', '');
  if (/^20[0-9]{6}$/.test(digits)) return digits;
  const last = lastDayOf(digits.slice(2) + digits.slice(0, 2));
  return last && String(last.year * 10_000 + last.month * 100 + last.day);
}

class Entry {
  readonly #fields: unknown;
  readonly #fail: (problem: string) => CliError;

  constructor(fields: unknown, fail: (problem: string) => CliError) {
    this.#fields = fields;
    this.#fail = fail;
  }

  text(name: string): string | undefined {
    const value: unknown =
      typeof this.#fields === 'object' && this.#fields !== null ? Reflect.get(this.#fields, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  bytes(name: string, length?: number): Uint8Array {
    const bytes = parseHex(this.text(name) ?? 'none');
    if (bytes !== undefined && bytes.length > 0 && (length === undefined || bytes.length === length)) return bytes;
    throw this.#fail(`"${name}" is ${length === undefined ? 'not hex' : `not ${length} bytes in hex`}`);
  }

  key(): CaPublicKey {
    const rid = this.bytes('rid', RID_LENGTH);
    const index = this.bytes('index', 1);
    const expiryText = this.text('expiry');
    const expiry = expiryText === undefined ? undefined : expiryOf(expiryText);
    if (expiryText !== undefined && expiry === undefined) throw this.#fail('"expiry" is no date');
    const name = { rid, index: index[0] ?? 0, ...(expiry !== undefined && { expiry }) };
    if (this.text('algorithm')?.toLowerCase() === 'sm2') {
      const point = concat(this.bytes('x', 32), this.bytes('y', 32));
      if (!isSm2PublicKey(point)) throw this.#fail('"x" and "y" are no point of the curve');
      return { ...name, algorithm: 'sm2', point };
    }
    const [modulus, exponent] = [this.bytes('modulus'), this.bytes('exponent')];
    // EMV Book 2, §11.2.2: over RID, index, modulus and exponent.
    if (
      this.text('sha1') !== undefined &&
      !equalBytes(this.bytes('sha1', 20), sha1(concat(rid, index), concat(modulus, exponent)))
    ) {
      throw this.#fail('"sha1" is not that of the key: it is not the key that was meant');
    }
    return { ...name, algorithm: 'rsa', modulus, exponent };
  }
}

export interface CaKeyList extends CaKeys {
  readonly all: readonly CaPublicKey[];
}

/** Keys to look for a card's CA key in. */
function caKeyList(all: readonly CaPublicKey[]): CaKeyList {
  return { all, ...caKeysOf(all) };
}

/** Reads a file of CA public keys (docs/cli.md); without a file there are none. Throws CliError for what is wrong in it. */
export function readCaKeys(file: string | undefined, io: CliIo): CaKeyList {
  if (file === undefined) return caKeyList([]);
  const document: unknown = parseJsonFile(resolve(io.workingDirectory, file));
  if (!Array.isArray(document)) throw wrong(file, 'the document', 'expected a list of keys');
  const all = document.map((fields, at) => {
    const fail = (problem: string): CliError => wrong(file, `key ${at + 1}`, problem);
    return new Entry(fields, fail).key();
  });
  return caKeyList(all);
}

/** The document in a JSON file. Throws CliError `wrong-use` when it is none. */
export function parseJsonFile(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError('wrong-use', `${path} is no JSON`, 'Check that it is the file you mean.');
  }
}
