import type { CardPinEntry, OnlinePinEntry } from '../../drivers/index.ts';
import type { Requests } from '../../emv/kernel/index.ts';
import { abortOn } from '../abort-on.ts';
import { present } from '../present.ts';
import { askRegister } from './ask-register.ts';
import type { PinQuestion } from './question.ts';
import type { TapInProgress } from './tap-in-progress.ts';

type Question = Requests['verify-cardholder']['ask'];
type Answer = Requests['verify-cardholder']['answer'];
type Asked<M extends Question['method']> = Extract<Question, { method: M }>;

type Entry = OnlinePinEntry | CardPinEntry;

/** The PIN, by whoever can take it, or the attendant's word; a device that cannot makes the kernel go on without. */
export function verifyCardholder(tap: TapInProgress, question: Question): Answer | Promise<Answer> {
  switch (question.method) {
    case 'online-pin':
      return onlinePin(tap, question);
    case 'offline-pin':
      return cardPin(tap, question);
    case 'id-document':
      return idDocument(tap, question);
  }
}

async function onlinePin(tap: TapInProgress, question: Asked<'online-pin'>): Promise<Answer> {
  const { pinEntry, limits } = tap.tools;
  if (pinEntry === undefined) return { kind: 'unavailable' };
  const { pan, amount, mayBypass } = question;
  const entry = await typed(tap, { kind: 'pin', checkedBy: 'host', mayBypass }, (signal) =>
    pinEntry.enterOnline({ pan, amount, timeoutMs: limits.pinEntryMs, signal }),
  );
  return entry.kind === 'entered'
    ? { kind: 'entered', pin: { block: entry.block, format: entry.format, keyId: entry.keyId } }
    : { kind: entry.kind };
}

async function cardPin(tap: TapInProgress, question: Asked<'offline-pin'>): Promise<Answer> {
  const { pinEntry, limits } = tap.tools;
  const verifyOnCard = pinEntry?.verifyOnCard?.bind(pinEntry);
  if (verifyOnCard === undefined) return { kind: 'unavailable' };
  const { pan, amount, triesLeft, enciphered, mayBypass } = question;
  const shown = present({ kind: 'pin' as const, checkedBy: 'card' as const, triesLeft, mayBypass });
  const entry = await typed(tap, shown, async (signal) => {
    // The card that is to check the PIN: when it leaves, nobody needs to type on.
    const own = abortOn([signal, tap.gone]);
    const asked = present({ pan, amount, triesLeft, enciphered, timeoutMs: limits.pinEntryMs, signal: own.signal });
    return verifyOnCard(asked).finally(own.release);
  });
  return entry.kind === 'cancelled' && tap.gone.aborted && !tap.notes.cancelled ? { kind: 'torn' } : entry;
}

async function idDocument(tap: TapInProgress, { document }: Asked<'id-document'>): Promise<Answer> {
  const { type: documentType, number } = document;
  const told = await askRegister(tap, { kind: 'id-document', documentType, number });
  if (told.kind !== 'id-document') return { kind: told.kind };
  return { kind: told.matches ? 'confirmed' : 'refused' };
}

function wipe(entry: Entry): void {
  if (entry.kind === 'entered') ('pin' in entry ? entry.pin : entry.block).wipe();
}

/**
 * One entry at the pad, as the payment shows it. The register may leave it out where the question says so. What comes after
 * that, or after the cashier has cancelled, is wiped.
 */
export async function typed<E extends Entry>(
  { sale, tools, notes }: Pick<TapInProgress, 'sale' | 'tools' | 'notes'>,
  question: PinQuestion,
  enter: (signal: AbortSignal) => Promise<E>,
) {
  const { signal: cancelled } = sale.cancel;
  const bypass = new AbortController();
  const { signal, release } = abortOn([cancelled, bypass.signal]);
  const open = tools.questions.ask(sale.id, question, cancelled);
  void open.answer.then((answer) => answer && bypass.abort());
  try {
    tools.book.move(sale.id, { state: 'awaiting-pin' });
    await tools.step('pin-awaited', sale.id);
    const entry = signal.aborted ? ({ kind: 'cancelled' } as const) : await enter(signal);
    open.withdraw();
    tools.book.tell(sale.id);
    await tools.step('pin-ended', sale.id);
    sale.log.info({ entry: bypass.signal.aborted ? 'bypassed' : entry.kind }, 'PIN entry ended');
    // A reader that was left waiting for its keys holds on to the card: nobody can go on with that one without the PIN either.
    if (!signal.aborted || (entry.kind === 'torn' && !cancelled.aborted)) return entry;
    wipe(entry);
    notes.cancelled = cancelled.aborted;
    return { kind: cancelled.aborted ? 'cancelled' : 'bypassed' } as const;
  } finally {
    open.withdraw();
    release();
  }
}
