import { equalBytes, hex, toHex } from '../values/index.ts';
import type { Exchange, Recording } from './recording.ts';
import { redactCommand } from './redact-command.ts';

/** What a recording answers to a command. */
type Played =
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  /** The recording has the card leave here. */
  | { readonly kind: 'torn' }
  /** `recorded`: the command that would have been the right one; absent at the end of the recording. */
  | { readonly kind: 'mismatch'; readonly at: number; readonly recorded?: Uint8Array };

/** A card that answers from a recording. */
export interface RecordedCard {
  play(command: Uint8Array): Played;
  readonly recording: Recording;
  /** The exchanges that are still to come. */
  readonly ahead: readonly Exchange[];
  /** How many exchanges have been used. */
  readonly used: number;
  /** What was answered otherwise than recorded, a line each. */
  readonly remarks: readonly string[];
}

const SELECT = 0xa4;
const GET_DATA = 0xca;
const NOT_FOUND = hex('6A88');
const HEADER = 4;

const ofExchange = ({ response }: Exchange): Played =>
  response.length < 2 ? { kind: 'torn' } : { kind: 'answered', response };

/** The same but for what no trace holds, on either side: a PIN, the issuer's cryptogram, MACs. */
const isEqual = (recorded: Uint8Array, command: Uint8Array): boolean =>
  equalBytes(redactCommand(recorded), redactCommand(command));

/** Answers only the recorded commands, byte for byte but for secrets, and in their order. */
export function strictCard(recording: Recording): RecordedCard {
  const { exchanges } = recording;
  let at = 0;
  return {
    recording,
    play: (command) => {
      const next = exchanges[at];
      if (next === undefined) return { kind: 'mismatch', at };
      if (!isEqual(next.command, command)) return { kind: 'mismatch', at, recorded: next.command };
      at += 1;
      return ofExchange(next);
    },
    get ahead() {
      return exchanges.slice(at);
    },
    get used() {
      return at;
    },
    remarks: [],
  };
}

/** The same question, whatever terminal data it carries? SELECT carries a name, which makes it another question. */
function isSame(recorded: Uint8Array, command: Uint8Array): boolean {
  if (!equalBytes(recorded.subarray(0, HEADER), command.subarray(0, HEADER))) return false;
  if (command[1] !== SELECT) return true;
  const length = 1 + (command[HEADER] ?? 0);
  return equalBytes(recorded.subarray(HEADER, HEADER + length), command.subarray(HEADER, HEADER + length));
}

/**
 * Answers by CLA INS P1 P2 (and the name of a SELECT): the next recorded exchange of that kind, else one that was passed
 * over. A GET DATA that was never asked is answered 6A88, as by a card that does not tell.
 */
export function lenientCard(recording: Recording): RecordedCard {
  const { exchanges } = recording;
  const used = new Set<number>();
  const remarks: string[] = [];
  let at = 0;

  const find = (command: Uint8Array): number | undefined => {
    const fits = ({ command: recorded }: Exchange, index: number): boolean =>
      !used.has(index) && isSame(recorded, command);
    const ahead = exchanges.findIndex((exchange, index) => index >= at && fits(exchange, index));
    const found = ahead >= 0 ? ahead : exchanges.findIndex(fits);
    return found >= 0 ? found : undefined;
  };

  return {
    recording,
    play: (command) => {
      const found = find(command);
      const exchange = found === undefined ? undefined : exchanges[found];
      if (found === undefined || exchange === undefined) {
        if (command[1] !== GET_DATA) {
          const recorded = exchanges[at]?.command;
          return { kind: 'mismatch', at, ...(recorded && { recorded }) };
        }
        remarks.push(`${toHex(command)} was not recorded; answered 6A88`);
        return { kind: 'answered', response: NOT_FOUND };
      }
      if (!isEqual(exchange.command, command)) {
        remarks.push(`${toHex(redactCommand(command))} is answered as ${toHex(exchange.command)} was`);
      }
      used.add(found);
      at = Math.max(at, found + 1);
      return ofExchange(exchange);
    },
    get ahead() {
      return exchanges.filter((_, index) => index >= at && !used.has(index));
    },
    get used() {
      return used.size;
    },
    remarks,
  };
}
