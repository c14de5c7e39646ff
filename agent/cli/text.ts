/** Characters that take two columns on a terminal: East Asian wide and full-width, and emoji (UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  return Array.from(text).reduce((columns, character) => columns + (WIDE.test(character) ? 2 : 1), 0);
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

const padded = (text: string, width: number, align: 'right' | undefined): string => {
  const space = ' '.repeat(width - columnsOf(text));
  return align === 'right' ? `${space}${text}` : `${text}${space}`;
};

/** Lines of an aligned table with a heading; what a terminal would act on is taken out of the cells. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => columnsOf(row[at] ?? ''))));
  return cells.map((row) =>
    columns
      .map(({ align }, at) => padded(row[at] ?? '', widths[at] ?? 0, align))
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of names and values, aligned. */
export function pairs(entries: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(...entries.map(([name]) => columnsOf(name)));
  return entries.map(([name, value]) => `${padded(name, width, undefined)}  ${printable(value)}`.trimEnd());
}

/** Without control characters: names come from cards and readers. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}

/** Fen as yuan: 123456 is `¥1,234.56`. */
export function yuan(amountMinor: number): string {
  const whole = String(Math.floor(amountMinor / 100)).replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return `¥${whole}.${String(amountMinor % 100).padStart(2, '0')}`;
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** Seconds in the largest unit that fits: 754 is `12 min`. */
export function duration(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit === undefined ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / unit[0])} ${unit[1]}`;
}
