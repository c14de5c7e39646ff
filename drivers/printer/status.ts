import type { PrinterTrouble } from '../ports.ts';

/** What a byte from the printer can be, told by the bits that are always so (Epson: DLE EOT, GS r). */
export type PrinterByte = 'real-time' | 'paper-sensor' | 'other';

/** An answer to DLE EOT is 0xx1xx10; one to GS r is 0xx0xxxx. XON, XOFF and the first byte of an unasked status are neither. */
export function kindOfByte(byte: number): PrinterByte {
  if ((byte & 0b1001_0011) === 0b0001_0010) return 'real-time';
  return (byte & 0b1001_0000) === 0 ? 'paper-sensor' : 'other';
}

/** The four answers to DLE EOT 1 to 4. */
export type RealTimeAnswers = readonly [printer: number, offline: number, error: number, paper: number];

export interface PrinterStatus {
  /** The worst of what keeps it from printing; undefined when nothing does. */
  readonly trouble?: PrinterTrouble;
  readonly paperLow: boolean;
}

/** What is looked at in which answer; the first that holds is told. */
const TROUBLES: readonly (readonly [answer: 0 | 1 | 2 | 3, bits: number, trouble: PrinterTrouble])[] = [
  [1, 0x04, 'cover-open'],
  [3, 0x60, 'paper-out'],
  [1, 0x20, 'paper-out'],
  [2, 0x08, 'cutter-error'],
  [2, 0x64, 'printer-error'],
  [1, 0x40, 'printer-error'],
  [0, 0x08, 'offline'],
];
const PAPER_NEAR_END = 0x0c;

export function statusOf(answers: RealTimeAnswers): PrinterStatus {
  const trouble = TROUBLES.find(([answer, bits]) => (answers[answer] & bits) !== 0)?.[2];
  return { ...(trouble !== undefined && { trouble }), paperLow: (answers[3] & PAPER_NEAR_END) !== 0 };
}

/** In words, for whoever stands before the printer. */
export const TROUBLE_WORDS: { readonly [T in PrinterTrouble]: string } = {
  'cover-open': 'its cover is open: close it',
  'paper-out': 'it is out of paper: put in a new roll',
  'cutter-error': 'its cutter is stuck: switch it off, take out the paper, and switch it on again',
  'printer-error': 'it reports an error: switch it off and on again',
  offline: 'it is offline: look at its lamps and its feed button',
  unplugged: 'it is not there: look at its cable and its power',
  refused: 'it may not be opened: look at the rights of its port, and whether another program has it',
  silent: 'it has answered before and does not now: is it switched on?',
  noise: 'it sends what no printer sends: look at the settings of its line',
  busy: 'it is still at an earlier slip: look at it',
  pulled: 'it went away in the middle of a slip',
  unconfirmed: 'it took the slip, and has not said that it is printed',
};
