import { concat, hex } from '../../emv/values/index.ts';
import type { FieldCard } from './field-card.ts';
import { splitTlv, type TlvNode, tlv } from './tlv.ts';

/** What became of one command. */
type FieldAnswer = ReturnType<FieldCard['transmit']>;

/**
 * Stands between field and card. Sees the nth command of this tap (from 1; class FF is the reader's own and not counted) and either
 * answers itself or asks `next`, which is the card with the behaviours behind this one.
 */
export type Behaviour = (command: Uint8Array, n: number, next: (command: Uint8Array) => FieldAnswer) => FieldAnswer;

/** A card in the field, with behaviours in front of what it would do; the first one sees a command first. One tap's worth. */
export function withFaults(card: FieldCard, behaviours: readonly Behaviour[]): FieldCard {
  let n = 0;
  let gone = false;
  const from = (at: number, command: Uint8Array): FieldAnswer => {
    const behaviour = behaviours[at];
    return behaviour === undefined ? card.transmit(command) : behaviour(command, n, (passed) => from(at + 1, passed));
  };
  return {
    atr: card.atr,
    power: () => card.power(),
    transmit: (command) => {
      if (gone) return 'gone';
      if (command[0] === 0xff) return card.transmit(command);
      n += 1;
      const answer = from(0, command);
      gone = answer === 'gone';
      return answer;
    },
  };
}

/** The card leaves at the nth command: before it got it, or after it has acted on it. */
export function tearAt(command: number, when: 'before-card' | 'after-card'): Behaviour {
  return (bytes, n, next) => {
    if (n !== command) return next(bytes);
    if (when === 'after-card') next(bytes);
    return 'gone';
  };
}

/** The card is there and does not answer the nth command; it never acted on it. */
export function silentAt(command: number): Behaviour {
  return (bytes, n, next) => (n === command ? 'silent' : next(bytes));
}

/** The nth command is answered with these bytes, whatever it was, and never reaches the card. */
export function garbageAt(command: number, answer: Uint8Array): Behaviour {
  return (bytes, n, next) => (n === command ? answer : next(bytes));
}

/** The nth command is refused with this status word and never reaches the card. */
export function statusAt(command: number, sw: number): Behaviour {
  return garbageAt(command, Uint8Array.of(sw >> 8, sw & 0xff));
}

/** From the nth command on, every answer is 61xx, so that GET RESPONSE never ends. */
export function endlessMoreFrom(command: number): Behaviour {
  return (bytes, n, next) => (n >= command ? hex('6110') : next(bytes));
}

/** The nth answer ends `bytes` too early; its status word stays. */
export function truncatedAt(command: number, bytes = 1): Behaviour {
  return changed((data, n) => (n === command ? data.subarray(0, Math.max(0, data.length - bytes)) : data));
}

/** Changes the value of a data object wherever the card sends it (templates 6F, A5, BF0C, 61, 70 and 77 are looked into). */
export function replaced(tag: number, change: (value: Uint8Array) => Uint8Array): Behaviour {
  return rewritten((node) => [node.tag === tag ? tlv(tag, change(node.value)) : tlv(node.tag, node.value)]);
}

/** Sends a data object twice. */
export function duplicated(tag: number): Behaviour {
  return rewritten((node) => Array(node.tag === tag ? 2 : 1).fill(tlv(node.tag, node.value)));
}

/** Leaves a data object out. */
export function withheld(tag: number): Behaviour {
  return rewritten((node) => (node.tag === tag ? [] : [tlv(node.tag, node.value)]));
}

/** A dynamic signature (9F4B) with one bit wrong. */
export function forgedSignature(): Behaviour {
  return replaced(0x9f4b, (value) => value.map((byte, at) => (at === value.length - 1 ? byte ^ 0x01 : byte)));
}

/** Every cryptogram of GENERATE AC with one bit wrong, in either format; that of a CDA answer is inside its signature. */
export function forgedCryptogram(): Behaviour {
  return generateAcAnswer(0x9f26, 3, (byte, at) => (at === 0 ? byte ^ 0x01 : byte), 8);
}

/** GENERATE AC answers with this cryptogram information (9F27), whatever was decided: 00 AAC, 40 TC, 80 ARQC. */
export function lyingCid(cid: number): Behaviour {
  return generateAcAnswer(0x9f27, 0, () => cid, 1);
}

/** The card names another CA key (8F) than the one that made its certificates. */
export function wrongCa(index: number): Behaviour {
  return replaced(0x8f, () => Uint8Array.of(index));
}

/** The AFL (94) is another than the records the card has. */
export function lyingAfl(afl: Uint8Array): Behaviour {
  return replaced(0x94, () => afl);
}

/** Changes one data object in the answers to GENERATE AC: by its tag in format 77, by its place in format 80. */
function generateAcAnswer(
  tag: number,
  offset: number,
  change: (byte: number, at: number) => number,
  length: number,
): Behaviour {
  const byTag = replaced(tag, (value) => value.map(change));
  const byPlace = replaced(0x80, (value) =>
    value.map((byte, at) => (at >= offset && at < offset + length ? change(byte, at - offset) : byte)),
  );
  let generateAc = false;
  return (bytes, n, next) => {
    // Over T=0 the answer comes to the GET RESPONSE behind the command.
    const getResponse = bytes[0] === 0x00 && bytes[1] === 0xc0;
    if (!getResponse) generateAc = bytes[0] === 0x80 && bytes[1] === 0xae;
    if (!generateAc) return next(bytes);
    return byTag(bytes, n, (passed) => byPlace(passed, n, next));
  };
}

/** Changes the data of answers that have any; status words stay. */
function changed(change: (data: Uint8Array, n: number) => Uint8Array): Behaviour {
  return (bytes, n, next) => {
    const answer = next(bytes);
    if (answer === 'gone' || answer === 'silent' || answer.length <= 2) return answer;
    return concat(change(answer.subarray(0, -2), n), answer.subarray(-2));
  };
}

const TEMPLATES = new Set([0x6f, 0xa5, 0xbf0c, 0x61, 0x70, 0x77]);

function rewritten(each: (node: TlvNode) => Uint8Array[]): Behaviour {
  const rewrite = (data: Uint8Array): Uint8Array => {
    const parts = (splitTlv(data) ?? []).flatMap((node) =>
      TEMPLATES.has(node.tag) ? [tlv(node.tag, rewrite(node.value))] : each(node),
    );
    return concat(...parts);
  };
  return changed((data) => (splitTlv(data) === undefined ? data : rewrite(data)));
}
