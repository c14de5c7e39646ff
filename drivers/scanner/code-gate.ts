import type { After } from '../driver-tools.ts';

/** Codes are one row until the scanner has been quiet for so long. */
export const ROW_MS = 1_000;
/** Nobody scans more different ones in a row. */
export const MAX_IN_A_ROW = 5;

/** `repeated`: it came before in this row. `flood`: no more is taken before the scanner has been quiet. */
type Admission = 'new' | 'repeated' | 'flood';

export interface CodeGate {
  admit(code: Uint8Array): Admission;
  /** Wipes what is remembered. */
  forget(): void;
}

/**
 * Lets each code through once. A phone that is held before the scanner is read again and again, and a scanner that has gone
 * mad sends without end. The codes of a row are remembered as bytes, and wiped when it is over.
 */
export function codeGate(after: After): CodeGate {
  const row: Uint8Array[] = [];
  let callOff = (): void => {};

  const forget = (): void => {
    callOff();
    for (const code of row) code.fill(0);
    row.length = 0;
  };
  return {
    admit(code) {
      callOff();
      callOff = after(ROW_MS, forget);
      if (row.some((earlier) => equal(earlier, code))) return 'repeated';
      if (row.length === MAX_IN_A_ROW) return 'flood';
      row.push(code.slice());
      return 'new';
    },
    forget,
  };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
