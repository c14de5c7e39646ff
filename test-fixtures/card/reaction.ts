import type { Command } from './command.ts';
import type { CardProfile } from './profile.ts';
import type { Session, StoredCard } from './state.ts';

/** Status words that this card knows. */
export const SW = {
  ok: 0x9000,
  applicationBlocked: 0x6283,
  authenticationFailed: 0x6300,
  triesLeft: 0x63c0,
  wrongLength: 0x6700,
  pinBlocked: 0x6983,
  pinNotUsable: 0x6984,
  conditionsNotSatisfied: 0x6985,
  wrongMac: 0x6988,
  wrongData: 0x6a80,
  notSupported: 0x6a81,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongParameters: 0x6a86,
  dataNotFound: 0x6a88,
  unknownInstruction: 0x6d00,
  unknownClass: 0x6e00,
} as const;

/** Everything a command handler may look at. */
export interface Moment {
  readonly profile: CardProfile;
  readonly card: StoredCard;
  readonly session: Session;
  /** Fresh random bytes. */
  readonly random: (length: number) => Uint8Array;
}

/** What a command does: its answer and, where they change, the memory and the session. Memory is written before the answer. */
export interface Reaction {
  readonly sw: number;
  readonly data?: Uint8Array;
  readonly card?: StoredCard;
  readonly session?: Session;
  /** What goes on once that memory is written; its status word and data are the answer. */
  readonly onceWritten?: () => Reaction;
}

export type Handler = (command: Command, moment: Moment) => Reaction;
