/** An amount as it is keyed on a register: digits alone, the last two being fen. 1280 is ¥12.80. */
export interface Entry {
  /** No leading zeros; empty is ¥0.00. */
  readonly digits: string;
  /** The amount of a payment that was not made, offered again; the first digit typed replaces it. */
  readonly kept: boolean;
  /** The last key would have made the amount longer than it may be, and was not taken. */
  readonly full: boolean;
}

export type EntryKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '00' | 'backspace' | 'clear';

/** ¥999,999.99 */
export const MAX_DIGITS = 8;

export const EMPTY_ENTRY: Entry = { digits: '', kept: false, full: false };

/** The entry after one key. A digit that does not fit changes nothing but `full`. */
export function typeKey(entry: Entry, key: EntryKey): Entry {
  if (key === 'clear') return EMPTY_ENTRY;
  if (key === 'backspace') return { digits: entry.digits.slice(0, -1), kept: false, full: false };
  const digits = `${entry.kept ? '' : entry.digits}${key}`.replace(/^0+/, '');
  if (digits.length > MAX_DIGITS) return { ...entry, full: true };
  return { digits, kept: false, full: false };
}

/** The amount in fen. */
export function amountOf(entry: Entry): number {
  return Number(entry.digits);
}

/** An entry that offers an amount again; one that does not fit the keypad is not offered. */
export function keepAmount(amountMinor: number): Entry {
  const digits = String(amountMinor);
  return /^[1-9][0-9]*$/.test(digits) && digits.length <= MAX_DIGITS
    ? { digits, kept: true, full: false }
    : EMPTY_ENTRY;
}

/** Fen as yuan: 123456 is `¥1,234.56`. */
export function yuan(amountMinor: number): string {
  const [whole, hundredths] = [Math.floor(Math.abs(amountMinor) / 100), Math.abs(amountMinor) % 100];
  const grouped = String(whole).replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return `${amountMinor < 0 ? '−' : ''}¥${grouped}.${String(hundredths).padStart(2, '0')}`;
}
