import { concat, equalBytes, hex, uintBytes } from '../../emv/values/index.ts';
import { type Command, readCommand } from '../card/command.ts';
import type { FieldCard } from '../card/field-card.ts';
import { type Memory, memoryStorage } from '../card/storage.ts';
import { code, derivedKey, purchaseKey } from './cipher.ts';
import { overContacts } from './over-contacts.ts';
import type { StoredSam } from './state.ts';

const ATR = hex('3B6D000057445362');
const MAX_WRONG = 3;

export interface SamProfile {
  /** 10 bytes, file 15. */
  readonly serial: Uint8Array;
  /** 6 bytes, file 16. */
  readonly terminalId: Uint8Array;
  /** Master key for purchases, 16 bytes. */
  readonly masterKey: Uint8Array;
  readonly keyVersion: number;
  /** The number of its last purchase. */
  readonly sequence: number;
  /** Wrong MAC2s in a row that it bears: 3. */
  readonly tries?: number;
  readonly quirks?: {
    /** Its number never rises. */
    readonly stuckNumber?: boolean;
    /** MAC1 that no card takes. */
    readonly wrongMac1?: boolean;
    readonly contacts?: boolean;
  };
}

interface SamSession {
  readonly selected: boolean;
  /** The session key's MAC2 of the purchase that it has begun. */
  readonly expected?: Uint8Array;
}

interface SamReaction {
  readonly sw: number;
  readonly data?: Uint8Array;
  readonly stored?: StoredSam;
  readonly session?: SamSession;
}

/** A PSAM in software. */
export interface VirtualPsam extends FieldCard {
  /** A reset: the purchase that it has begun is forgotten, its number is not. */
  power(): void;
  transmit(command: Uint8Array): Uint8Array;
  stored(): StoredSam;
}

/** random 4 ‖ offline 2 ‖ amount 4 ‖ type 1 ‖ date 4 ‖ time 3 ‖ key version 1 ‖ algorithm 1 ‖ serial 8 */
function begin({ data }: Command, profile: SamProfile, stored: StoredSam): SamReaction {
  if (data.length !== 28) return { sw: 0x6700 };
  if (data[18] !== profile.keyVersion || data[19] !== 0) return { sw: 0x9403 };
  if (stored.triesLeft === 0) return { sw: 0x6983 };
  const sequence = profile.quirks?.stuckNumber ? stored.sequence : stored.sequence + 1;
  const number = uintBytes(sequence, 4);
  const offline = (data[4] ?? 0) * 256 + (data[5] ?? 0);
  const key = purchaseKey(derivedKey(profile.masterKey, data.slice(20)), data.slice(0, 4), offline, number);
  const [amount, type, moment] = [data.slice(6, 10), data.slice(10, 11), data.slice(11, 18)];
  const genuine = code(key, amount, type, profile.terminalId, moment);
  const mac1 = profile.quirks?.wrongMac1 ? genuine.map((byte) => byte ^ 0x55) : genuine;
  return {
    sw: 0x9000,
    data: concat(number, mac1),
    stored: { ...stored, sequence },
    session: { selected: true, expected: code(key, amount) },
  };
}

function verdict({ data }: Command, { expected }: SamSession, stored: StoredSam, tries: number): SamReaction {
  if (expected === undefined) return { sw: 0x6901 };
  if (data.length !== 4) return { sw: 0x6700 };
  const session = { selected: true };
  if (equalBytes(data, expected)) return { sw: 0x9000, stored: { ...stored, triesLeft: tries }, session };
  return { sw: 0x9302, stored: { ...stored, triesLeft: Math.max(0, stored.triesLeft - 1) }, session };
}

function readFile({ p1, p2, le }: Command, profile: SamProfile): SamReaction {
  const file = new Map([
    [0x95, concat(profile.serial, hex('01000000'))],
    [0x96, profile.terminalId],
  ]).get(p1);
  if (file === undefined || p2 !== 0) return { sw: 0x6a82 };
  return { sw: 0x9000, data: file.slice(0, le) };
}

/** Makes the PSAM; without a memory it keeps what it keeps as long as the process lives. */
export function createVirtualPsam(profile: SamProfile, memory: Memory<StoredSam> = memoryStorage()): VirtualPsam {
  const { sequence, tries = MAX_WRONG } = profile;
  let stored: StoredSam = memory.load() ?? { sequence, triesLeft: tries };
  let session: SamSession = { selected: false };

  const decide = (command: Command): SamReaction => {
    const over = { selected: session.selected };
    switch ((command.cla << 8) | command.ins) {
      case 0x00b0:
        return { session: over, ...readFile(command, profile) };
      case 0x00a4:
        return equalBytes(command.data, hex('DF01'))
          ? { sw: 0x9000, session: { selected: true } }
          : { sw: 0x6a82, session: over };
      case 0x8070:
        return session.selected ? { session: over, ...begin(command, profile, stored) } : { sw: 0x6985 };
      case 0x8072:
        return { session: over, ...verdict(command, session, stored, tries) };
      default:
        return { sw: 0x6d00, session: over };
    }
  };
  const commit = (reaction: SamReaction): void => {
    if (reaction.stored) memory.save(reaction.stored);
    stored = reaction.stored ?? stored;
    session = reaction.session ?? session;
  };
  const contacts = overContacts(profile.quirks?.contacts === true);

  return {
    atr: ATR,
    power: () => {
      session = { selected: false };
      contacts.reset();
    },
    transmit: (bytes) => {
      const command = readCommand(bytes);
      return command === undefined ? uintBytes(0x6700, 2) : contacts.answer(command, () => decide(command), commit);
    },
    stored: () => stored,
  };
}
