import { purseLoadKey, purseMac, purseTac } from '../crypto/index.ts';
import { concat, type Fen, uintBytes } from '../values/index.ts';
import {
  hasPurseLengths,
  judgeCode,
  MALFORMED_PURSE_INPUT,
  type PurseKeyOwner,
  type PurseTransaction,
  type PurseVerdict,
  purseHead,
  purseMoment,
  withKey,
  withPurseKey,
} from './purse-verdict.ts';

/** A load as the card announces it in INITIALIZE FOR LOAD. */
export interface PurseLoadFacts extends Omit<PurseTransaction, 'date' | 'time'> {
  readonly balanceBefore: Fen;
  /** Before the load; the card raises it with the credit. */
  readonly onlineSequence: number;
  /** 4 bytes. */
  readonly random: Uint8Array;
}

const factsFit = ({ amount, type, terminalId, balanceBefore, onlineSequence, random }: PurseLoadFacts): boolean =>
  hasPurseLengths({
    bytes: [
      [terminalId, 6],
      [random, 4],
    ],
    numbers: [
      [amount, 4],
      [type, 1],
      [balanceBefore, 4],
      [balanceBefore + amount, 4],
      [onlineSequence, 2],
    ],
  });

function loadMac(owner: PurseKeyOwner, { random, onlineSequence }: PurseLoadFacts, covered: Uint8Array): Uint8Array {
  return withPurseKey(owner, (card) =>
    withKey(purseLoadKey(card, random, onlineSequence), (key) => purseMac(key, covered)),
  );
}

/**
 * Does this card ask for this load (MAC1, 4 bytes, over its balance, amount, type and terminal)? `masterKey` is the master key
 * for loads. Never throws on what a terminal sends; throws RangeError on a master key of another length.
 */
export function verifyPurseLoadRequest(owner: PurseKeyOwner, facts: PurseLoadFacts, mac1: Uint8Array): PurseVerdict {
  if (!factsFit(facts)) return MALFORMED_PURSE_INPUT;
  return judgeCode(loadMac(owner, facts, concat(uintBytes(facts.balanceBefore, 4), purseHead(facts))), mac1);
}

/**
 * The host's word to the card (MAC2, 4 bytes) that it may add the amount; date and time are the host's and go to the card with
 * it. Throws RangeError on facts that `verifyPurseLoadRequest` would call malformed.
 */
export function purseLoadMac2(
  owner: PurseKeyOwner,
  facts: PurseLoadFacts,
  moment: Pick<PurseTransaction, 'date' | 'time'>,
): Uint8Array {
  if (!factsFit(facts)) throw new RangeError('not the facts of a load');
  return loadMac(owner, facts, concat(purseHead(facts), purseMoment(moment)));
}

/**
 * Has this card added the amount? Its TAC (4 bytes) covers new balance, online sequence number before the load, amount, type,
 * terminal, date and time. `masterKey` is the master key for TACs. The order of these fields is from memory (JR/T 0025.2-2010).
 */
export function verifyPurseLoad(
  owner: PurseKeyOwner,
  facts: PurseLoadFacts & Pick<PurseTransaction, 'date' | 'time'>,
  transactionCode: Uint8Array,
): PurseVerdict {
  if (!factsFit(facts)) return MALFORMED_PURSE_INPUT;
  const covered = concat(
    uintBytes(facts.balanceBefore + facts.amount, 4),
    uintBytes(facts.onlineSequence, 2),
    purseHead(facts),
    purseMoment(facts),
  );
  return judgeCode(
    withPurseKey(owner, (key) => purseTac(key, covered)),
    transactionCode,
  );
}
