import type { CardPinEntry, OnlinePinEntry } from '../../drivers/index.ts';
import type { Requests } from '../../emv/kernel/index.ts';
import type { TapInProgress } from './tap-in-progress.ts';

type Question = Requests['verify-cardholder']['ask'];
type Answer = Requests['verify-cardholder']['answer'];
type Asked<M extends Question['method']> = Extract<Question, { method: M }>;

type Entry = OnlinePinEntry | CardPinEntry;

/** The PIN, by whoever can take it; a device that cannot makes the kernel go on without. */
export function verifyCardholder(tap: TapInProgress, question: Question): Answer | Promise<Answer> {
  switch (question.method) {
    case 'online-pin':
      return onlinePin(tap, question);
    case 'offline-pin':
      return cardPin(tap, question);
    case 'id-document':
      // Nobody is asked at this terminal to look at a document (9F33 does not offer it).
      return { kind: 'unavailable' };
  }
}

async function onlinePin(tap: TapInProgress, { pan, amount }: Asked<'online-pin'>): Promise<Answer> {
  const { pinEntry, limits } = tap.tools;
  if (pinEntry === undefined) return { kind: 'unavailable' };
  const { signal } = tap.sale.cancel;
  const entry = await typed(tap, () => pinEntry.enterOnline({ pan, amount, timeoutMs: limits.pinEntryMs, signal }));
  return entry.kind === 'entered'
    ? { kind: 'entered', pin: { block: entry.block, format: entry.format, keyId: entry.keyId } }
    : { kind: entry.kind };
}

async function cardPin(tap: TapInProgress, { pan, amount, triesLeft }: Asked<'offline-pin'>): Promise<Answer> {
  const { pinEntry, limits } = tap.tools;
  const verifyOnCard = pinEntry?.verifyOnCard?.bind(pinEntry);
  if (verifyOnCard === undefined) return { kind: 'unavailable' };
  const { signal } = tap.sale.cancel;
  const tries = triesLeft === undefined ? {} : { triesLeft };
  return typed(tap, () => verifyOnCard({ pan, amount, ...tries, timeoutMs: limits.pinEntryMs, signal }));
}

function wipe(entry: Entry): void {
  if (entry.kind === 'entered') ('pin' in entry ? entry.pin : entry.block).wipe();
}

/** One entry at the pad, as the payment shows it. What comes after the cashier has cancelled is wiped. */
export async function typed<E extends Entry>(
  { sale, tools, notes }: Pick<TapInProgress, 'sale' | 'tools' | 'notes'>,
  enter: () => Promise<E>,
) {
  tools.book.move(sale.id, { state: 'awaiting-pin' });
  await tools.step('pin-awaited', sale.id);
  const { signal } = sale.cancel;
  const entry = signal.aborted ? ({ kind: 'cancelled' } as const) : await enter();
  await tools.step('pin-ended', sale.id);
  sale.log.info({ entry: entry.kind }, 'PIN entry ended');
  if (!signal.aborted) return entry;
  wipe(entry);
  notes.cancelled = true;
  return { kind: 'cancelled' } as const;
}
