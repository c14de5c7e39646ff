/** An opaque cursor for "the row after this number" in one list. */
function cursorAt(list: string, number: number): string {
  return Buffer.from(`${list} ${number}`).toString('base64url');
}

/** Undefined when the cursor is not one that `cursorAt` gave for this list. */
function parseCursor(list: string, cursor: string): number | undefined {
  const [name, digits = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const number = /^[0-9]{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  const known = name === list && rest.length === 0 && Number.isSafeInteger(number);
  return known && cursorAt(list, number) === cursor ? number : undefined;
}

export type Page<T> = { items: readonly T[]; next?: string } | { kind: 'bad-cursor' };

/**
 * One page of a list: asks `rows` for one more than the limit, so that the last page is known to be the last.
 * @param start where the list begins without a cursor
 */
export function pageOf<Row, T>(
  list: string,
  page: { readonly limit: number; readonly cursor?: string },
  start: number,
  rows: (after: number, count: number) => readonly Row[],
  of: { readonly number: (row: Row) => number; readonly item: (row: Row) => T },
): Page<T> {
  const after = page.cursor === undefined ? start : parseCursor(list, page.cursor);
  if (after === undefined) return { kind: 'bad-cursor' };
  const found = rows(after, page.limit + 1);
  const shown = found.slice(0, page.limit);
  const last = shown.at(-1);
  const items = shown.map(of.item);
  return found.length > shown.length && last !== undefined
    ? { items, next: cursorAt(list, of.number(last)) }
    : { items };
}
