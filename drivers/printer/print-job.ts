import {
  characterSize,
  emphasised,
  FEED_AND_CUT,
  INITIALISE,
  justification,
  KANJI_MODE,
  NO_STATUS_UNASKED,
  PRINT_LINE,
} from './commands.ts';
import { layOut, type PaperLine, type SlipLine } from './slip.ts';
import { printableBytes } from './text.ts';

/** The bytes of one slip in ESC/POS, cut off at its end. Nothing in the texts can become a command. */
export function printJob(slip: readonly SlipLine[], columns: number): Uint8Array {
  return Uint8Array.from([
    ...INITIALISE,
    ...NO_STATUS_UNASKED,
    ...KANJI_MODE,
    ...layOut(slip, columns).flatMap(lineBytes),
    ...FEED_AND_CUT,
  ]);
}

/** Each line says all of its style and takes it back, so that none depends on the one before. */
function lineBytes({ text, centred, emphasised: bold, double }: PaperLine): readonly number[] {
  return [
    ...(centred ? justification(true) : []),
    ...(bold ? emphasised(true) : []),
    ...(double ? characterSize(true) : []),
    ...printableBytes(text),
    ...PRINT_LINE,
    ...(double ? characterSize(false) : []),
    ...(bold ? emphasised(false) : []),
    ...(centred ? justification(false) : []),
  ];
}
