import { readRecord, selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { findTag, parseTlv, type Tlv } from '../tlv/index.ts';
import { hex } from '../values/index.ts';
import type { Card } from './card.ts';
import type { CardInterface, CardReport } from './report.ts';

/** 1PAY.SYS.DDF01 and 2PAY.SYS.DDF01. */
const NAMES = { PSE: hex('315041592E5359532E4444463031'), PPSE: hex('325041592E5359532E4444463031') } as const;
const DIRECTORY_SFI = 0x88;
const MAX_DIRECTORY_RECORDS = 10;

export interface Directory {
  readonly kind: CardReport['directory'];
  /** The card's answer to its SELECT. */
  readonly sw: number;
  /** AIDs in the order in which the directory names them. */
  readonly names: readonly Uint8Array[];
}

const nodesOf = (data: Uint8Array): readonly Tlv[] => {
  const parsed = parseTlv(data);
  return parsed.kind === 'parsed' ? parsed.nodes : [];
};

const namesIn = (entries: readonly Tlv[]): readonly Uint8Array[] =>
  entries
    .filter(({ tag }) => tag === TAG.applicationTemplate)
    .map(({ children = [] }) => findTag(children, TAG.adfName)?.value)
    .filter((name) => name !== undefined);

/** The PPSE names its applications in its FCI; the PSE in the records of the file that its FCI names (EMV Book 1, §12.2). */
export function* readDirectory(card: Card, over: CardInterface): Step<Directory> {
  const kind = over === 'contact' ? 'PSE' : 'PPSE';
  const { data, sw } = yield* card.send(selectByName(NAMES[kind]));
  if (sw !== SUCCESS) return { kind: undefined, sw, names: [] };
  const nodes = nodesOf(data);
  if (kind === 'PPSE') {
    const entries = findTag(nodes, TAG.fci, TAG.fciProprietary, TAG.fciDiscretionary)?.children ?? [];
    return { kind, sw, names: namesIn(entries) };
  }
  const sfi = findTag(nodes, TAG.fci, TAG.fciProprietary, DIRECTORY_SFI)?.value[0] ?? 1;
  const names: Uint8Array[] = [];
  for (let record = 1; record <= MAX_DIRECTORY_RECORDS && sfi >= 1 && sfi <= 30; record++) {
    const reply = yield* card.send(readRecord(sfi, record));
    if (reply.sw !== SUCCESS) break;
    names.push(...namesIn(findTag(nodesOf(reply.data), TAG.record)?.children ?? []));
  }
  return { kind, sw, names };
}
