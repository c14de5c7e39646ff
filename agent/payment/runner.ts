import type { CardReader } from '../../drivers/index.ts';
import { PIN_PADDING_BYTES } from '../../emv/cvm/index.ts';
import { type Handlers, runStep, type Step } from '../../emv/kernel/index.ts';
import { readUint } from '../../emv/values/index.ts';
import { localTime } from '../clock.ts';
import type { CardSession } from './card-session.ts';
import type { Decision, TapNotes } from './decide.ts';
import { tapHandlers } from './handlers.ts';
import { floorLimitOf, transactionInput } from './kernel-input.ts';
import { interfaceOf, type Tap } from './tap.ts';
import type { Notebook } from './tap-in-progress.ts';
import type { Sale, Tools } from './tools.ts';

const MAX_COUNTER = 99_999_999;

/** 1 to 99 (EMV Book 3, §10.6.2). Four random bytes, so that no number is likelier than another by more than a hair. */
const randomPercent = (random: Tools['random']): number => 1 + (readUint(random(4)) % 99);

/** Which PINs can be typed here. */
function pinAbilities(pinEntry: Tools['pinEntry'], deferring: boolean) {
  const lacks = pinEntry?.lacks ?? [];
  const pinForCard = pinEntry?.verifyOnCard !== undefined;
  return {
    // Nobody could check it while the host is away.
    pinPad: pinEntry !== undefined && !lacks.includes('online') && !deferring,
    pinForCard,
    encipheredPinForCard: pinForCard && !lacks.includes('enciphered-for-card'),
  };
}

/** What the kernel is told about this tap; undefined when the terminal is not ready to sell. */
export function prepareTap(
  sale: Sale,
  { transactionType }: Pick<Operation, 'transactionType'>,
  at: { readonly session: CardSession; readonly reader: CardReader; readonly gone: AbortSignal },
  tools: Tools,
): Tap | undefined {
  const ready = tools.standing.readiness();
  if (ready === undefined) return undefined;
  const onlineCapable = tools.standing.onlineCapable();
  const deferring = !onlineCapable && sale.kind === 'purchase' && tools.standing.deferralOffered(sale.amount);
  const input = transactionInput(ready.parameters, {
    amount: sale.amount,
    transactionType,
    local: localTime(tools.clock.now(), tools.timeZone),
    unpredictableNumber: tools.random(4),
    transactionCounter: (tools.queue.records.head().sequence % MAX_COUNTER) + 1,
    // Offline-only, a card gives no ARQC that could be trusted.
    onlineCapable: onlineCapable || deferring,
    ...pinAbilities(tools.pinEntry, deferring),
    contactSlot: tools.watch.hasContactSlot(),
    randomPercent: randomPercent(tools.random),
    pinPadding: tools.random(PIN_PADDING_BYTES),
    floorFor: tools.standing.floorsNow(),
    caKeys: tools.caKeys(ready.parameters),
    keyCache: tools.keyCache,
  });
  const { identity, parameters } = ready;
  const floor = floorLimitOf(parameters);
  const debts = parameters.debts ?? 'collect';
  return { ...at, sale, identity, input, floor, deferring, purses: parameters.purses ?? [], debts };
}

/** What one kind of payment makes of the card in the field. */
export interface Operation {
  /** 9C. */
  readonly transactionType: number;
  /** `intentOpen`: an intent of this tap is on disk, which the ending closes. */
  run(tap: Tap, tools: Tools): Promise<{ readonly decision: Decision; readonly intentOpen: boolean }>;
}

/** The handlers of one tap and what they note. */
export function tapWorld(tap: Tap, tools: Tools): { handlers: Handlers; notes: Notebook } {
  const notes: Notebook = { interface: interfaceOf(tap), cancelled: false, intentOpen: false, hostAsked: false };
  const { sale, session, gone, identity, input, floor, deferring, debts } = tap;
  const onlineCapable = input.terminal.onlineCapable && !deferring;
  return {
    handlers: tapHandlers({ sale, tools, session, gone, identity, floor, deferring, onlineCapable, debts, notes }),
    notes,
  };
}

/** Lets the kernel run on the card in the field. Nothing is committed here but what the kernel asks for. */
export async function runKernel<T extends { readonly kind: string }>(
  tap: Tap,
  step: Step<T>,
  tools: Tools,
): Promise<{ readonly result: T; readonly notes: TapNotes }> {
  const { handlers, notes } = tapWorld(tap, tools);
  await tools.step('kernel-started', tap.sale.id);
  const result = await runStep(step, handlers);
  await tellEnd(tap, result, 'kernel', tools);
  return { result, notes };
}

/** The card has been read, and what it came to is known here alone. */
export async function tellEnd(
  tap: Tap,
  result: { readonly kind: string },
  by: 'kernel' | 'purse',
  tools: Tools,
): Promise<void> {
  await tools.step('outcome-known', tap.sale.id);
  const reason = 'reason' in result ? { reason: result.reason } : {};
  tap.sale.log.info({ by, outcome: result.kind, ...reason }, 'the card has been read');
}
