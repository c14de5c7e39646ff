import { toHex } from '../../emv/values/index.ts';
import { readCommand } from '../card/command.ts';
import { type ChipFacts, valuesIn } from './chip-proof.ts';
import { type Turn, turnsOf } from './conversation.ts';
import type { Played } from './play.ts';
import { readDataObjectList } from './second-readers.ts';
import { type Branch, leavesOf, readTree, writeTree } from './tlv-tree.ts';

const SELECT = 0xa4;
const GPO = 0xa8;
const READ_RECORD = 0xb2;
const GENERATE_AC = 0xae;
const INTERNAL_AUTHENTICATE = 0x88;
const SUCCESS = 0x9000;

type Cryptogram = 'aac' | 'tc' | 'arqc' | 'aar';
const CRYPTOGRAMS: readonly Cryptogram[] = ['aac', 'tc', 'arqc', 'aar'];

/** One GENERATE AC: what was asked, what the card said. */
export interface Generated {
  readonly asked: Cryptogram;
  /** Undefined when it gave no cryptogram. */
  readonly given: Cryptogram | undefined;
  /** Values of the CDOL as sent. */
  readonly values: Uint8Array;
  /** The answer without status word. */
  readonly answer: Uint8Array;
  /** Where it stands among all questions. */
  readonly at: number;
}

/** A dialogue of full debit/credit as somebody heard it who stood beside. */
export interface DialogueFacts {
  readonly turns: readonly Turn[];
  /** AIP and AFL as in format 2; undefined when it has not come to GPO. */
  readonly chip: ChipFacts | undefined;
  /** Of GPO's answer and the records; undefined when they contradict each other. */
  readonly values: ReadonlyMap<number, Uint8Array> | undefined;
  readonly generated: readonly Generated[];
  /** INTERNAL AUTHENTICATE: what was sent, and the answer. */
  readonly internal: { readonly sent: Uint8Array; readonly answer: Uint8Array } | undefined;
}

/** Format 1 in the words of format 2. */
function inFormat2(answer: Uint8Array): Uint8Array {
  const [template] = readTree(answer) ?? [];
  if (template?.tag !== 0x80 || !(template.body instanceof Uint8Array)) return answer;
  const { body } = template;
  const objects: Branch[] = [
    { tag: 0x82, body: body.subarray(0, 2) },
    { tag: 0x94, body: body.subarray(2) },
  ];
  return writeTree([{ tag: 0x77, body: objects }]);
}

function cryptogramIn(answer: Uint8Array): Cryptogram | undefined {
  const [template] = readTree(answer) ?? [];
  if (template === undefined) return undefined;
  const cid =
    template.body instanceof Uint8Array
      ? template.body
      : leavesOf(template.body).find(({ tag }) => tag === 0x9f27)?.value;
  return cid?.[0] === undefined ? undefined : CRYPTOGRAMS[cid[0] >> 6];
}

const dataIn = (command: Uint8Array): Uint8Array => readCommand(command)?.data ?? new Uint8Array();

function generatedIn({ command, data, sw, at }: Turn): Generated {
  return {
    asked: CRYPTOGRAMS[(command[2] ?? 0) >> 6] ?? 'aar',
    given: sw === SUCCESS ? cryptogramIn(data) : undefined,
    values: dataIn(command),
    answer: data,
    at,
  };
}

function chipIn(turns: readonly Turn[]): ChipFacts | undefined {
  const gpo = turns.findLastIndex(({ command }) => command[1] === GPO);
  const asked = turns[gpo];
  const selected = turns.slice(0, Math.max(gpo, 0)).findLast(({ command }) => command[1] === SELECT);
  if (asked === undefined || selected === undefined) return undefined;
  const template = dataIn(asked.command);
  return {
    fci: selected.data,
    pdolValues: template.subarray((template[1] ?? 0) > 0x80 ? 3 : 2),
    gpoAnswer: inFormat2(asked.data),
    records: turns
      .slice(gpo)
      .filter(({ command }) => command[1] === READ_RECORD)
      .map(({ command, data }) => ({ sfi: (command[3] ?? 0) >> 3, record: command[2] ?? 0, data })),
  };
}

export function dialogueFacts(played: Pick<Played<unknown>, 'asked'>): DialogueFacts {
  const turns = turnsOf(played);
  const chip = chipIn(turns);
  const internal = turns.find(({ command }) => command[1] === INTERNAL_AUTHENTICATE);
  return {
    turns,
    chip,
    values: chip && valuesIn(chip),
    generated: turns.filter(({ command }) => command[1] === GENERATE_AC).map(generatedIn),
    internal: internal && { sent: dataIn(internal.command), answer: internal.data },
  };
}

/** What the values of a list say of a tag, each time it is asked for. */
export function toldIn(list: Uint8Array | undefined, values: Uint8Array, wanted: number): readonly string[] {
  const told: string[] = [];
  let from = 0;
  for (const { tag, length } of readDataObjectList(list ?? new Uint8Array()) ?? []) {
    if (tag === wanted) told.push(toHex(values.subarray(from, from + length)));
    from += length;
  }
  return told;
}
