import { abortOn } from '../abort-on.ts';
import type { Answers, ApplicationQuestion, DocumentQuestion } from './question.ts';
import type { TapInProgress } from './tap-in-progress.ts';

type Choice = ApplicationQuestion | DocumentQuestion;

/** Asked while the card waits: nothing has been charged, so whatever ends the wait ends it without a fen taken. */
type Told<Q extends Choice> = Answers[Q['kind']] | { readonly kind: 'cancelled' | 'timed-out' | 'torn' };

/**
 * Shows a question with the payment until the register answers it, the cashier cancels, the card leaves, or it has stood for
 * as long as a PIN may take. The payment stays card-present: the card must not go.
 */
export async function askRegister<Q extends Choice>(tap: TapInProgress, question: Q): Promise<Told<Q>> {
  const { sale, tools, gone } = tap;
  const { signal, release } = abortOn([sale.cancel.signal, gone], tools.limits.pinEntryMs);
  const open = tools.questions.ask(sale.id, question, signal);
  try {
    tools.book.tell(sale.id);
    const answer = await open.answer;
    const told = ending(tap) ?? answer ?? ({ kind: 'timed-out' } as const);
    sale.log.info({ question: question.kind, end: told.kind === question.kind ? 'answered' : told.kind }, 'asked');
    tap.notes.unanswered = told.kind === 'timed-out';
    tools.book.tell(sale.id);
    // Questions take answers of their own kind alone.
    return told as Told<Q>;
  } finally {
    open.withdraw();
    release();
  }
}

/** A cancellation wins over an answer, and so does a card that has left. */
function ending({ sale, gone, notes }: TapInProgress): { readonly kind: 'cancelled' | 'torn' } | undefined {
  if (sale.cancel.signal.aborted) {
    notes.cancelled = true;
    return { kind: 'cancelled' };
  }
  return gone.aborted ? { kind: 'torn' } : undefined;
}
