import { concat, hex, uintBytes } from '../../emv/values/index.ts';
import { type Command, readCommand } from './command.ts';
import { DEBIT_CREDIT_HANDLERS } from './debit-credit/commands.ts';
import type { FieldCard } from './field-card.ts';
import { getData } from './get-data.ts';
import { getProcessingOptions } from './get-processing-options.ts';
import type { CardProfile } from './profile.ts';
import { type Handler, type Reaction, SW } from './reaction.ts';
import { readRecord } from './read-record.ts';
import { select } from './select.ts';
import { issuedState, POWERED_UP, type StoredCard, withoutChallenge } from './state.ts';
import type { CardStorage } from './storage.ts';

/** Contactless, without historical bytes, as PC/SC part 3 shows it; over the contacts the basic ATR of T=0 or T=1 (EMV Book 1 §8.3). */
const ATR = {
  contactless: hex('3B80800101'),
  t0: hex('3B600000'),
  t1: hex('3BE000FF8131FE4514'),
} as const;

const atrOf = (profile: CardProfile): Uint8Array =>
  profile.interface === 'contactless' ? ATR.contactless : ATR[profile.manners === 't0' ? 't0' : 't1'];

/** The commands of every card, by class and instruction. */
const QPBOC_HANDLERS: readonly (readonly [number, Handler])[] = [
  [0x00a4, select],
  [0x00b2, readRecord],
  [0x80a8, getProcessingOptions],
  [0x80ca, getData],
];
const GET_RESPONSE = 0x00c0;
const GET_CHALLENGE = 0x0084;

/** A PBOC card in software: bytes in, bytes out, with a memory that may outlive the process. */
export interface VirtualCard extends FieldCard {
  /** Answers every command, also nonsense, with at least a status word. Throws only when its storage does. */
  transmit(command: Uint8Array): Uint8Array;
  /** What its memory holds now. */
  stored(): StoredCard;
}

/** Makes the card. `random` gives fresh random bytes: the card's own unpredictable numbers come from it. */
export function createVirtualCard(parts: {
  profile: CardProfile;
  storage: CardStorage;
  random: (length: number) => Uint8Array;
}): VirtualCard {
  const { profile, storage, random } = parts;
  let card = storage.load() ?? issuedState(profile);
  if (card.applications.length !== profile.applications.length) {
    throw new RangeError('the stored memory is not of a card with these applications');
  }
  const handlers = new Map([...QPBOC_HANDLERS, ...(knowsDebitCredit(profile) ? DEBIT_CREDIT_HANDLERS : [])]);
  let session = POWERED_UP;
  /** Over the contacts: the whole answer that GET RESPONSE is to fetch. */
  let held: Uint8Array | undefined;

  /** Writes what a command changes, and lets it go on where it had to be written first: what is to be answered. */
  const commit = (reaction: Reaction): Reaction => {
    if (reaction.card !== undefined) {
      storage.save(reaction.card);
      card = reaction.card;
    }
    session = reaction.session ?? session;
    return reaction.onceWritten === undefined ? reaction : commit(reaction.onceWritten());
  };

  const answerAsOverContacts = (command: Command, reaction: Reaction): Uint8Array => {
    const { data = new Uint8Array() } = reaction;
    const takesData = command.data.length > 0;
    // Case 2 with another Le than there is: nothing has been done yet, the terminal asks again.
    if (!takesData && data.length > 0 && command.le !== data.length) return status(0x6c00 | (data.length & 0xff));
    const { sw } = commit(reaction);
    if (!takesData || data.length === 0) return concat(data, status(sw));
    held = concat(data, status(sw));
    return status(0x6100 | (data.length & 0xff));
  };

  const answerTo = (command: Command): Uint8Array => {
    const key = keyOf(command);
    const waiting = held;
    held = undefined;
    if (key === GET_RESPONSE && waiting !== undefined) return waiting;
    const handler = handlers.get(key);
    if (handler === undefined) return status(unknownCommand(command, handlers));
    const reaction = handler(command, { profile, card, session, random });
    if (profile.manners === 't0') return answerAsOverContacts(command, reaction);
    const { data = new Uint8Array(), sw } = commit(reaction);
    return concat(data, status(sw));
  };

  return {
    atr: atrOf(profile),
    power: () => {
      session = POWERED_UP;
      held = undefined;
    },
    transmit: (bytes) => {
      const command = readCommand(bytes);
      if (command === undefined) return status(SW.wrongLength);
      const answer = answerTo(command);
      // A challenge holds for the next command and no longer.
      if (keyOf(command) !== GET_CHALLENGE) session = withoutChallenge(session);
      return answer;
    },
    stored: () => card,
  };
}

const keyOf = ({ cla, ins }: Command): number => (cla << 8) | ins;

const status = (sw: number): Uint8Array => uintBytes(sw, 2);

const knowsDebitCredit = ({ applications }: CardProfile): boolean =>
  applications.some(({ debitCredit }) => debitCredit !== undefined);

function unknownCommand({ cla, ins }: Command, handlers: ReadonlyMap<number, Handler>): number {
  if (![...handlers.keys()].some((key) => key >> 8 === cla)) return SW.unknownClass;
  const otherClass = handlers.has(((cla ^ 0x80) << 8) | ins);
  return otherClass ? SW.unknownClass : SW.unknownInstruction;
}
