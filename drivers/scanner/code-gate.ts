import type { After } from '../driver-tools.ts';

/** Codes are one row until the scanner has been quiet for so long. */
export const ROW_MS = 1_000;
/** Nobody scans more different ones in a row. */
export const MAX_IN_A_ROW = 5;
/** No phone that is held before it is read so often in a row, and none gives so much that cannot be read. */
export const MAX_READS_IN_A_ROW = 1_000;

/** `repeated`: it came before in this row. `flood`: no more is taken before the scanner has been quiet. */
type Admission = 'new' | 'repeated' | 'flood';

export interface CodeGate {
  admit(code: Uint8Array): Admission;
  /** Something came that is no code: it belongs to the row all the same. */
  spoilt(): void;
  /** Is a flood going on? Being asked, which somebody is whose scanner sends, makes the row go on. */
  floods(): boolean;
  /** Wipes what is remembered. */
  forget(): void;
}

/**
 * Lets each code through once. A phone that is held before the scanner is read again and again, and a scanner that has gone
 * mad sends without end. The codes of a row are remembered as bytes, and wiped when it is over.
 */
export function codeGate(after: After): CodeGate {
  const row: Uint8Array[] = [];
  let reads = 0;
  let flooded = false;
  let callOff = (): void => {};

  const forget = (): void => {
    callOff();
    for (const code of row) code.fill(0);
    row.length = 0;
    reads = 0;
    flooded = false;
  };
  const goOn = (): void => {
    callOff();
    callOff = after(ROW_MS, forget);
  };
  const read = (): void => {
    goOn();
    reads += 1;
    flooded ||= reads > MAX_READS_IN_A_ROW;
  };
  return {
    admit(code) {
      read();
      const isRepeated = row.some((earlier) => equal(earlier, code));
      flooded ||= !isRepeated && row.length === MAX_IN_A_ROW;
      if (flooded) return 'flood';
      if (isRepeated) return 'repeated';
      row.push(code.slice());
      return 'new';
    },
    spoilt: read,
    floods() {
      if (flooded) goOn();
      return flooded;
    },
    forget,
  };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
