import { parseAnswer } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { splitDol } from '../kernel/terminal-data.ts';
import { findTag, parseDol, parseTlv, type Tlv } from '../tlv/index.ts';
import { concat } from '../values/index.ts';
import type { Recording } from './recording.ts';

/** A question and its whole answer: 61xx fetched, 6Cxx repeated. */
export interface Asked {
  readonly command: Uint8Array;
  readonly data: Uint8Array;
  readonly sw: number;
}

const GET_RESPONSE = 0xc0;
const HEADER = 4;

/** Joins what GET RESPONSE fetched to the question before it, and drops what was only told to ask again (6Cxx). */
export function questionsOf({ exchanges }: Recording): readonly Asked[] {
  const asked: Asked[] = [];
  for (const { command, response } of exchanges) {
    if (response.length < 2) continue;
    const { data, sw } = parseAnswer(response);
    const last = asked.at(-1);
    if (command[1] === GET_RESPONSE && last !== undefined && last.sw >> 8 === 0x61) {
      asked[asked.length - 1] = { command: last.command, data: concat(last.data, data), sw };
    } else if (sw >> 8 !== 0x6c) {
      asked.push({ command, data, sw });
    }
  }
  return asked;
}

/** The data field of a short command; empty where it has none. */
export function dataField(command: Uint8Array): Uint8Array {
  const length = command.length > HEADER + 1 ? (command[HEADER] ?? 0) : 0;
  return command.subarray(HEADER + 1, HEADER + 1 + length);
}

export const isSelect = ({ command }: Asked): boolean => command[1] === 0xa4 && command[2] === 0x04;
const isGpo = ({ command }: Asked): boolean => command[0] === 0x80 && command[1] === 0xa8;
const isGenerateAc = ({ command }: Asked): boolean => command[0] === 0x80 && command[1] === 0xae;

const nodesOf = (data: Uint8Array): readonly Tlv[] => {
  const parsed = parseTlv(data);
  return parsed.kind === 'parsed' ? parsed.nodes : [];
};

function splitBy(list: Uint8Array | undefined, values: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const dol = list && parseDol(list);
  return (dol?.kind === 'parsed' ? splitDol(dol.entries, values) : undefined) ?? new Map();
}

/** The first data object of this tag in any answer before `end`, the latest answer first. */
function latest(asked: readonly Asked[], end: number, tag: number): Uint8Array | undefined {
  for (let at = end - 1; at >= 0; at--) {
    const found = deepFind(nodesOf(asked[at]?.data ?? new Uint8Array()), tag);
    if (found !== undefined) return found;
  }
  return undefined;
}

function deepFind(nodes: readonly Tlv[], tag: number): Uint8Array | undefined {
  for (const node of nodes) {
    const found = node.tag === tag ? node.value : node.children && deepFind(node.children, tag);
    if (found !== undefined) return found;
  }
  return undefined;
}

const CDOL1 = 0x8c;

/** What the terminal told the card, by tag: from GPO by the PDOL, and from the first GENERATE AC by CDOL1. */
export function toldIn(asked: readonly Asked[]): ReadonlyMap<number, Uint8Array> {
  const gpoAt = asked.findIndex(isGpo);
  const acAt = asked.findIndex(isGenerateAc);
  const gpo = asked[gpoAt];
  const ac = asked[acAt];
  const template = gpo && findTag(nodesOf(dataField(gpo.command)), TAG.commandTemplate)?.value;
  return new Map([
    ...(ac ? splitBy(latest(asked, acAt, CDOL1), dataField(ac.command)) : []),
    ...(template ? splitBy(latest(asked, gpoAt, TAG.pdol), template) : []),
  ]);
}
