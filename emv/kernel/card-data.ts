import { tagInfo } from '../dictionary/index.ts';
import type { Tlv } from '../tlv/index.ts';
import { equalBytes } from '../values/index.ts';

/** Why data objects of the card are not taken in. */
export type CardDataFault =
  /** The tag came before: in a record, or in the GPO answer with another value. */
  | 'duplicate'
  /** The tag is the terminal's or the issuer host's to set (9F02, 9F37, 5F2A …). */
  | 'forbidden';

/** The card's data objects by tag: those of the GPO answer, then those of the records. Values are views, made at a look. */
export class CardData {
  readonly #answer = new Map<number, Tlv>();
  readonly #records = new Map<number, Tlv>();

  get(tag: number): Uint8Array | undefined {
    return (this.#answer.get(tag) ?? this.#records.get(tag))?.value;
  }

  /** Takes the data objects of the GPO answer. */
  addAnswer(nodes: readonly Tlv[]): CardDataFault | undefined {
    return this.#add(nodes, this.#answer);
  }

  /** Takes the data objects of a record. What the GPO answer gave may be repeated there, but not changed. */
  addRecord(nodes: readonly Tlv[]): CardDataFault | undefined {
    return this.#add(nodes, this.#records);
  }

  #add(nodes: readonly Tlv[], target: Map<number, Tlv>): CardDataFault | undefined {
    for (const node of nodes) {
      const fault = node.children === undefined ? this.#set(node, target) : this.#add(node.children, target);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #set(node: Tlv, target: Map<number, Tlv>): CardDataFault | undefined {
    const { tag } = node;
    if ((tagInfo(tag)?.source ?? 'card') !== 'card') return 'forbidden';
    const answered = this.#answer.get(tag);
    if (target.has(tag) || (answered !== undefined && !equalBytes(answered.value, node.value))) return 'duplicate';
    target.set(tag, node);
    return undefined;
  }
}
