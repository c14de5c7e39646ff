import type { CardReader } from '../../drivers/index.ts';
import { PIN_PADDING_BYTES } from '../../emv/cvm/index.ts';
import { type Handlers, runStep } from '../../emv/kernel/index.ts';
import { fen, readUint } from '../../emv/values/index.ts';
import { localTime } from '../clock.ts';
import type { CardSession } from './card-session.ts';
import type { TapEnd } from './decide.ts';
import { tapHandlers } from './handlers.ts';
import { transactionInput } from './kernel-input.ts';
import type { PurseEnd } from './purse/endings.ts';
import { mayBePurse, payByPurse } from './purse/purchase.ts';
import { interfaceOf, type Tap } from './tap.ts';
import type { Notebook } from './tap-in-progress.ts';
import type { Sale, Tools } from './tools.ts';

const MAX_COUNTER = 99_999_999;

/** 1 to 99 (EMV Book 3, §10.6.2). Four random bytes, so that no number is likelier than another by more than a hair. */
const randomPercent = (random: Tools['random']): number => 1 + (readUint(random(4)) % 99);

/** What the kernel is told about this tap; undefined when the terminal is not ready to sell. */
export function prepareTap(sale: Sale, session: CardSession, reader: CardReader, tools: Tools): Tap | undefined {
  const ready = tools.standing.readiness();
  if (ready === undefined) return undefined;
  const input = transactionInput(ready.parameters, {
    amount: sale.amount,
    local: localTime(tools.clock.now(), tools.timeZone),
    unpredictableNumber: tools.random(4),
    transactionCounter: (tools.queue.records.head().sequence % MAX_COUNTER) + 1,
    onlineCapable: tools.standing.onlineCapable(),
    pinPad: tools.pinEntry !== undefined,
    pinForCard: tools.pinEntry?.verifyOnCard !== undefined,
    contactSlot: tools.watch.hasContactSlot(),
    randomPercent: randomPercent(tools.random),
    pinPadding: tools.random(PIN_PADDING_BYTES),
    floorFor: tools.standing.floorFor,
    keyCache: tools.keyCache,
  });
  const { identity, parameters } = ready;
  return { sale, session, reader, identity, input, purses: parameters.purses ?? [] };
}

/** The handlers of one tap and what they note. */
export function tapWorld(tap: Tap, tools: Tools): { handlers: Handlers; notes: Notebook } {
  const notes: Notebook = { interface: interfaceOf(tap), cancelled: false, intentOpen: false, hostAsked: false };
  const { sale, session, identity, input } = tap;
  const floor = fen(Math.max(0, ...input.terminal.applications.map(({ offlineFloorLimit }) => offlineFloorLimit ?? 0)));
  return { handlers: tapHandlers({ sale, tools, session, identity, floor, notes }), notes };
}

/**
 * Lets the kernel run a purchase on the card in the field; a card that it does not know may be a purse. Nothing is committed here
 * but what they ask for.
 */
export async function runPurchase(tap: Tap, tools: Tools): Promise<TapEnd | PurseEnd> {
  const { handlers, notes } = tapWorld(tap, tools);
  await tools.step('kernel-started', tap.sale.id);
  const { purchase, contactPurchase } = tools.kernel;
  const run = interfaceOf(tap) === 'contact' ? contactPurchase : purchase;
  const outcome = await runStep(run(tap.input), handlers);
  const end = (mayBePurse(outcome) && (await payByPurse(tap, notes, tools))) || { ...notes, outcome };
  await tools.step('outcome-known', tap.sale.id);
  const by = 'purse' in end ? 'purse' : 'kernel';
  const reason = 'reason' in end.outcome && { reason: end.outcome.reason };
  tap.sale.log.info({ by, outcome: end.outcome.kind, ...reason }, 'the card has been read');
  return end;
}
