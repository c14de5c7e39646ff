/**
 * The commands of ESC/POS that a receipt needs, by the names of Epson's public reference. The bytes, and the bits of the
 * answers in `status.ts`, are from memory of that reference; no printer was there to try them on.
 */
const [ESC, GS, FS, DLE, EOT] = [0x1b, 0x1d, 0x1c, 0x10, 0x04];

/** ESC @: back to what holds after switching on. */
export const INITIALISE: readonly number[] = [ESC, 0x40];
/** GS a 0: the printer says nothing unasked (automatic status back off). */
export const NO_STATUS_UNASKED: readonly number[] = [GS, 0x61, 0];
/** FS &: bytes from 81 on begin a character of two or four bytes. */
export const KANJI_MODE: readonly number[] = [FS, 0x26];
/** ESC a: 0 left, 1 centre. */
export const justification = (centred: boolean): readonly number[] => [ESC, 0x61, centred ? 1 : 0];
/** ESC E: 1 on, 0 off. */
export const emphasised = (on: boolean): readonly number[] => [ESC, 0x45, on ? 1 : 0];
/** GS !: widths in the upper half, heights in the lower, each less one. */
export const characterSize = (double: boolean): readonly number[] => [GS, 0x21, double ? 0x11 : 0];
/** LF: prints the line. */
export const PRINT_LINE: readonly number[] = [0x0a];
/** GS V 66 n: feeds to the cutter and n dots beyond, and cuts. A printer without cutter feeds. */
export const FEED_AND_CUT: readonly number[] = [GS, 0x56, 66, 0];
/** GS r 1: asks for the paper sensors, in its turn behind everything sent before. */
export const TRANSMIT_PAPER_STATUS: readonly number[] = [GS, 0x72, 1];
/** DLE EOT n: asks at once, whatever waits: 1 printer, 2 why it is offline, 3 errors, 4 paper sensors. */
export const realTimeStatus = (n: 1 | 2 | 3 | 4): readonly number[] => [DLE, EOT, n];
