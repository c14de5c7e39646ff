import { isFen } from '../../../emv/values/index.ts';
import { escapeText, unescapeText } from './escape.ts';

/** How one value stands in its line. `read` accepts exactly the texts that `write` gives for good values. */
export interface Leaf<T, Optional extends boolean = false> {
  readonly kind: 'leaf';
  /** True: an empty line means that the value is absent. */
  readonly optional: Optional;
  write(value: T): string;
  read(text: string): T | undefined;
}

/** Longest text, counted once escaped. */
const MAX_TEXT_CHARACTERS = 512;

/** A field of its own making: how its value is written, and read again. */
export const leaf = <T>(write: (value: T) => string, read: (text: string) => T | undefined): Leaf<T> => ({
  kind: 'leaf',
  optional: false,
  write,
  read,
});

/** The same value, or none. */
export const optional = <T>(inner: Leaf<T>): Leaf<T, true> => ({ ...inner, optional: true });

/** Text that a pattern describes, never escaped. */
export const matching = (pattern: RegExp): Leaf<string> =>
  leaf(
    (value) => value,
    (text) => (pattern.test(text) ? text : undefined),
  );

/** Any text of at least one character. */
export const text = leaf<string>(
  (value) => escapeText(value),
  (line) => (line.length > 0 && line.length <= MAX_TEXT_CHARACTERS ? unescapeText(line) : undefined),
);

/** Upper-case hex of exactly `length` bytes. */
export const hexOf = (length: number): Leaf<string> => matching(new RegExp(`^[0-9A-F]{${length * 2}}$`));

/** Upper-case hex of `least` to `most` bytes. */
export const hexBetween = (least: number, most: number): Leaf<string> =>
  matching(new RegExp(`^([0-9A-F]{2}){${least},${most}}$`));

/** Whole number in decimal, without sign or leading zero. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Leaf<number> =>
  leaf(String, parseWithin(least, most));

const parseWithin = (least: number, most: number) => (line: string) => {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(line) ? Number(line) : Number.NaN;
  return Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
};

/** Whole number of fen, 0 to 999,999,999,999 (n12). */
export const amount = leaf<number>(String, (line) => {
  const value = parseWithin(0, Number.MAX_SAFE_INTEGER)(line);
  return value !== undefined && isFen(value) ? value : undefined;
});

/** `true` or `false`. */
export const flag = leaf<boolean>(String, (line) => (line === 'true' ? true : line === 'false' ? false : undefined));

/** One of a closed list of words. */
export const oneOf = <T extends string>(...words: readonly T[]): Leaf<T> =>
  leaf<T>(
    (value) => value,
    (line) => words.find((word) => word === line),
  );

const MASKED = {
  /** Six digits, stars, four digits; a short PAN only its last four. */
  pan: /^([0-9]{6}\*{2,9}|\*{4,7})[0-9]{4}$/,
  /** Or a purse's serial number: 20 digits, as a rule decimal ones. */
  'pan-or-serial': /^([0-9A-F]{6}\*{10}[0-9A-F]{4}|([0-9]{6}\*{2,9}|\*{4,7})[0-9]{4})$/,
};

/** A number of a card as `maskPan` writes it. */
export const maskedPan = (of: keyof typeof MASKED): Leaf<string> => matching(MASKED[of]);

/** Results of one to eight issuer scripts, 5 bytes each. */
export const scriptResults = matching(/^([0-9A-F]{10}){1,8}$/);

const TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/;

/** RFC 3339 with `T` and `Z` in capitals, an offset, a year from 1970, no leap second; kept as written. */
export const time = leaf<string>(
  (value) => value,
  (line) => (isTime(line) ? line : undefined),
);

function isTime(line: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] =
    TIME.exec(line)
      ?.slice(1)
      .map((digits) => Number(digits ?? 0)) ?? [];
  const dayExists = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return (
    year >= 1970 && dayExists && hour <= 23 && minute <= 59 && second <= 59 && offsetHour <= 23 && offsetMinute <= 59
  );
}

/** Items separated by commas in one line; an empty line is the empty list. */
export const list = <T>(item: Leaf<T>): Leaf<readonly T[]> =>
  leaf<readonly T[]>(
    (values) => values.map((value) => item.write(value)).join(','),
    (line) => readAll(line === '' ? [] : line.split(','), item),
  );

function readAll<T>(items: readonly string[], item: Leaf<T>): readonly T[] | undefined {
  const values: T[] = [];
  for (const written of items) {
    const value = item.read(written);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
