/**
 * The commands of the CD5220 customer display, in its standard mode (user's manual, command list), which most 2×20 displays
 * can be set to. In string mode it takes nothing but lines and CLR.
 */
const CR = 0x0d;
const CLR = 0x0c;
const ESC = 0x1b;
const LINE_COMMANDS = { upper: [ESC, 0x51, 0x41], lower: [ESC, 0x51, 0x42] } as const;

/**
 * Brings a display of which nothing is known to a blank screen: CR ends a line that was broken off, CLR leaves string mode,
 * ESC @ initialises.
 */
export const INITIALISE: readonly number[] = [CR, CLR, ESC, 0x40];

/** ESC Q A … CR, ESC Q B … CR. @param line exactly 20 bytes, none of them below 20 */
export const writeLine = (which: keyof typeof LINE_COMMANDS, line: Uint8Array): readonly number[] => [
  ...LINE_COMMANDS[which],
  ...line,
  CR,
];
