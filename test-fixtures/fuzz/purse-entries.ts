import { purseLoadMac2 } from '../../emv/issuer/index.ts';
import { INPUT } from '../../emv/kernel/testing/play.ts';
import {
  type LoadAnswer,
  type PurseIntent,
  type PurseKind,
  type PurseLoadIntent,
  type PurseStep,
  purseLoad,
  pursePurchase,
  recoverPurseLoad,
  recoverPursePurchase,
} from '../../emv/purse/index.ts';
import { equalBytes, fen, hex } from '../../emv/values/index.ts';
import { createVirtualPsam, createVirtualPurse, personalisePurse } from '../purse/index.ts';
import { APPLICATION, MASTER_KEYS } from '../purse/purse-at-terminal.ts';
import type { EntryPoint } from './entry-point.ts';
import { judgePurse, type PurseEnd } from './judge-purse.ts';
import type { Played } from './play.ts';
import { bothOf, isToSam, type PursePlayed, playPurse } from './purse-play.ts';
import { type Exchange, honestCard, type TapAnswer, type TapCard, type Transcript } from './transcript.ts';
import { FRIENDLY_WORLD, type World } from './world.ts';

/** A purse transaction or a probe, with the card and the PSAM that answered. */
interface PurseTap extends Transcript {
  readonly step: () => PurseStep<PurseEnd>;
}

const DAY = { year: 2025, month: 6, day: 1 } as const;
const TIME = { hour: 12, minute: 30, second: 15 } as const;
const TERMINAL = hex('010203040506');
const FILE_15 = hex('A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB');
const RANDOM = (length: number): Uint8Array => new Uint8Array(length).fill(0xa5);

const purchaseOf = (purse: PurseKind): PurseStep<PurseEnd> =>
  pursePurchase({
    amount: fen(1_250),
    date: DAY,
    time: TIME,
    application: { ...APPLICATION, purse },
    sam: { application: hex('DF01'), diversifiedByIssuer: false, lastTerminalSequence: 41 },
  });
const loadOf = (): PurseStep<PurseEnd> =>
  purseLoad({ amount: fen(10_000), date: DAY, terminalId: TERMINAL, application: APPLICATION });

/** The host that knows the load key: its MAC2. */
function granted({ load }: { readonly load: PurseLoadIntent }): LoadAnswer {
  const moment = { date: DAY, time: TIME };
  const mac2 = purseLoadMac2({ masterKey: MASTER_KEYS.load, serial: load.card.serial }, load, moment);
  return { kind: 'approved', mac2, ...moment, authorisationId: 'L1' };
}

/** A purse with 50.00 and its PSAM. */
function devices() {
  const profile = personalisePurse({
    names: APPLICATION.path,
    file15: FILE_15,
    pin: hex('123456'),
    balance: 5_000,
    offline: 7,
    online: 3,
    quirks: {},
    masterKeys: MASTER_KEYS,
  });
  const card = createVirtualPurse(profile, RANDOM);
  const sam = createVirtualPsam({
    serial: hex('53414D00000000000001'),
    terminalId: TERMINAL,
    masterKey: MASTER_KEYS.purchase,
    keyVersion: 1,
    sequence: 41,
  });
  card.power();
  return { card, sam };
}

const transmitOf = ({ card, sam }: ReturnType<typeof devices>): TapCard =>
  bothOf(
    (command) => card.transmit(command),
    (command) => sam.transmit(command),
  );

const exchangesOf = ({ given }: PursePlayed<unknown>): readonly Exchange[] =>
  given.flatMap(({ command, answer }) => (answer === 'torn' ? [] : [{ command, answer }]));

const settings = (card: TapCard, world: World = FRIENDLY_WORLD) => ({ card, world, granted });

/** A whole transaction. `refused`: the command that card or reader spoils, so that the card's own data must tell. */
function whole(name: string, step: () => PurseStep<PurseEnd>, refused?: number): PurseTap {
  const transmit = transmitOf(devices());
  const card: TapCard = (command) => (command[1] === refused ? hex('6700') : transmit(command));
  return { name, input: INPUT, step, exchanges: exchangesOf(playPurse(step(), settings(card))) };
}

const probeOf = (intent: PurseIntent): PurseStep<PurseEnd> =>
  intent.path === 'purse-purchase' ? recoverPursePurchase(intent, APPLICATION) : recoverPurseLoad(intent, APPLICATION);

/** The same torn at DEBIT or CREDIT, before or after the card, and the probe. */
function torn(name: string, step: () => PurseStep<PurseEnd>, moving: number, before: boolean): PurseTap {
  const both = devices();
  const transmit = transmitOf(both);
  const tearing: TapCard = (command) => {
    if (command[1] !== moving) return transmit(command);
    if (!before) transmit(command);
    return 'torn';
  };
  const { asked } = playPurse(step(), settings(tearing));
  const intent = asked.flatMap(({ request }) => (request.name === 'save-intent' ? [request.intent] : []))[0];
  if (intent === undefined) throw new RangeError(`${name} saves no intent`);
  both.card.power();
  const exchanges = exchangesOf(playPurse(probeOf(intent), settings(transmit)));
  return { name: `${name}, torn ${before ? 'before' : 'after'}`, input: INPUT, step: () => probeOf(intent), exchanges };
}

const DEBIT = 0x54;
const CREDIT = 0x52;

function genuinePurses(): readonly PurseTap[] {
  return [
    whole('EP purchase', () => purchaseOf('ep')),
    whole('ED purchase from an EP', () => purchaseOf('ed')),
    whole('load', loadOf),
    whole('EP purchase, spoilt', () => purchaseOf('ep'), DEBIT),
    whole('load, spoilt', loadOf, CREDIT),
    ...[true, false].flatMap((before) => [
      torn('EP purchase', () => purchaseOf('ep'), DEBIT, before),
      torn('load', loadOf, CREDIT, before),
    ]),
  ];
}

/** The fuzzer's report tells any question by its name. */
const asPlayed = (played: PursePlayed<unknown>): Played<unknown> => played as Played<unknown>;

/** Purchases, loads and probes: card and PSAM are both hostile. `meddle`: a test may plant a step that is wrong. */
export function purseEntry(meddle: (step: PurseStep<PurseEnd>) => PurseStep<PurseEnd> = (step) => step): EntryPoint {
  const genuine = genuinePurses();
  const cards = genuine.map(honestCard);
  return {
    name: 'purse',
    genuine,
    card: (nth) => cards[nth]?.() ?? (() => 'torn'),
    run: (nth, card, world) => {
      const tap = genuine[nth];
      if (tap === undefined) throw new RangeError(`no purse transaction ${nth}`);
      const played = playPurse(meddle(tap.step()), settings(card, world));
      return { played: asPlayed(played), faults: judgePurse(played) };
    },
  };
}

const isSaid = (answer: TapAnswer, honest: Uint8Array | undefined): boolean =>
  answer !== 'torn' && honest !== undefined && equalBytes(answer, honest);

/** An enemy between the terminal with its PSAM and a genuine purse. */
export function livePurseEntry(): EntryPoint {
  const genuine = [whole('EP purchase, alive', () => purchaseOf('ep')), whole('load, alive', loadOf)];
  let both = devices();
  /** What the genuine card has said in this tap. */
  let truth: readonly Uint8Array[] = [];
  return {
    name: 'purse, live card',
    genuine,
    card: () => {
      both = devices();
      const { card } = both;
      const said: Uint8Array[] = [];
      truth = said;
      return (command) => {
        const answer = card.transmit(command);
        said.push(answer);
        return answer;
      };
    },
    run: (nth, card, world) => {
      const tap = genuine[nth];
      if (tap === undefined) throw new RangeError(`no purse transaction ${nth}`);
      const { sam } = both;
      const honest = truth;
      const played = playPurse(
        tap.step(),
        settings(
          bothOf(card, (command) => sam.transmit(command)),
          world,
        ),
      );
      const faults = [...judgePurse(played)];
      const paid = 5_000 - both.card.stored().balance;
      if (played.result?.kind === 'approved' && paid !== 1_250) faults.push(`approved, and the card has paid ${paid}`);
      // The PSAM is not the enemy's: what it says is no part of his conversation.
      const given = played.given.filter(({ command }) => !isToSam(command));
      // One lie about what the card shows of itself is found out; against several nothing stands.
      const debit = given.findIndex(({ command }) => command[1] === DEBIT);
      const lies = given.slice(debit + 1).filter(({ answer }, at) => !isSaid(answer, honest[debit + 1 + at]));
      const denied = played.result?.kind === 'declined' && played.result.debited === 'none';
      if (denied && paid > 0 && lies.length < 2) faults.push(`the card has paid ${paid}, and nobody says so`);
      return { played: asPlayed({ ...played, given }), faults };
    },
  };
}
