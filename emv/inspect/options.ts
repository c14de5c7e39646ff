import { getProcessingOptions, selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { parseIssuerApplicationData } from '../issuer/index.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { buildDol, type DataObjects, type DolEntry, encodeTlv, findTag, parseTlv, type Tlv } from '../tlv/index.ts';
import { equalBytes, hex } from '../values/index.ts';
import type { Card } from './card.ts';
import type { CardInterface, Processing } from './report.ts';

/** What GPO gave: how it was taken, and the data objects of its answer. */
export interface Options {
  readonly processing: Processing;
  readonly nodes: readonly Tlv[];
}

/**
 * TTQ: an online cryptogram is required, so that no card may approve by itself. Full debit/credit alone first, whose records can
 * all be read; then qPBOC.
 */
const TTQ_DEBIT_CREDIT = hex('40800000');
const TTQ_QPBOC = hex('20800080');

const NO_NODES: readonly Tlv[] = [];

/** Amount 0, whatever is asked; what is not known is zeros. */
function values(pdol: readonly DolEntry[], ttq: Uint8Array, terminal: DataObjects): Uint8Array {
  return encodeTlv(
    TAG.commandTemplate,
    buildDol(pdol, (tag) => (tag === TAG.ttq ? ttq : terminal.get(tag))),
  );
}

function decisionOf(nodes: readonly Tlv[]): 'tc' | 'arqc' | 'aac' {
  const iad = findTag(nodes, TAG.responseFormat2, TAG.issuerApplicationData)?.value;
  const parsed = iad && parseIssuerApplicationData(iad);
  const decision = parsed?.kind === 'parsed' ? parsed.iad.cvr.firstDecision : 'tc';
  // What cannot be read is taken for the one that must not be read to its end.
  return decision === 'rfu' ? 'aac' : decision;
}

/** Is this the FCI of that application? */
function isNamed(fci: Uint8Array, aid: Uint8Array): boolean {
  const parsed = parseTlv(fci);
  const name = parsed.kind === 'parsed' ? findTag(parsed.nodes, TAG.fci, TAG.dfName)?.value : undefined;
  return name !== undefined && equalBytes(name, aid);
}

/** Format 1 is AIP and AFL; format 2 with a cryptogram is qPBOC's, without one the full flow's. */
function examine(data: Uint8Array): Options {
  const parsed = parseTlv(data);
  const nodes = parsed.kind === 'parsed' ? parsed.nodes : NO_NODES;
  const [template] = nodes;
  if (template?.tag === TAG.responseFormat1 && template.length >= 2) {
    const { value } = template;
    return { processing: { kind: 'debit-credit', aip: value.subarray(0, 2), afl: value.subarray(2) }, nodes: NO_NODES };
  }
  if (template?.tag !== TAG.responseFormat2) return { processing: { kind: 'unreadable' }, nodes: NO_NODES };
  const at = (tag: number): Uint8Array | undefined => findTag(nodes, TAG.responseFormat2, tag)?.value;
  const [aip, afl] = [at(TAG.aip), at(TAG.afl)];
  if (at(TAG.cryptogram) !== undefined) {
    return { processing: { kind: 'qpboc', decision: decisionOf(nodes), aip, afl }, nodes };
  }
  if (aip === undefined || afl === undefined) return { processing: { kind: 'unreadable' }, nodes };
  return { processing: { kind: 'debit-credit', aip, afl }, nodes };
}

/**
 * GET PROCESSING OPTIONS with amount 0: contact cards say where their records are; contactless ones are asked for the full
 * flow, and where they refuse it for qPBOC. It moves the ATC on, and pays nothing.
 */
export function* getOptions(
  card: Card,
  aid: Uint8Array,
  pdol: readonly DolEntry[],
  over: CardInterface,
  terminal: DataObjects,
): Step<Options> {
  const first = yield* card.send(getProcessingOptions(values(pdol, TTQ_DEBIT_CREDIT, terminal)));
  if (first.sw === SUCCESS) return examine(first.data);
  const knowsTtq = pdol.some(({ tag }) => tag === TAG.ttq);
  const refused: Options = { processing: { kind: 'refused', sw: first.sw }, nodes: NO_NODES };
  if (over === 'contact' || !knowsTtq) return refused;
  const again = yield* card.send(selectByName(aid));
  if (again.sw !== SUCCESS || !isNamed(again.data, aid)) return refused;
  const second = yield* card.send(getProcessingOptions(values(pdol, TTQ_QPBOC, terminal)));
  return second.sw === SUCCESS
    ? examine(second.data)
    : { processing: { kind: 'refused', sw: second.sw }, nodes: NO_NODES };
}
