import type { Answer, Answers, AskedQuestion, Question } from './question.ts';

/** What becomes of an answer. */
export type Taken =
  /** It counts: now, or it did when it came before. */
  | { readonly kind: 'taken' }
  /** The payment does not ask this, or no longer. */
  | { readonly kind: 'not-asked' }
  /** Another answer came first. */
  | { readonly kind: 'answered-otherwise' }
  /** No answer to this question; it stands as it was. */
  | { readonly kind: 'does-not-fit'; readonly detail: string };

/** A question that stands until it is answered, withdrawn, or its signal aborts. */
interface OpenQuestion<A extends Answer> {
  /** Undefined when there was none. */
  readonly answer: Promise<A | undefined>;
  withdraw(): void;
}

/** Where payments ask and the register answers; one question stands at a time, as one payment is in progress. */
export interface Questions {
  /** What the payment asks now. */
  of(paymentId: string): AskedQuestion | undefined;
  ask<Q extends Question>(paymentId: string, question: Q, signal: AbortSignal): OpenQuestion<Answers[Q['kind']]>;
  /** The same answer may come any number of times, also when its question is over. */
  answer(paymentId: string, id: number, answer: Answer): Taken;
}

interface Standing {
  readonly paymentId: string;
  readonly asked: AskedQuestion;
  close(answer: Answer | undefined): void;
}

/** What speaks against an answer. */
function misfit(question: Question, answer: Answer): string | undefined {
  if (question.kind !== answer.kind) return `the question is one of kind ${question.kind}`;
  if (question.kind === 'pin' && !question.mayBypass) return 'the PIN cannot be left out here';
  if (question.kind !== 'application' || answer.kind !== 'application') return undefined;
  const { length } = question.candidates;
  return answer.index < length ? undefined : `the index is to be one of 0 to ${length - 1}`;
}

export function questions(): Questions {
  let lastId = 0;
  let standing: Standing | undefined;
  /** The answers that the latest payment has been given, by question. */
  let answered: { readonly paymentId: string; readonly byId: Map<number, string> } | undefined;

  return {
    of: (paymentId) => (standing?.paymentId === paymentId ? standing.asked : undefined),
    ask<Q extends Question>(paymentId: string, question: Q, signal: AbortSignal) {
      if (answered?.paymentId !== paymentId) answered = { paymentId, byId: new Map() };
      lastId += 1;
      let resolve: (answer: Answer | undefined) => void;
      const answer = new Promise<Answer | undefined>((settle) => {
        resolve = settle;
      });
      const withdraw = (): void => own.close(undefined);
      const own: Standing = {
        paymentId,
        asked: { ...question, id: lastId },
        close(given) {
          signal.removeEventListener('abort', withdraw);
          if (standing === own) standing = undefined;
          resolve(given);
        },
      };
      standing = own;
      signal.addEventListener('abort', withdraw);
      if (signal.aborted) withdraw();
      // The kinds of question and answer were held against each other when it came.
      return { answer: answer as Promise<Answers[Q['kind']] | undefined>, withdraw };
    },
    answer(paymentId, id, answer) {
      const text = JSON.stringify(answer);
      const before = answered?.paymentId === paymentId ? answered.byId.get(id) : undefined;
      if (before !== undefined) return { kind: before === text ? 'taken' : 'answered-otherwise' };
      if (standing?.paymentId !== paymentId || standing.asked.id !== id) return { kind: 'not-asked' };
      const detail = misfit(standing.asked, answer);
      if (detail !== undefined) return { kind: 'does-not-fit', detail };
      answered?.byId.set(id, text);
      standing.close(answer);
      return { kind: 'taken' };
    },
  };
}
