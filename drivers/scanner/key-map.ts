/** Keys of linux/input-event-codes.h on a US keyboard, in rows of neighbouring numbers: plain, and with shift. */
const ROWS: readonly (readonly [first: number, plain: string, shifted: string])[] = [
  [2, '1234567890-=', '!@#$%^&*()_+'],
  [16, 'qwertyuiop[]\r', 'QWERTYUIOP{}\r'],
  [30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [43, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [55, '*', '*'],
  [57, ' ', ' '],
  // The keypad; its Enter and its stroke stand apart.
  [71, '789-456+1230.', '789-456+1230.'],
  [96, '\r', '\r'],
  [98, '/', '/'],
];

const KEYS: ReadonlyMap<number, readonly [plain: number, shifted: number]> = new Map(
  ROWS.flatMap(([first, plain, shifted]) =>
    [...plain].map((character, at) => [first + at, [character.charCodeAt(0), shifted.charCodeAt(at)]] as const),
  ),
);

export const SHIFT_KEYS: ReadonlySet<number> = new Set([42, 54]);
/** Ctrl, Alt and Meta: with them a key is no character. */
export const OTHER_MODIFIERS: ReadonlySet<number> = new Set([29, 97, 56, 100, 125, 126]);

/** The ASCII character of a key, CR for Enter; undefined for a key that types none. */
export const characterOf = (key: number, shifted: boolean): number | undefined => KEYS.get(key)?.[shifted ? 1 : 0];
