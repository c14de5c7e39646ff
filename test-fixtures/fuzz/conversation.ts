import { concat, toHex } from '../../emv/values/index.ts';
import { readCommand } from '../card/command.ts';
import type { ChipFacts } from './chip-proof.ts';
import type { Played } from './play.ts';
import { withoutStatus } from './transcript.ts';

/** One command with all that was fetched for it. */
export interface Turn {
  readonly command: Uint8Array;
  readonly data: Uint8Array;
  /** 0 when the card left. */
  readonly sw: number;
  /** Where the question stands among all questions. */
  readonly at: number;
}

const SELECT = 0xa4;
const GPO = 0xa8;
const READ_RECORD = 0xb2;
const GET_RESPONSE = 0xc0;

const MORE = 0x61;
const WRONG_LE = 0x6c;

const sameButLe = (a: Uint8Array, b: Uint8Array): boolean =>
  toHex(a.subarray(0, -1)) === toHex(b.subarray(0, -1)) && a.length === b.length;

/** Does this command go on with what the answer before it announced? */
function goesOn(before: { sw: number; sent: Uint8Array }, command: Uint8Array): boolean {
  if (before.sw >> 8 === MORE) return command[1] === GET_RESPONSE;
  return before.sw >> 8 === WRONG_LE && sameButLe(before.sent, command);
}

/** Joins what belongs together: GET RESPONSE behind 61xx, the same command again behind 6Cxx, whose data count for nothing. */
export function turnsOf({ asked }: Pick<Played<unknown>, 'asked'>): readonly Turn[] {
  const turns: (Turn & { readonly sent: Uint8Array })[] = [];
  for (const [at, { request, answer }] of asked.entries()) {
    if (request.name !== 'exchange') continue;
    const { command } = request;
    const response = 'response' in answer ? answer.response : new Uint8Array();
    const sw = response.length < 2 ? 0 : Number.parseInt(toHex(response.subarray(-2)), 16);
    const data = response.length < 2 || sw >> 8 === WRONG_LE ? new Uint8Array() : withoutStatus(response);
    const before = turns.at(-1);
    if (before !== undefined && goesOn(before, command)) {
      turns[turns.length - 1] = { ...before, data: concat(before.data, data), sw, sent: command };
    } else turns.push({ command, data, sw, at, sent: command });
  }
  return turns;
}

const wasRead = ({ command }: Turn): boolean => command[1] === READ_RECORD;
const placeOf = ({ command }: Turn) => ({ sfi: (command[3] ?? 0) >> 3, record: command[2] ?? 0 });

/** A command that is no short command APDU, if one was sent. */
export function oddCommand({ given }: Pick<Played<unknown>, 'given'>): Uint8Array | undefined {
  return given.find(({ command }) => !isShortCommand(command))?.command;
}

/** ISO 7816-4: header; Le; Lc and data; Lc, data and Le. */
function isShortCommand({ length, 4: p3 = 0 }: Uint8Array): boolean {
  if (length < 6) return length >= 4;
  return p3 > 0 && (length === 5 + p3 || length === 6 + p3);
}

/** READ RECORDs, in their order. */
export const readingsOf = (turns: readonly Turn[]): readonly Turn[] => turns.filter(wasRead);

/** The record that an AFL names last; undefined when it names none. */
export function lastOfAfl(afl: Uint8Array | undefined): { sfi: number; record: number } | undefined {
  const [file = 0, , last = 0] = afl?.subarray(-4) ?? [];
  return afl === undefined || afl.length < 4 ? undefined : { sfi: file >> 3, record: last };
}

/** Does this turn read that record? */
export function reads(turn: Turn, place: { sfi: number; record: number } | undefined): boolean {
  const { sfi, record } = placeOf(turn);
  return wasRead(turn) && sfi === place?.sfi && record === place.record;
}

export const turnsOfGpo = (turns: readonly Turn[]): readonly Turn[] =>
  turns.filter(({ command }) => command[1] === GPO);

/** What a terminal holds of the card behind a purchase; undefined when it has not come to GPO. */
export function chipFactsOf(turns: readonly Turn[]): ChipFacts | undefined {
  const gpo = turns.findIndex(({ command }) => command[1] === GPO);
  const asked = turns[gpo];
  const selected = turns.slice(0, Math.max(gpo, 0)).findLast(({ command }) => command[1] === SELECT);
  const template = asked && readCommand(asked.command)?.data;
  if (asked === undefined || selected === undefined || template === undefined) return undefined;
  return {
    fci: selected.data,
    pdolValues: template.subarray((template[1] ?? 0) > 0x80 ? 3 : 2),
    gpoAnswer: asked.data,
    records: turns
      .slice(gpo)
      .filter(wasRead)
      .map((turn) => ({ ...placeOf(turn), data: turn.data })),
  };
}
