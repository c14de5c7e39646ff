import { SW } from '../reaction.ts';
import type { Changes } from './here.ts';
import { scriptCommand } from './script.ts';

/** A script command that only sets or clears a block: P1, P2 and data are empty. */
const switching = (changes: Changes) =>
  scriptCommand(({ p1, p2, data }) => {
    if (p1 !== 0 || p2 !== 0) return { sw: SW.wrongParameters };
    return data.length > 0 ? { sw: SW.wrongLength } : { changes };
  });

/** APPLICATION BLOCK: from now on SELECT warns with 6283, and every cryptogram is an AAC. */
export const applicationBlock = switching({ memory: { blocked: true } });

/** APPLICATION UNBLOCK */
export const applicationUnblock = switching({ memory: { blocked: false, blockedByPin: false } });

/** CARD BLOCK: for good. From now on every SELECT is 6A81, and what is left of this transaction can only be declined. */
export const cardBlock = switching({ cardBlocked: true });
