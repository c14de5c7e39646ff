import { type Outcome, purchase } from '../../emv/kernel/index.ts';
import { hex } from '../../emv/values/index.ts';
import { createVirtualCard, memoryStorage } from '../card/index.ts';
import { CARDS } from '../tray/cards.ts';
import { issue } from '../tray/issue.ts';
import { transaction } from '../tray/purchase-at-terminal.ts';
import { type EntryPoint, entryPoint } from './entry-point.ts';
import { TRUE_CA_KEYS } from './entry-points.ts';
import { judgePurchase } from './judge-purchase.ts';
import { type Played, play } from './play.ts';
import type { TapCard, Transcript } from './transcript.ts';
import { FRIENDLY_WORLD } from './world.ts';

/*
 * An enemy between terminal and card: he holds no key, and a card that signs what it is told. Transcripts cannot show this: they
 * hold signatures over this payment alone.
 */

/** A payment, and a genuine card that lives through each tap. */
interface LiveTap extends Transcript {
  /** The card as its issuer made it. */
  fresh(): TapCard;
  /** What that card has paid since, in fen. */
  paid(): number;
}

const TAPS = [
  ['rich', 10_156],
  ['poor', 256],
  ['fdda-00', 100],
  ['long-chain', 100],
  ['signature', 100],
  ['contact-manners', 100],
] as const;

function liveTap([id, amount]: readonly [string, number]): LiveTap {
  const order = CARDS.find((card) => card.id === id);
  if (order === undefined) throw new RangeError(`no card ${id}`);
  const profile = issue(order);
  const make = () =>
    createVirtualCard({ profile, storage: memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
  let card = make();
  const money = (): number => card.stored().applications.reduce((sum, { balance }) => sum + balance, 0);
  const full = money();
  const fresh = (): TapCard => {
    card = make();
    return (command) => card.transmit(command);
  };
  const input = transaction(amount, true);
  // What the enemy has overheard is an earlier payment: with this one's number he would hold its proof.
  const earlier = { ...input, unpredictableNumber: hex('A0A1A2A3') };
  const exchanges = play(purchase(earlier), fresh(), FRIENDLY_WORLD).given.map(({ command, answer }) => ({
    command,
    answer: answer === 'torn' ? hex('6F00') : answer,
  }));
  return { name: `${id} ${amount}, alive`, input, exchanges, fresh, paid: () => full - money() };
}

/** What was approved with a signature over amount and all, the card has paid: no more and no less. */
function judgeLive(played: Played<Outcome>, tap: LiveTap): readonly string[] {
  const { result } = played;
  const faults = judgePurchase(played, tap, { caKeys: TRUE_CA_KEYS });
  const signed = result?.kind === 'approved' && result.offlineAuthentication === 'fdda-01';
  if (!signed || tap.paid() === tap.input.amount) return faults;
  return [...faults, `the card has paid what was approved: it paid ${tap.paid()}`];
}

export function liveEntry(): EntryPoint {
  return entryPoint({
    name: 'purchase, live card',
    genuine: TAPS.map(liveTap),
    card: (tap) => tap.fresh(),
    step: ({ input }) => purchase(input),
    judge: judgeLive,
  });
}
