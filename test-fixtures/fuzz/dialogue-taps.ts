import {
  type CardInterface,
  contactPurchase,
  type Intent,
  type IssuerAnswer,
  load,
  type Outcome,
  purchase,
  recover,
  type Step,
  type TransactionInput,
} from '../../emv/kernel/index.ts';
import {
  ACCOUNT,
  CDA,
  CDA_ONLINE,
  CONTACTLESS,
  DDA,
  ELECTRONIC_CASH,
  LOAD,
  SDA,
} from '../../emv/kernel/testing/debit-credit-cards.ts';
import { AAC, dialogueInput, FORCED, ISSUER } from '../../emv/kernel/testing/dialogue.ts';
import type { Script } from '../../emv/kernel/testing/golden-cards.ts';
import { withAnswer } from '../../emv/kernel/testing/play.ts';
import { hex } from '../../emv/values/index.ts';
import { tearAt } from '../card/index.ts';
import { type Circumstances, dialogueTransaction, issuerAnswer } from '../tray/dialogue-at-terminal.ts';
import { answered, cardInField, exchangesOf, later, savedIntent } from './genuine-taps.ts';
import { play } from './play.ts';
import type { Exchange, TapCard, Transcript } from './transcript.ts';
import { FRIENDLY_WORLD, type World } from './world.ts';

/** What full debit/credit can be asked for. */
export type Way = 'contact' | 'contactless' | 'load' | 'contactless load';

/** An honest dialogue of full debit/credit, and what the issuer said to its card. */
export interface DialogueTap extends Transcript {
  readonly way: Way;
  readonly issuer?: IssuerAnswer;
}

export const stepOf = (way: Way, input: TransactionInput): Step<Outcome> => {
  switch (way) {
    case 'contact':
      return contactPurchase(input);
    case 'contactless':
      return purchase(input);
    case 'load':
      return load(input, 'contact');
    case 'contactless load':
      return load(input, 'contactless');
  }
};

export const interfaceOf = (way: Way): CardInterface =>
  way === 'contact' || way === 'load' ? 'contact' : 'contactless';

const LOADING = 0x60;
const isLoad = (way: Way): boolean => way === 'load' || way === 'contactless load';
export const tapInput = (way: Way, amount: number, circumstances: Circumstances): TransactionInput =>
  dialogueTransaction(amount, isLoad(way) ? LOADING : 0x00, circumstances);

const AWAY = { online: false } as const;
const FORCED_ONLINE = { forced: true } as const;

/** Cards of the tray, how they are used, and under which circumstances. */
const TAPS: readonly (readonly [id: string, way: Way, amount: number, circumstances: Circumstances])[] = [
  ['debit-contact', 'contact', 1_250, {}],
  ['ec-contact', 'contact', 1_250, {}],
  ['ec-contact', 'contact', 9_700, AWAY],
  ['ec-contact', 'contact', 1_250, FORCED_ONLINE],
  ['offline-pin', 'contact', 1_250, {}],
  ['offline-pin', 'contact', 1_250, AWAY],
  ['offline-pin-enciphered', 'contact', 1_250, {}],
  ['pin-blocked', 'contact', 1_250, {}],
  ['sda-contact', 'contact', 1_250, AWAY],
  ['cda-contact', 'contact', 1_250, {}],
  ['cda-contact', 'contact', 1_250, FORCED_ONLINE],
  ['forged-static', 'contact', 1_250, {}],
  ['debit-contactless', 'contactless', 1_250, {}],
  ['debit-contactless', 'contactless', 1_250, AWAY],
  ['rich', 'contactless', 1_250, {}],
  ['ec-contact', 'load', 1_250, {}],
  ['debit-contactless', 'contactless load', 1_250, {}],
];

/** The centre of the test scheme: says what its issuer says to this cryptogram, genuine or not. */
export function centreOf(input: TransactionInput): World {
  return (request) => {
    if (request.name !== 'authorise-online') return FRIENDLY_WORLD(request);
    const { chip, card } = request;
    const loads = chip.transactionType[0] === LOADING;
    const newBalance = loads ? (card.balanceBefore ?? 0) + input.amount : undefined;
    return issuerAnswer(chip, card.pan, card.panSequence, newBalance);
  };
}

/** The issuer speaks through whatever host approves. */
export function withIssuer(world: World, { issuer }: DialogueTap): World {
  return (request) => {
    const answer = world(request);
    const approves = request.name === 'authorise-online' && 'kind' in answer && answer.kind === 'approved';
    return approves && issuer !== undefined ? { ...answer, issuer } : answer;
  };
}

/** What a terminal may ask beside, and a card would give. */
const MORE = ['80CA9F3600', '80CA9F7900', '80CA9F1700', '80CA9F1300', '80CA9F6D00', '80CA9F7700'].map(hex);

function fromTray([id, way, amount, circumstances]: (typeof TAPS)[number]): DialogueTap {
  const input = tapInput(way, amount, circumstances);
  const { transmit } = cardInField(id);
  const played = play(stepOf(way, input), transmit, centreOf(input));
  const tap = answered(played);
  const rest = MORE.flatMap((command): Exchange[] => {
    const answer = transmit(command);
    return answer === 'torn' ? [] : [{ command, answer }];
  });
  const issuer = played.asked.flatMap(({ answer }) => ('issuer' in answer && answer.issuer ? [answer.issuer] : []))[0];
  const name = `${id} ${way} ${amount} ${JSON.stringify(circumstances)}`;
  return { name, way, input, exchanges: [...tap, ...rest], ...(issuer && { issuer }) };
}

const PUT_DATA = hex('72189F180400000001860F04DA9F790A000000006250D1D2D3D4');
const GOLDEN: readonly (readonly [
  name: string,
  way: Way,
  script: Script,
  input: TransactionInput,
  issuer?: IssuerAnswer,
])[] = [
  ['golden ACCOUNT', 'contact', ACCOUNT, dialogueInput(), ISSUER],
  ['golden DDA', 'contact', DDA, dialogueInput()],
  ['golden DDA that declines', 'contact', withAnswer(DDA, 'gac 1', AAC), dialogueInput()],
  ['golden SDA', 'contact', SDA, dialogueInput()],
  ['golden CDA', 'contact', CDA, dialogueInput()],
  ['golden CDA_ONLINE', 'contact', CDA_ONLINE, dialogueInput({}, { debitCredit: FORCED }), ISSUER],
  ['golden ELECTRONIC_CASH', 'contact', ELECTRONIC_CASH, dialogueInput()],
  ['golden CONTACTLESS', 'contactless', CONTACTLESS, dialogueInput({ contactlessDebitCredit: true }), ISSUER],
  ['golden LOAD', 'load', LOAD, dialogueInput({}, { transactionType: LOADING }), { ...ISSUER, scripts: [PUT_DATA] }],
];

function fromGolden([name, way, script, input, issuer]: (typeof GOLDEN)[number]): DialogueTap {
  return { name, way, input, exchanges: exchangesOf(script), ...(issuer && { issuer }) };
}

let recorded: readonly DialogueTap[] | undefined;

/** Dialogues of honest cards, and of the one whose records were changed. Recorded once. */
export function genuineDialogues(): readonly DialogueTap[] {
  recorded ??= [...TAPS.map(fromTray), ...GOLDEN.map(fromGolden)];
  return recorded;
}

/** An intent that a tear left open, and what its card says to the probe. */
export interface OpenDialogue extends Transcript {
  readonly intent: Intent;
}

/** The chip pays; the account pays; a load. */
const TORN: readonly string[] = ['ec-contact contact {}', 'cda-contact contact {"forced":true}', 'ec-contact load {}'];

/** Torn dialogues of the tray, at each command from the first GENERATE AC on, before and after the card. */
export function openDialogues(): readonly OpenDialogue[] {
  return TAPS.filter(([id, way, , how]) => TORN.includes(`${id} ${way} ${JSON.stringify(how)}`)).flatMap(
    ([id, way, amount, circumstances]) => {
      const input = tapInput(way, amount, circumstances);
      const whole = play(stepOf(way, input), cardInField(id).transmit, centreOf(input));
      const first = whole.given.findIndex(({ command }) => command[1] === 0xae);
      return whole.given.flatMap((_, at): OpenDialogue[] => {
        if (at < first) return [];
        return (['before-card', 'after-card'] as const).flatMap((when) => {
          const card = cardInField(id);
          card.again([tearAt(at + 1, when)]);
          const intent = savedIntent(play(stepOf(way, input), card.transmit, centreOf(input)));
          if (intent === undefined) return [];
          card.again();
          const transmit: TapCard = card.transmit;
          const exchanges = answered(play(recover(intent, later(input)), transmit, FRIENDLY_WORLD));
          return [{ name: `${id} ${way} ${amount}, torn at ${at} ${when}`, input, exchanges, intent }];
        });
      });
    },
  );
}
