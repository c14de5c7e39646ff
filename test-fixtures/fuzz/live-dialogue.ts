import type { Outcome } from '../../emv/kernel/index.ts';
import { hex } from '../../emv/values/index.ts';
import { createVirtualCard, memoryStorage } from '../card/index.ts';
import { CARDS } from '../tray/cards.ts';
import type { Circumstances } from '../tray/dialogue-at-terminal.ts';
import { issue } from '../tray/issue.ts';
import { genuine } from '../tray/purchase-at-terminal.ts';
import { testPan } from '../tray/test-pan.ts';
import type { TrayCard } from '../tray/tray-card.ts';
import { dialogueFacts } from './dialogue-facts.ts';
import { centreOf, type DialogueTap, stepOf, tapInput, type Way } from './dialogue-taps.ts';
import { type EntryPoint, entryPoint } from './entry-point.ts';
import { TRUE_CA_KEYS } from './entry-points.ts';
import { judgeDialogue } from './judge-dialogue.ts';
import { type Played, play } from './play.ts';
import type { TapCard } from './transcript.ts';
import type { World } from './world.ts';

/*
 * An enemy between terminal and a card of full debit/credit: he holds no key, and a card that signs what it is told. The host
 * approves what the issuer's keys take for genuine, and nothing else.
 */

/** A payment, and a genuine card that lives through each tap. */
export interface LiveDialogue extends DialogueTap {
  /** The card as its issuer made it. */
  fresh(): TapCard;
  /** What has left its chip since, in fen; negative: it was loaded. */
  paid(): number;
}

const CONTACT = { interface: 'contact', pse: true, ppse: false, manners: 't1' } as const;
const SAYS_NOTHING = { zh: '', en: '' };

/** Electronic cash that signs its cryptograms, over the contacts: no card of the tray does. */
const SIGNING_CASH: TrayCard = {
  id: 'signing-cash',
  title: SAYS_NOTHING,
  story: SAYS_NOTHING,
  applications: [
    {
      pan: testPan(91),
      balance: 10_000,
      account: { balanceMinor: 50_000 },
      debitCredit: { electronicCash: true, cvmList: '', authentication: ['dda', 'cda'] },
    },
  ],
  chip: CONTACT,
};

const TAPS: readonly (readonly [id: string, way: Way, circumstances: Circumstances])[] = [
  ['signing-cash', 'contact', {}],
  ['ec-contact', 'contact', {}],
  ['offline-pin', 'contact', { online: false }],
  ['cda-contact', 'contact', {}],
  ['debit-contactless', 'contactless', {}],
  ['rich', 'contactless', {}],
];

export function liveDialogue(id: string, way: Way, circumstances: Circumstances = {}, amount = 1_250): LiveDialogue {
  const order = [...CARDS, SIGNING_CASH].find((card) => card.id === id);
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
  const input = tapInput(way, amount, circumstances);
  const tap: LiveDialogue = {
    name: `${id} ${way} ${JSON.stringify(circumstances)}, alive`,
    way,
    input,
    exchanges: [],
    fresh,
    paid: () => full - money(),
  };
  // What the enemy has overheard is an earlier payment: with this one's number he would hold its proof.
  const earlier = { ...input, unpredictableNumber: hex('A0A1A2A3') };
  const exchanges = play(stepOf(way, earlier), fresh(), centreOf(earlier)).given.map(({ command, answer }) => ({
    command,
    answer: answer === 'torn' ? hex('6F00') : answer,
  }));
  return Object.assign(tap, { exchanges });
}

/** The world as it is drawn, but for a host that knows the issuer's keys. */
function honestCentre(world: World, tap: LiveDialogue): World {
  const centre = centreOf(tap.input);
  return (request) => {
    const answer = world(request);
    if (request.name !== 'authorise-online' || !('kind' in answer) || answer.kind !== 'approved') return answer;
    const { chip, card } = request;
    const right = genuine(chip, card.pan, card.panSequence);
    return right ? centre(request) : { kind: 'declined', reason: 'not-genuine' };
  };
}

const EC_AUTHORISATION_CODE = 0x9f74;

/** What the chip has done against what the terminal says. */
function judgeLive(played: Played<Outcome>, tap: LiveDialogue): readonly string[] {
  const faults = [...judgeDialogue(played, tap, TRUE_CA_KEYS)];
  const { result } = played;
  const paid = tap.paid();
  if (result?.kind !== 'approved') return faults;
  // With a signature over amount and cryptogram, the chip has paid what was approved: no more and no less.
  const signed = result.offlineAuthentication === 'cda' || result.offlineAuthentication === 'fdda-01';
  if (signed && result.fundedBy === 'chip' && paid !== tap.input.amount) {
    faults.push(`the card has paid what was approved: it paid ${paid}`);
  }
  // Who keeps 9F74 from the terminal makes it believe in the account: only the centre can tell, by the balance in 9F10.
  const knows = dialogueFacts(played).values?.has(EC_AUTHORISATION_CODE) === true;
  if (knows && result.fundedBy === 'account' && paid !== 0) {
    faults.push(`one pot pays: the chip has paid ${paid} as well`);
  }
  return faults;
}

export function liveDialogueEntry(
  taps: readonly LiveDialogue[] = TAPS.map(([id, way, circumstances]) => liveDialogue(id, way, circumstances)),
): EntryPoint {
  return entryPoint({
    name: 'debit/credit, live card',
    genuine: taps,
    card: (tap) => tap.fresh(),
    world: honestCentre,
    step: ({ way, input }) => stepOf(way, input),
    judge: judgeLive,
  });
}
