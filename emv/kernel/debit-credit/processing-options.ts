import { isBitSet, TAG } from '../../dictionary/index.ts';
import { parseTlv, type Tlv } from '../../tlv/index.ts';
import { parseAfl, type ReadingPlan } from '../afl.ts';
import { CardData } from '../card-data.ts';

/** What a card of full debit/credit answers to GPO (EMV Book 3, §6.5.8). */
export interface ProcessingOptions {
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  readonly plan: ReadingPlan;
  /** What it brought, AIP and AFL among it. */
  readonly data: CardData;
}

const AIP_LENGTH = 2;

function options(
  aip: Uint8Array | undefined,
  afl: Uint8Array | undefined,
  data: CardData,
): ProcessingOptions | undefined {
  const plan = afl && parseAfl(afl);
  return aip?.length === AIP_LENGTH && plan !== undefined ? { aip, plan, data } : undefined;
}

const objectOf = (tag: number, value: Uint8Array): Tlv => ({ tag, value, offset: 0, length: value.length });

/** Reads template 80 (AIP, then AFL) or 77 (82 and 94 in it, what else there is besides); undefined for anything else. */
export function parseProcessingOptions(bytes: Uint8Array): ProcessingOptions | undefined {
  const parsed = parseTlv(bytes);
  const [template, ...others] = parsed.kind === 'parsed' ? parsed.nodes : [];
  if (template === undefined || others.length > 0) return undefined;
  const data = new CardData();
  if (template.tag === TAG.responseFormat1) {
    const aip = template.value.subarray(0, AIP_LENGTH);
    const afl = template.value.subarray(AIP_LENGTH);
    data.addAnswer([objectOf(TAG.aip, aip), objectOf(TAG.afl, afl)]);
    return options(aip, afl, data);
  }
  if (template.tag !== TAG.responseFormat2 || data.addAnswer(template.children ?? []) !== undefined) return undefined;
  return options(data.get(TAG.aip), data.get(TAG.afl), data);
}

/** Is it among these data objects, or within one of them? Readers of the answer look there as well. */
function holds(nodes: readonly Tlv[], wanted: number): boolean {
  return nodes.some(({ tag, children }) => tag === wanted || (children !== undefined && holds(children, wanted)));
}

/**
 * Which path did a contactless card take that was offered both (JR/T 0025.12-2013 §6.5.4)? Template 80, AIP byte 2 bit 8, or
 * an answer without a cryptogram: full debit/credit. `both`: that bit beside a cryptogram. Such an answer must not be followed: a
 * card of qPBOC pays when its last record is read, and full debit/credit reads it before there is an intent.
 */
export function pathOf(gpoAnswer: Uint8Array): 'debit-credit' | 'qpboc' | 'both' {
  const parsed = parseTlv(gpoAnswer);
  const [template] = parsed.kind === 'parsed' ? parsed.nodes : [];
  if (template?.tag === TAG.responseFormat1) return 'debit-credit';
  const aip = template?.children?.find(({ tag }) => tag === TAG.aip)?.value;
  const hasCryptogram = holds(template?.children ?? [], TAG.cryptogram);
  if (aip === undefined) return 'qpboc';
  if (isBitSet(aip, 2, 8)) return hasCryptogram ? 'both' : 'debit-credit';
  return hasCryptogram ? 'qpboc' : 'debit-credit';
}
