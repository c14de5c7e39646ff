import { purseMac, pursePurchaseKey, purseTac } from '../crypto/index.ts';
import { concat, uintBytes } from '../values/index.ts';
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

/** A purchase as it goes to clearing. */
export interface PursePurchaseFacts extends PurseTransaction {
  /** The PSAM's number of this purchase, 4 bytes as a number. */
  readonly terminalSequence: number;
}

/** What the session key of a purchase is made of, beside the card's purchase key. */
export interface PursePurchaseSession {
  /** 4 bytes, from INITIALIZE FOR PURCHASE. */
  readonly random: Uint8Array;
  readonly offlineSequence: number;
}

const factsFit = ({ amount, type, terminalId, terminalSequence }: PursePurchaseFacts): boolean =>
  hasPurseLengths({
    bytes: [[terminalId, 6]],
    numbers: [
      [amount, 4],
      [type, 1],
      [terminalSequence, 4],
    ],
  });

const sessionFits = ({ random, offlineSequence }: PursePurchaseSession): boolean =>
  hasPurseLengths({ bytes: [[random, 4]], numbers: [[offlineSequence, 2]] });

/**
 * Has this card paid this purchase? Its TAC (4 bytes) covers amount, type, terminal, the terminal's number, date and time.
 * `masterKey` is the master key for TACs. That the purchase is new, the caller checks by terminal and terminal's number. Never
 * throws on what a terminal sends; throws RangeError on a master key of another length.
 */
export function verifyPursePurchase(
  owner: PurseKeyOwner,
  facts: PursePurchaseFacts,
  transactionCode: Uint8Array,
): PurseVerdict {
  if (!factsFit(facts)) return MALFORMED_PURSE_INPUT;
  const covered = concat(purseHead(facts), uintBytes(facts.terminalSequence, 4), purseMoment(facts));
  return judgeCode(
    withPurseKey(owner, (key) => purseTac(key, covered)),
    transactionCode,
  );
}

function withSession<T>(
  owner: PurseKeyOwner,
  { random, offlineSequence }: PursePurchaseSession,
  terminalSequence: number,
  work: (key: Uint8Array) => T,
): T {
  return withPurseKey(owner, (card) =>
    withKey(pursePurchaseKey(card, random, offlineSequence, terminalSequence), work),
  );
}

/** Did a PSAM of this scheme ask the card for it (MAC1, 4 bytes)? `masterKey` is the master key for purchases. */
export function verifyPurseMac1(
  owner: PurseKeyOwner,
  facts: PursePurchaseFacts,
  session: PursePurchaseSession,
  mac1: Uint8Array,
): PurseVerdict {
  if (!factsFit(facts) || !sessionFits(session)) return MALFORMED_PURSE_INPUT;
  const covered = concat(purseHead(facts), purseMoment(facts));
  return judgeCode(
    withSession(owner, session, facts.terminalSequence, (key) => purseMac(key, covered)),
    mac1,
  );
}

/** Did the card answer it (MAC2, 4 bytes)? What the PSAM judges at the till, for the centre when no PSAM could. */
export function verifyPurseMac2(
  owner: PurseKeyOwner,
  facts: PursePurchaseFacts,
  session: PursePurchaseSession,
  mac2: Uint8Array,
): PurseVerdict {
  if (!factsFit(facts) || !sessionFits(session)) return MALFORMED_PURSE_INPUT;
  const covered = uintBytes(facts.amount, 4);
  return judgeCode(
    withSession(owner, session, facts.terminalSequence, (key) => purseMac(key, covered)),
    mac2,
  );
}
