import { concat, hex } from '../../emv/values/index.ts';
import type { Draw } from './draw.ts';
import type { Ingredients } from './ingredients.ts';
import { mutateBytes, mutateBytesOften } from './mutate-bytes.ts';
import { mutateTlv } from './mutate-tlv.ts';
import { type TapAnswer, type TapCard, withoutStatus } from './transcript.ts';

/** Turns an honest answer into another one. `said`: what this card has answered before, in this tap. */
type Trick = (honest: Uint8Array, draw: Draw, from: Ingredients, said: readonly TapAnswer[]) => TapAnswer;

const STATUS_WORDS = ['6110', '6100', '61FF', '6C10', '6C00', '6283', '6200', '6985', '6986', '6984', '6A81', '6A82']
  .concat(['6A83', '6A88', '6D00', '6F00', '0000', 'FFFF', '9000', '9302', '6300'])
  .map(hex);
const SUCCESS = hex('9000');

const status = (answer: Uint8Array): Uint8Array => answer.subarray(-2);

const inside: Trick = (honest, draw, from) => {
  const changed = mutateTlv(withoutStatus(honest), draw, from) ?? mutateBytesOften(withoutStatus(honest), draw);
  return concat(changed, status(honest));
};

/** Each as often as it stands here. */
const TRICKS: readonly Trick[] = [
  inside,
  inside,
  inside,
  inside,
  inside,
  inside,
  // Blind bytes: of the data, or of everything.
  (honest, draw) => concat(mutateBytesOften(withoutStatus(honest), draw), status(honest)),
  (honest, draw) => concat(mutateBytesOften(withoutStatus(honest), draw), status(honest)),
  (honest, draw) => mutateBytesOften(honest, draw),
  // Status words, with the data and without them.
  (_, draw) => draw.pick(STATUS_WORDS),
  (honest, draw) => concat(withoutStatus(honest), draw.pick(STATUS_WORDS)),
  (_, draw) => draw.bytes(2),
  // Somebody else's answer, or one of its own again.
  (honest, draw, from) => (from.answers.length === 0 ? honest : draw.pick(from.answers)),
  (honest, draw, _, said) => (said.length === 0 ? honest : draw.pick(said)),
  // Any number of bytes, from none to more than an answer may have.
  (_, draw) => concat(draw.bytes(draw.below(257)), SUCCESS),
  (honest, draw) => concat(withoutStatus(honest), new Uint8Array(draw.below(700)), SUCCESS),
  (honest, draw) => honest.slice(0, draw.below(3)),
  () => 'torn',
];

/** Answers that ask for one more command, and one more. */
const CHAINS = ['6110', '6100', '61FF', '6C10', '6C00', '0061FF', '9000', '70009000'].map(hex);

/** How one tap is attacked: at which answers, or from which one on. */
function planOf(draw: Draw, length: number): (nth: number) => boolean {
  if (draw.oneIn(12)) {
    const first = draw.below(length);
    return (nth) => nth >= first;
  }
  const places = new Set([draw.below(length)]);
  while (draw.oneIn(3)) places.add(draw.below(length));
  return (nth) => places.has(nth);
}

/** What the enemy passes on in place of a command: another amount or number in GPO's data, or any other command. */
function bent(command: Uint8Array, draw: Draw): Uint8Array {
  if (command[1] !== GPO || draw.oneIn(4)) return mutateBytes(command, draw);
  const data = 7 + draw.below(command.length - 8);
  return command.map((byte, at) => (at === data ? draw.byte() : byte));
}

const GPO = 0xa8;

/**
 * A card in the hands of an enemy: honest, but for what the draw changes. `length`: how many answers an undisturbed tap has.
 * Everything that it does comes of the draw, so the same seed gives the same card.
 */
export function hostileCard(honest: TapCard, length: number, draw: Draw, from: Ingredients): TapCard {
  const attacked = planOf(draw, length);
  const endless = draw.oneIn(20) ? draw.pick(CHAINS) : undefined;
  const bends = draw.oneIn(4) ? planOf(draw, length) : () => false;
  const said: TapAnswer[] = [];
  return (command) => {
    const answer = honest(bends(said.length) ? bent(command, draw) : command);
    const left = answer === 'torn' || !attacked(said.length);
    const given = left ? answer : (endless ?? draw.pick(TRICKS)(answer, draw, from, said));
    said.push(given);
    return given;
  };
}
