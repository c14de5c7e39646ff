import { equalBytes } from '../../../emv/values/index.ts';
import { type Reaction, SW } from '../reaction.ts';
import { changed, type Here, inTransaction } from './here.ts';
import { referenceBlock } from './pin-block.ts';
import { defaultAction } from './risk.ts';

const PLAINTEXT = 0x80;
const ENCIPHERED = 0x88;
/** First byte of an enciphered PIN once it is deciphered (EMV Book 2 §7.2). */
const HEADER = 0x7f;

/** GET CHALLENGE: 8 bytes that the next VERIFY must bring enciphered. */
export const getChallenge = inTransaction(({ p1, p2, data }, here) => {
  if (p1 !== 0 || p2 !== 0) return { sw: SW.wrongParameters };
  if (data.length > 0) return { sw: SW.wrongLength };
  const challenge = here.moment.random(8);
  return { sw: SW.ok, data: challenge, ...changed(here, { transaction: { challenge } }) };
});

/**
 * VERIFY: an offline PIN in the clear, or enciphered for the card's PIN key (EMV Book 3 §6.5.12). The try is taken on disk before
 * the PIN is looked at, and given back when it is right: no power cut buys another guess.
 */
export const verify = inTransaction(({ p1, p2, data }, here) => {
  const { transaction, algorithms, stored } = here;
  if (transaction.stage !== 'options') return { sw: SW.conditionsNotSatisfied };
  if (p1 !== 0 || (p2 !== PLAINTEXT && p2 !== ENCIPHERED)) return { sw: SW.wrongParameters };
  const enciphered = p2 === ENCIPHERED;
  if (enciphered && (algorithms.pinKey === undefined || transaction.challenge === undefined)) {
    return { sw: SW.conditionsNotSatisfied };
  }
  if (data.length !== (enciphered ? algorithms.pinKey?.length : 8)) return { sw: SW.wrongLength };
  // 6983: it ran out in this transaction; 6984: it had run out before.
  if (stored.pinTries === 0) return { sw: transaction.pin === 'failed' ? SW.pinBlocked : SW.pinNotUsable };

  const taken = changed(here, { stored: { pinTries: stored.pinTries - 1 }, transaction: { pin: 'failed' } });
  return {
    sw: SW.ok,
    ...taken,
    onceWritten: () => compared(after(here, taken), enciphered ? deciphered(here, data) : data),
  };
});

/** The whereabouts once a first change is on disk. */
function after(here: Here, { card = here.moment.card, session = here.moment.session }: Partial<Reaction>): Here {
  const stored = { ...here.stored, pinTries: here.stored.pinTries - 1 };
  const transaction = { ...here.transaction, pin: 'failed' } as const;
  return { ...here, moment: { ...here.moment, card, session }, stored, transaction };
}

/** The PIN block in an enciphered PIN: 7F ‖ block 8 ‖ challenge 8 ‖ random; undefined when it is not of this challenge. */
function deciphered({ algorithms, transaction }: Here, data: Uint8Array): Uint8Array | undefined {
  const plain = algorithms.pinKey?.decipher(data);
  const { challenge } = transaction;
  if (plain?.[0] !== HEADER || challenge === undefined || !equalBytes(plain.subarray(9, 17), challenge))
    return undefined;
  return plain.subarray(1, 9);
}

function compared(here: Here, pinBlock: Uint8Array | undefined): Reaction {
  const { memory, profile, stored } = here;
  if (pinBlock !== undefined && equalBytes(pinBlock, referenceBlock(memory.pin))) {
    const good = { stored: { pinTries: profile.pinTryLimit }, transaction: { pin: 'good' } } as const;
    return { sw: SW.ok, ...changed(here, good) };
  }
  const sw = SW.triesLeft | stored.pinTries;
  if (stored.pinTries > 0 || !defaultAction(here, 'pinTriesExceededBlock')) return { sw };
  return { sw, ...changed(here, { memory: { blocked: true, blockedByPin: true } }) };
}
