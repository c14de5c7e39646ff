import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import type { Answer } from './question.ts';
import type { Questions, Taken } from './questions.ts';

/** What an answer of the register came to; the payment is as it is now. */
export type Answered =
  | { readonly kind: 'not-found' }
  /** The payment has ended, and not by this answer. */
  | { readonly kind: 'too-late'; readonly payment: StoredPayment }
  | (Taken & { readonly payment: StoredPayment });

/** Answers what a payment asks. The same answer may come again, also when the payment has gone on or ended. */
export function answerPayment(
  id: string,
  question: number,
  answer: Answer,
  { queue, questions }: { readonly queue: Pick<Queue, 'payments'>; readonly questions: Questions },
): Answered {
  const payment = queue.payments.get(id);
  if (payment === undefined) return { kind: 'not-found' };
  const taken = questions.answer(id, question, answer);
  if (taken.kind === 'not-asked' && payment.final) return { kind: 'too-late', payment };
  return { ...taken, payment };
}
