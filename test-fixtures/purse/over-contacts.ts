import { concat, uintBytes } from '../../emv/values/index.ts';
import type { Command } from '../card/command.ts';

interface Reaction {
  readonly sw: number;
  readonly data?: Uint8Array;
}

const GET_RESPONSE = 0xc0;
const NOTHING = new Uint8Array();

/**
 * Answers as it is, or as a T=0 card does: 6Cxx while Le is another than there is (nothing has been done yet), 61xx and GET
 * RESPONSE where a command that brings data is answered with data.
 */
export function overContacts(manners: boolean) {
  let held: Uint8Array | undefined;
  return {
    reset: (): void => {
      held = undefined;
    },
    answer: <R extends Reaction>(command: Command, decide: () => R, commit: (reaction: R) => void): Uint8Array => {
      const waiting = held;
      held = undefined;
      if (waiting && command.cla === 0x00 && command.ins === GET_RESPONSE) return waiting;
      const reaction = decide();
      const { data = NOTHING, sw } = reaction;
      const whole = concat(data, uintBytes(sw, 2));
      const brings = command.data.length > 0;
      if (manners && !brings && data.length > 0 && command.le !== data.length) {
        return uintBytes(0x6c00 | data.length, 2);
      }
      commit(reaction);
      if (!manners || !brings || data.length === 0) return whole;
      held = whole;
      return uintBytes(0x6100 | data.length, 2);
    },
  };
}
