import { parseAnswer } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import type { IssuerAnswer } from '../kernel/index.ts';
import { splitDol } from '../kernel/terminal-data.ts';
import { type DataObjects, findTag, parseDol, parseTlv, type Tlv } from '../tlv/index.ts';
import { concat, toHex } from '../values/index.ts';
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

function splitBy(list: Uint8Array | undefined, values: Uint8Array): DataObjects {
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
const CDOL2 = 0x8d;
const EXTERNAL_AUTHENTICATE = 0x82;
/** The terminal's own words where the host did not answer: Y3 and Z3 (EMV Book 4, annex A6). */
const UNREACHED: readonly string[] = ['5933', '5A33'];

/** What the terminal told the card, by tag: from GPO by the PDOL, and from the first GENERATE AC by CDOL1, whose TVR counts. */
export function toldIn(asked: readonly Asked[]): DataObjects {
  const gpoAt = asked.findIndex(isGpo);
  const acAt = asked.findIndex(isGenerateAc);
  const gpo = asked[gpoAt];
  const ac = asked[acAt];
  const template = gpo && findTag(nodesOf(dataField(gpo.command)), TAG.commandTemplate)?.value;
  const byPdol = template && splitBy(latest(asked, gpoAt, TAG.pdol), template);
  const byCdol = ac && splitBy(latest(asked, acAt, CDOL1), dataField(ac.command));
  return { get: (tag) => (tag === TAG.tvr ? byCdol?.get(tag) : (byPdol?.get(tag) ?? byCdol?.get(tag))) };
}

/** What the host said, as far as the card was told: in EXTERNAL AUTHENTICATE, and in the second GENERATE AC by CDOL2. */
export function issuerIn(asked: readonly Asked[]): IssuerAnswer | undefined {
  const proof = asked.find(({ command }) => command[0] === 0x00 && command[1] === EXTERNAL_AUTHENTICATE);
  const firstAt = asked.findIndex(isGenerateAc);
  const secondAt = asked.findIndex((one, at) => at > firstAt && isGenerateAc(one));
  const second = asked[secondAt];
  const byCdol = second && splitBy(latest(asked, secondAt, CDOL2), dataField(second.command));
  const issuerAuthenticationData = proof ? dataField(proof.command) : byCdol?.get(TAG.issuerAuthenticationData);
  const authorisationResponseCode = byCdol?.get(TAG.authorisationResponseCode) ?? issuerAuthenticationData?.slice(-2);
  if (authorisationResponseCode?.length !== 2 || UNREACHED.includes(toHex(authorisationResponseCode))) return undefined;
  return { authorisationResponseCode, ...(issuerAuthenticationData && { issuerAuthenticationData }) };
}
