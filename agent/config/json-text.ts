import { pathText, type SettingPath } from './setting-path.ts';

/** A JSON text with the line on which each of its values begins, or where it stops being one. Lines and columns count from 1. */
export type JsonText =
  | { readonly kind: 'json'; readonly value: unknown; readonly lines: ReadonlyMap<string, number> }
  | { readonly kind: 'broken'; readonly line: number; readonly column: number; readonly message: string };

/** Nobody nests settings so deep. */
const MAX_DEPTH = 64;
const BLANKS = /[ \t\n\r]*/y;
// RFC 8259 §6 and §7.
const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy;
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![A-Za-z0-9_.+-])/y;

class Broken extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * Reads a JSON text (RFC 8259). Stricter than JSON.parse in one thing: a name that stands twice in an object is refused, since
 * whoever wrote it meant both. The lines are by `pathText`; elements of lists by their number.
 */
export function readJsonText(text: string): JsonText {
  const lines = new Map<string, number>();
  try {
    scan(text, (path, at) => lines.set(pathText(path), lineOf(text, at)));
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const before = text.slice(0, error.at);
    const column = error.at - before.lastIndexOf('\n');
    return { kind: 'broken', line: lineOf(text, error.at), column, message: error.message };
  }
  return { kind: 'json', value: JSON.parse(text), lines };
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

function scan(text: string, found: (path: SettingPath, at: number) => void): void {
  let at = 0;
  const skip = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const part = pattern.exec(text)?.[0];
    at += part?.length ?? 0;
    return part;
  };
  const take = (expected: string): boolean => {
    skip(BLANKS);
    if (text[at] !== expected) return false;
    at += 1;
    return true;
  };
  const stop = (expected: string): never => {
    skip(BLANKS);
    throw new Broken(at, at >= text.length ? `the text ends where ${expected} is expected` : `expected ${expected}`);
  };

  const value = (path: SettingPath): void => {
    skip(BLANKS);
    if (path.length > MAX_DEPTH) throw new Broken(at, `nothing may be nested deeper than ${MAX_DEPTH}`);
    found(path, at);
    if (take('{')) members(path);
    else if (take('[')) elements(path);
    else if (skip(STRING) === undefined && skip(SCALAR) === undefined) stop('a value');
  };
  const members = (path: SettingPath): void => {
    if (take('}')) return;
    const names = new Set<string>();
    do {
      skip(BLANKS);
      const before = at;
      const quoted = skip(STRING) ?? stop('a name in double quotes');
      const name = String(JSON.parse(quoted));
      if (names.has(name)) throw new Broken(before, `${pathText([...path, name])} stands here for the second time`);
      names.add(name);
      if (!take(':')) stop('a colon');
      value([...path, name]);
    } while (take(','));
    if (!take('}')) stop('a comma or }');
  };
  const elements = (path: SettingPath): void => {
    if (take(']')) return;
    let index = 0;
    do value([...path, String(index++)]);
    while (take(','));
    if (!take(']')) stop('a comma or ]');
  };

  value([]);
  skip(BLANKS);
  if (at < text.length) stop('nothing more');
}
