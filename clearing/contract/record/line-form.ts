import type { Leaf } from './fields.ts';

/** Fields that are there together or not at all; there when the first one's line is not empty. */
export interface Group<T> {
  readonly kind: 'group';
  readonly shape: Shape<T>;
}

/** The lines of a document: one entry a property, in the order of the lines. */
export type Shape<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? Leaf<Exclude<T[K], undefined>, true> | Group<Exclude<T[K], undefined>>
    : Leaf<T[K]>;
};

type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'malformed'; readonly reason: string };

/** A document as text: the domain line, then one line `name=value` a field, each ended by a line feed. ASCII throughout. */
export interface LineForm<T> {
  /** Throws RangeError when a value does not fit its field: what calls it has made the value. */
  encode(value: T): Uint8Array;
  /** The same, if `holds`. */
  encodeIfHeld(value: unknown): Uint8Array | undefined;
  /** Accepts only bytes that `encode` gives; the reason names the line. */
  parse(bytes: Uint8Array): Parsed<T>;
  /** Does the form have a line for all that the value says, and does all of it fit? */
  holds(value: unknown): value is T;
  /** Is the document's first line this form's? */
  begins(bytes: Uint8Array): boolean;
}

type Values = { [name: string]: unknown };

interface Line {
  readonly name: string;
  /** What the line begins with: the name and `=`. */
  readonly start: string;
  readonly key: string;
  readonly leaf: Leaf<unknown, boolean>;
  /** The group's name and the index of its first line; undefined outside groups. */
  readonly group?: { readonly name: string; readonly at: number };
}

export const group = <T>(shape: Shape<T>): Group<T> => ({ kind: 'group', shape });

/** Longest document that `parse` looks at. */
const MAX_BYTES = 65_536;

/** The one place where types and lines meet: the compiler has held `shape` against T, so what is built from it is a T. */
export function lineForm<T extends object>(domain: string, shape: Shape<T>): LineForm<T> {
  const lines = linesOf(shape);
  const known = new Set(lines.map(({ name }) => name));
  const firstLine = new TextEncoder().encode(`${domain}\n`);
  return {
    encode: (value) =>
      new TextEncoder().encode(`${domain}\n${lines.map((line) => writeLine(line, value as Values)).join('')}`),
    encodeIfHeld(value) {
      const text = textIfHeld(lines, known, value as Values);
      return text === undefined ? undefined : new TextEncoder().encode(`${domain}\n${text}`);
    },
    parse: (bytes) => parseDocument(domain, lines, bytes) as Parsed<T>,
    holds: (value): value is T => textIfHeld(lines, known, value as Values) !== undefined,
    begins: (bytes) => startsWith(bytes, firstLine),
  };
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, at) => bytes[at] === byte);

function linesOf(shape: object): readonly Line[] {
  const lines: Line[] = [];
  const entries: { [key: string]: Leaf<unknown, boolean> | Group<Values> } = { ...shape };
  for (const [key, entry] of Object.entries(entries)) {
    if (entry.kind === 'leaf') lines.push({ name: key, start: `${key}=`, key, leaf: entry });
    else {
      const inner = { name: key, at: lines.length };
      for (const line of linesOf(entry.shape)) {
        const name = `${key}.${line.key}`;
        lines.push({ ...line, name, start: `${name}=`, group: inner });
      }
    }
  }
  return lines;
}

function writeLine(line: Line, document: Values): string {
  const written = lineOf(line, document);
  if (written === undefined) throw new RangeError(`${line.name} does not fit its field`);
  return `${line.start}${written}\n`;
}

/** What stands behind the `=`; undefined when the value does not fit. */
function lineOf({ key, leaf, group: within }: Line, document: Values): string | undefined {
  const holder = within === undefined ? document : (document[within.name] as Values | undefined);
  const value = holder?.[key];
  if (value === undefined && (holder === undefined || leaf.optional)) return '';
  const written = value === undefined ? undefined : leaf.write(value);
  return written === undefined || leaf.read(written) === undefined ? undefined : written;
}

/** All lines of a document; undefined when one does not fit, or the document says what there is no line for. */
function textIfHeld(lines: readonly Line[], known: ReadonlySet<string>, document: Values): string | undefined {
  if (!knowsAll(known, document, '')) return undefined;
  let text = '';
  for (const line of lines) {
    const written = lineOf(line, document);
    if (written === undefined) return undefined;
    text += `${line.start}${written}\n`;
  }
  return text;
}

function knowsAll(known: ReadonlySet<string>, document: Values, within: string): boolean {
  for (const key of Object.keys(document)) {
    const value = document[key];
    if (value === undefined) continue;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!(isGroup ? knowsAll(known, value as Values, `${within}${key}.`) : known.has(within + key))) return false;
  }
  return true;
}

const malformed = (reason: string): Parsed<never> => ({ kind: 'malformed', reason });

function parseDocument(domain: string, lines: readonly Line[], bytes: Uint8Array): Parsed<Values> {
  if (bytes.length > MAX_BYTES) return malformed(`longer than ${MAX_BYTES} bytes`);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!/^[\n\x20-\x7e]*$/.test(text)) return malformed('not printable ASCII');
  const written = text.split('\n');
  if (written[0] !== domain) return malformed(`does not begin with ${domain}`);
  if (written.length === 1 || written.at(-1) !== '') return malformed('the last line does not end');
  const fields = written.length - 2;
  if (fields !== lines.length) return malformed(`${fields} fields instead of ${lines.length}`);
  const texts: string[] = [];
  for (const { name, start } of lines) {
    const line = written[texts.length + 1] ?? '';
    if (!line.startsWith(start)) return malformed(`${name} is not in its place`);
    texts.push(line.slice(start.length));
  }
  return readValues(lines, texts);
}

function readValues(lines: readonly Line[], texts: readonly string[]): Parsed<Values> {
  const document: Values = {};
  for (const [at, { name, key, leaf, group: within }] of lines.entries()) {
    const text = texts[at] ?? '';
    const groupAbsent = within !== undefined && texts[within.at] === '';
    if (text === '' && (groupAbsent || leaf.optional)) continue;
    const value = groupAbsent ? undefined : leaf.read(text);
    if (value === undefined) return malformed(`${name} does not fit its field`);
    holderOf(document, within?.name)[key] = value;
  }
  return { kind: 'parsed', value: document };
}

function holderOf(document: Values, groupName: string | undefined): Values {
  if (groupName === undefined) return document;
  const holder = (document[groupName] ?? {}) as Values;
  document[groupName] = holder;
  return holder;
}
