import { documentNumber, questionOf, type Reply, repliesTo } from './question.ts';
import type { RegisterClient } from './register-client.ts';
import type { Store } from './store.ts';
import { viewOf } from './view.ts';

export interface Answerer {
  /** Gives the answer with this number, from 1. */
  choose(number: number): void;
  /** The only answer that there is; nothing where there are several. */
  confirm(): void;
  /** Leaves the PIN out, where that is allowed. */
  bypassPin(): void;
}

/** Answers what the payment on the screen asks, and fetches the number of a document that is to be compared. */
export function createAnswerer(store: Store, client: RegisterClient, refresh: () => Promise<void>): Answerer {
  let fetching: number | undefined;

  const shown = () => {
    const state = store.state();
    const view = viewOf(state);
    const question = questionOf(view);
    return view.kind === 'payment' && question ? { state, question, paymentId: view.payment.id } : undefined;
  };

  async function send(paymentId: string, reply: Reply): Promise<void> {
    if (store.state().replying !== undefined) return;
    store.dispatch({ kind: 'reply-begun', question: reply.question });
    const askedAt = store.state().book.revision;
    const answer = await client.answer(paymentId, reply);
    if (answer.kind === 'answered') {
      store.dispatch({ kind: 'payment-learnt', payment: answer.value, askedAt });
      return;
    }
    store.dispatch({ kind: 'reply-failed', reason: answer.kind === 'refused' ? 'reply-late' : 'reply-lost' });
    await refresh();
  }

  async function fetchDocument(paymentId: string, id: number): Promise<void> {
    fetching = id;
    const answer = await client.document(paymentId);
    fetching = undefined;
    if (answer.kind === 'answered') store.dispatch({ kind: 'document-read', document: answer.value });
  }

  store.subscribe(() => {
    const asked = shown();
    if (asked?.question.kind !== 'id-document' || fetching !== undefined) return;
    if (documentNumber(asked.state, asked.question) === undefined)
      void fetchDocument(asked.paymentId, asked.question.id);
  });

  const choose = (number: number): void => {
    const asked = shown();
    const reply = asked && repliesTo(asked.question, asked.state)[number - 1];
    if (reply) void send(asked.paymentId, reply);
  };

  return {
    choose,
    confirm: () => {
      const asked = shown();
      if (asked && repliesTo(asked.question, asked.state).length === 1) choose(1);
    },
    bypassPin: () => {
      const asked = shown();
      if (asked?.question.kind !== 'pin' || !asked.question.mayBypass) return;
      void send(asked.paymentId, { question: asked.question.id, kind: 'pin', bypass: true });
    },
  };
}
