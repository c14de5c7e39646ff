import { type CardReport, inspect } from '../../emv/inspect/index.ts';
import {
  balanceInquiry,
  type CardBalance,
  type Outcome,
  type Recovery,
  recover,
  type Step,
} from '../../emv/kernel/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { turnsOf } from './conversation.ts';
import {
  type DialogueTap,
  genuineDialogues,
  interfaceOf,
  type OpenDialogue,
  openDialogues,
  stepOf,
  withIssuer,
} from './dialogue-taps.ts';
import { type EntryPoint, entryPoint } from './entry-point.ts';
import { TRUE_CA_KEYS } from './entry-points.ts';
import { answered, cardInField, genuinePurchases, later } from './genuine-taps.ts';
import { judgeDialogue, mannersOf } from './judge-dialogue.ts';
import { judgeInspection } from './judge-inspection.ts';
import { judgeRecovery, movedTo } from './judge-recovery.ts';
import { type Played, play } from './play.ts';
import type { Transcript } from './transcript.ts';
import { FRIENDLY_WORLD } from './world.ts';

const GENUINE = genuineDialogues;
const isLoad = ({ way }: DialogueTap): boolean => way === 'load' || way === 'contactless load';

type StepMaker = (tap: DialogueTap) => Step<Outcome>;
const rightStep: StepMaker = ({ way, input }) => stepOf(way, input);

/** Full debit/credit and electronic cash, over the contacts and over the air; a test may plant a step that is wrong. */
export function dialogueEntry(
  step: StepMaker = rightStep,
  genuine: readonly DialogueTap[] = GENUINE().filter((tap) => !isLoad(tap)),
): EntryPoint {
  return entryPoint({
    name: 'debit/credit',
    genuine,
    world: withIssuer,
    step,
    judge: (played: Played<Outcome>, tap) => judgeDialogue(played, tap, TRUE_CA_KEYS),
  });
}

export function loadEntry(step: StepMaker = rightStep): EntryPoint {
  return entryPoint({
    name: 'load',
    genuine: GENUINE().filter(isLoad),
    world: withIssuer,
    step,
    judge: (played: Played<Outcome>, tap) => judgeDialogue(played, tap, TRUE_CA_KEYS),
  });
}

/** Commands that change a card, or could. */
const MOVING: readonly number[] = [0xa8, 0xae, 0x20, 0x82, 0x88, 0xda, 0xdc];

function judgeReading(played: Played<unknown>, moving: readonly number[]): readonly string[] {
  const moved = turnsOf(played).find(({ command }) => moving.includes(command[1] ?? 0));
  const faults = mannersOf(played);
  return moved === undefined ? faults : [...faults, `nothing is moved: sent ${toHex(moved.command)}`];
}

/** A card of the tray that is asked for what it holds. */
function inquired(): readonly DialogueTap[] {
  return GENUINE()
    .filter(({ name }) => !name.startsWith('golden'))
    .map((tap): DialogueTap => {
      const [id = ''] = tap.name.split(' ');
      const { transmit } = cardInField(id);
      const exchanges = answered(play(balanceInquiry(tap.input, interfaceOf(tap.way)), transmit, FRIENDLY_WORLD));
      return { ...tap, exchanges };
    });
}

const BALANCES: readonly string[] = ['balance', 'declined', 'torn', 'cancelled'];

function judgeInquiry(played: Played<CardBalance | { readonly kind: string }>): readonly string[] {
  const faults = judgeReading(played, MOVING);
  const { result } = played;
  if (result === undefined || BALANCES.includes(result.kind)) return faults;
  return [...faults, `an inquiry ends as one: ${result.kind}`];
}

export function inquiryEntry(): EntryPoint {
  return entryPoint({
    name: 'balance inquiry',
    genuine: inquired(),
    step: ({ input, way }): Step<{ readonly kind: string }> => balanceInquiry(input, interfaceOf(way)),
    judge: judgeInquiry,
  });
}

/** Inspection asks for GPO with amount 0, and never for a cryptogram or a PIN. */
interface Inspected extends Transcript {
  readonly over: 'contact' | 'contactless';
}

const INSPECTED: readonly (readonly [id: string, over: Inspected['over']])[] = [
  ['ec-contact', 'contact'],
  ['cda-contact', 'contact'],
  ['sda-contact', 'contact'],
  ['debit-contactless', 'contactless'],
  ['rich', 'contactless'],
  ['two-applications', 'contactless'],
];

const inspection = ({ input, over }: Pick<Inspected, 'input' | 'over'>) =>
  inspect({ over, date: input.date, caKeys: input.caKeys, unpredictableNumber: input.unpredictableNumber });

export function inspectEntry(step: (tap: Inspected) => Step<CardReport> = inspection): EntryPoint {
  const [some] = genuinePurchases();
  if (some === undefined) throw new RangeError('no purchases');
  const { input } = some;
  return entryPoint({
    name: 'inspection',
    genuine: INSPECTED.map(([id, over]): Inspected => {
      const exchanges = answered(play(inspection({ input, over }), cardInField(id).transmit, FRIENDLY_WORLD));
      return { name: `${id} ${over}`, input, over, exchanges };
    }),
    step,
    judge: (played: Played<CardReport>, tap) => judgeInspection(played, tap.input, TRUE_CA_KEYS),
  });
}

function judgeOpenDialogue(played: Played<Recovery>, { intent, ...payment }: OpenDialogue): readonly string[] {
  const { result } = played;
  // What a card proves by GET DATA is judged as in qPBOC, but for loads, which move the other way.
  if (intent.path === 'debit-credit' && intent.electronicCash) {
    return judgeRecovery(played, { ...payment, intent }, TRUE_CA_KEYS);
  }
  const faults = judgeReading(played, MOVING);
  const { atc, balance } = movedTo(played);
  const loaded = intent.path === 'load' && atc === intent.atc && balance === intent.balanceBefore + intent.amount;
  const kept = intent.path === 'load' && atc === intent.atc && balance === intent.balanceBefore;
  if (result?.kind === 'loaded' && !loaded) return [...faults, `loaded at ATC ${atc}, balance ${balance}`];
  if (result?.kind === 'not-loaded' && !kept) return [...faults, `not loaded at ATC ${atc}, balance ${balance}`];
  return result?.kind === 'debited' ? [...faults, 'an account was debited by a probe'] : faults;
}

export function openDialogueEntry(): EntryPoint {
  return entryPoint({
    name: 'recovery of debit/credit',
    genuine: openDialogues(),
    step: ({ intent, input }): Step<Recovery> => recover(intent, later(input)),
    judge: judgeOpenDialogue,
  });
}
