import { type Intent, purchase, recover, type TransactionInput } from '../../emv/kernel/index.ts';
import { MODERN, OLD, ONE_RECORD, OWN_RECORD, type Script, SM } from '../../emv/kernel/testing/golden-cards.ts';
import { INPUT } from '../../emv/kernel/testing/play.ts';
import { equalBytes, fen, hex } from '../../emv/values/index.ts';
import { type Behaviour, memoryStorage, tearAt } from '../card/index.ts';
import { placesOf } from '../card/places.ts';
import { openTray } from '../tray/index.ts';
import { transaction } from '../tray/purchase-at-terminal.ts';
import { sm2Facts } from './judge-purchase.ts';
import type { OpenPayment } from './judge-recovery.ts';
import { type Played, play } from './play.ts';
import { leavesOf, readTree } from './tlv-tree.ts';
import { type Exchange, type TapCard, type Transcript, withoutStatus } from './transcript.ts';
import { FRIENDLY_WORLD } from './world.ts';

/** Cards of the tray, what they are asked to pay, and whether the host can be asked. */
const TAPS = [
  ['rich', 1_280, true],
  ['rich', 1_280, false],
  ['rich', 40_000, true],
  ['poor', 500, true],
  ['over-cvm-limit', 100, true],
  ['two-applications', 100, true],
  ['fdda-00', 100, true],
  ['cvn17', 100, true],
  ['sm4', 100, true],
  ['always-declines', 100, true],
  ['no-ppse', 100, true],
  ['ctq-online', 100, true],
  ['long-chain', 100, true],
  ['rogue-ca', 100, true],
  ['wrong-ca', 100, true],
  ['forged-fdda', 100, true],
  ['downgraded', 100, true],
  ['hides-balance', 100, true],
  ['signature', 100, true],
  ['contact-manners', 100, true],
] as const;

const GOLDEN: readonly (readonly [string, Script])[] = [
  ['golden MODERN', MODERN],
  ['golden OLD', OLD],
  ['golden OWN_RECORD', OWN_RECORD],
  ['golden ONE_RECORD', ONE_RECORD],
  ['golden SM', SM],
];

/** Counter and balance of a golden card that has paid. */
const GOLDEN_MOVED: readonly Exchange[] = [
  { command: hex('80CA9F3600'), answer: hex('9F36020007 9000') },
  { command: hex('80CA9F7900'), answer: hex('9F7906000000003750 9000') },
];
const GET_ATC = hex('80CA9F3600');
const GET_BALANCE = hex('80CA9F7900');

const exchangesOf = (script: Script): readonly Exchange[] =>
  script.map(({ command, answer }) => ({ command: hex(command), answer: hex(answer) }));

const answered = ({ given }: Played<unknown>): readonly Exchange[] =>
  given.flatMap(({ command, answer }) => (answer === 'torn' ? [] : [{ command, answer }]));

/** A card fresh from the tray in the field, and a hand that takes it away and brings it again. */
function cardInField(id: string): { transmit: TapCard; again: (faults?: readonly Behaviour[]) => void } {
  const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
  tray.place(id);
  return {
    transmit: (command) => {
      const answer = tray.field.card()?.transmit(command);
      return answer instanceof Uint8Array && answer.length >= 2 ? answer : 'torn';
    },
    again: (faults = []) => void tray.place(id, faults),
  };
}

/** Records that the AFL names and the terminal has not asked for, since it had refused before: a bolder terminal would read them. */
function* unreadRecords(tap: readonly Exchange[]): Generator<Uint8Array> {
  const gpo = tap.find(({ command }) => command[1] === 0xa8);
  const afl = leavesOf(readTree(withoutStatus(gpo?.answer ?? hex('9000'))) ?? []).find(
    ({ tag }) => tag === 0x94,
  )?.value;
  for (const { sfi, record } of placesOf(afl ?? new Uint8Array())) {
    const command = Uint8Array.of(0x00, 0xb2, record, sfi * 8 + 4, 0x00);
    if (!tap.some((exchange) => equalBytes(exchange.command, command))) yield command;
  }
}

/** Purchases of honest cards, and of the forgers of the tray; behind each all else that its card would give. */
export function genuinePurchases(): readonly Transcript[] {
  const fromTray = TAPS.map(([id, amount, online]): Transcript => {
    const { transmit } = cardInField(id);
    const input = transaction(amount, online);
    const tap = answered(play(purchase(input), transmit, FRIENDLY_WORLD));
    const rest = [...unreadRecords(tap), GET_ATC, GET_BALANCE].flatMap((command) => {
      const answer = transmit(command);
      return answer === 'torn' ? [] : [{ command, answer }];
    });
    return { name: `${id} ${amount}${online ? '' : ' offline'}`, input, exchanges: [...tap, ...rest] };
  });
  const golden = GOLDEN.map(([name, script]): Transcript => {
    return { name, input: INPUT, exchanges: [...exchangesOf(script), ...GOLDEN_MOVED] };
  });
  return [...fromTray, ...golden];
}

/** The same terminal at a later tap: what it would tell a card now is not what it told the card of the intent. */
export function later(input: TransactionInput): TransactionInput {
  return { ...input, amount: fen(777), unpredictableNumber: hex('99999999'), transactionCounter: 43 };
}

const savedIntent = ({ asked }: Played<unknown>): Intent | undefined =>
  asked.map(({ request }) => request).find((request) => request.name === 'save-intent')?.intent;

/** Torn payments of the tray, each with its card as it came back: paid (its answer was lost) or not (it never got the command). */
function fromTray(): readonly OpenPayment[] {
  const torn = TAPS.flatMap(([id, amount, online]) =>
    (['after-card', 'before-card'] as const).map((when) => ({ id, amount, online, when })),
  );
  return torn.flatMap(({ id, amount, online, when }) => {
    const input = transaction(amount, online);
    const whole = play(purchase(input), cardInField(id).transmit, FRIENDLY_WORLD);
    const card = cardInField(id);
    card.again([tearAt(whole.given.length, when)]);
    const intent = savedIntent(play(purchase(input), card.transmit, FRIENDLY_WORLD));
    if (intent === undefined) return [];
    card.again();
    const probe = answered(play(recover(intent, later(input)), card.transmit, FRIENDLY_WORLD));
    const name = `${id} ${amount}${online ? '' : ' offline'}, torn ${when}`;
    return [{ name, input, exchanges: probe, intent }];
  });
}

function fromGolden(): readonly OpenPayment[] {
  return GOLDEN.flatMap(([name, script]) => {
    const exchanges = exchangesOf(script);
    let at = 0;
    const tearing: TapCard = () => (at === exchanges.length - 1 ? 'torn' : (exchanges[at++]?.answer ?? 'torn'));
    const intent = savedIntent(play(purchase(INPUT), tearing, FRIENDLY_WORLD));
    if (intent === undefined) return [];
    const kept = exchanges.filter(({ command }) => command[1] === 0xa4 || command[1] === 0xb2);
    const probe = [...kept, ...GOLDEN_MOVED];
    const genuineFacts = sm2Facts({ name, input: INPUT, exchanges });
    return [{ name, input: INPUT, exchanges: probe, intent, genuineFacts }];
  });
}

/** Open intents of honest cards, and what those cards say to a probe. */
export function openPayments(): readonly OpenPayment[] {
  return [...fromTray(), ...fromGolden()];
}

/** Purchases whose last record is lost at first, and behind it what the card says to the probe. */
export function tornPurchases(): readonly Transcript[] {
  return genuinePurchases().flatMap(({ name, input, exchanges }) => {
    const last = exchanges.findLast(({ command }) => command[1] === 0xb2);
    if (last === undefined) return [];
    return [{ name: `${name}, torn`, input, exchanges, tears: last.command }];
  });
}
