import type { CardChannel, CardReaders, ExchangeAnswer } from '../../../drivers/index.ts';
import { openSam, runPurseStep, type SamParameters, type SamUse } from '../../../emv/purse/index.ts';
import { equalBytes } from '../../../emv/values/index.ts';
import type { CardSession } from '../card-session.ts';
import { lookingAt, NOBODY } from './looking.ts';

/** The PSAM that is there, and who it is. */
interface SamInSlot extends CardSession {
  /** File 15, 10 bytes. */
  readonly serial: Uint8Array;
}

/**
 * The PSAM in its slot. It stays powered from payment to payment: only the power session that has begun a purchase can judge
 * its MAC2, and only as long as it was asked nothing else.
 */
export interface SamSlot {
  /** For a new purchase: what was begun before is given up. Undefined: there is no PSAM that answers. */
  take(parameters: SamParameters): Promise<SamInSlot | undefined>;
  /** The PSAM that was taken last has begun this purchase. */
  hasBegun(use: SamUse): void;
  /** To have MAC2 of this purchase judged. Torn, when the PSAM has begun another since, or was reset. */
  judgeOf(use: SamUse): CardSession;
  /** Lets go of the PSAM, which is reset. */
  close(): Promise<void>;
}

/** CREDIT SAM FOR PURCHASE. */
const CREDIT = 0x72;

interface Line extends SamInSlot {
  readonly arrival: number;
  readonly channel: CardChannel;
  readonly isDead: () => boolean;
}

interface SamLimits {
  readonly exchangeMs: number;
}

/** @param limits a PSAM that is silent for `exchangeMs` after a command is given up; read at each */
export function samSlot(readers: Pick<CardReaders, 'list'>, limits: SamLimits): SamSlot {
  let line: Line | undefined;
  let begun: { readonly use: SamUse; verdict?: Verdict } | undefined;

  const letGo = async (): Promise<void> => {
    const left = line;
    line = undefined;
    begun = undefined;
    await left?.channel.close();
  };

  const opened = async (parameters: SamParameters): Promise<Line | undefined> => {
    const presence = readers.list().find(({ role, presence }) => role === 'sam' && presence)?.presence;
    if (line !== undefined && !line.isDead() && line.arrival === presence?.arrival) return line;
    await letGo();
    const channel = await presence?.open();
    if (presence === undefined || channel === undefined) return undefined;
    const session = lineOn(channel, limits);
    const sam = await runPurseStep(openSam(parameters), lookingAt({ sam: session }));
    if (sam.kind === 'refused') {
      await channel.close();
      return undefined;
    }
    line = { ...session, channel, arrival: presence.arrival, serial: sam.serial };
    return line;
  };

  const judging = async (command: Uint8Array): Promise<ExchangeAnswer> => {
    const known = begun?.verdict;
    // It judges once. Whoever could not commit what it said asks again.
    if (known && equalBytes(known.command, command)) return known.answer;
    const answer = await (line ?? NOBODY).exchange(command);
    if (begun && command[1] === CREDIT) begun.verdict = { command, answer };
    return answer;
  };

  return {
    async take(parameters) {
      begun = undefined;
      const there = await opened(parameters);
      return there && { serial: there.serial, exchange: judging };
    },
    hasBegun(use) {
      begun = { use };
    },
    judgeOf(use) {
      const isIts = begun !== undefined && line !== undefined && !line.isDead() && sameUse(begun.use, use);
      return isIts ? { exchange: judging } : NOBODY;
    },
    close: letGo,
  };
}

interface Verdict {
  readonly command: Uint8Array;
  readonly answer: ExchangeAnswer;
}

const sameUse = (a: SamUse, b: SamUse): boolean =>
  a.terminalSequence === b.terminalSequence && equalBytes(a.serial, b.serial);

/** After a tear it is torn for good. */
function lineOn(channel: CardChannel, limits: SamLimits): CardSession & { readonly isDead: () => boolean } {
  let torn: ExchangeAnswer | undefined;
  return {
    isDead: () => torn !== undefined,
    async exchange(command) {
      if (torn) return torn;
      const answer = await channel.exchange(command, limits.exchangeMs);
      if (answer.kind === 'torn') torn = answer;
      return answer;
    },
  };
}
