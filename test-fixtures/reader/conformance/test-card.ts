import { concat, hex } from '../../../emv/values/index.ts';
import type { FieldCard } from '../../card/field-card.ts';

const ATR = hex('3B8F8001804F0CA000000306030001000000006A');

export const SELECT = hex('00A404000E325041592E5359532E444446303100');
export const OK = hex('9000');

/** What the test card makes of a command, by its instruction byte. */
export type Script = Readonly<Record<number, () => Uint8Array | 'gone' | 'silent'>>;

export interface TestCard extends FieldCard {
  /** How often the card was powered or reset. */
  readonly powered: number;
  /** The commands that reached it since it was last powered. */
  readonly seen: readonly Uint8Array[];
}

/** A card that answers OK to everything but what its script says. */
export function testCard(script: Script = {}, atr = ATR): TestCard {
  let powered = 0;
  let seen: Uint8Array[] = [];
  return {
    atr,
    get powered() {
      return powered;
    },
    get seen() {
      return seen;
    },
    power: () => {
      powered += 1;
      seen = [];
    },
    transmit: (command) => {
      seen.push(Uint8Array.from(command));
      return script[command[1] ?? 0]?.() ?? OK;
    },
  };
}

/** A command of the test's own: class 80, the instruction and one byte of data. */
export const own = (instruction: number, data = 0): Uint8Array => Uint8Array.of(0x80, instruction, 0, 0, 1, data);

/** The longest answer there is: 256 bytes of data and the status word. */
export const LONGEST = concat(
  Uint8Array.from({ length: 256 }, (_, at) => at),
  OK,
);
