/**
 * Cursors of a list whose items have numbers from 1: a letter for the list, the number, and whose it was when the cursor was given out.
 * After the database was put back from a copy a number may be another one's, and behind it there may be items that nobody has seen.
 */
export function numberedCursor(list: string) {
  // Cursors of before had the number alone.
  const form = new RegExp(`^${list}([0-9]{1,15})(?:-([0-9a-f-]{36}))?$`);
  return {
    of: (number: number, id: string): string => `${list}${number}-${id}`,
    /**
     * The number behind which a cursor goes on, 0 without one; undefined when it is none of ours, or from before such a time.
     * @param holderOf the id of the item that has a number now
     */
    async place(
      cursor: string | undefined,
      holderOf: (number: number) => Promise<string | undefined>,
    ): Promise<number | undefined> {
      if (cursor === undefined) return 0;
      const [, digits, id] = form.exec(cursor) ?? [];
      if (digits === undefined) return undefined;
      const number = Number(digits);
      if (digits === '0' && id === undefined) return 0;
      const holder = await holderOf(number);
      return holder !== undefined && (id === undefined || id === holder) ? number : undefined;
    },
  };
}
