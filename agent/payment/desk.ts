import { sm3 } from '../../emv/crypto/index.ts';
import { fen, toHex } from '../../emv/values/index.ts';
import type { StoredPayment } from '../../offline-queue/index.ts';
import { utc } from '../clock.ts';
import { uuid } from '../random.ts';
import { type Answered, answerPayment } from './answer.ts';
import { fail } from './breakdown.ts';
import { type Cancelled, cancelPayment } from './cancel.ts';
import { ownIntent } from './own-intent.ts';
import { isPaymentKind, type PaymentKind } from './payment-kind.ts';
import type { Answer, AskedQuestion } from './question.ts';
import { tapByTap } from './tap-by-tap.ts';
import type { Sale, Tools } from './tools.ts';

/** What the register asks for. */
interface PaymentRequest {
  readonly key: string;
  readonly kind: PaymentKind;
  /** Fen; 0 for a balance inquiry alone. */
  readonly amountMinor: number;
  readonly reference: string;
}

export type Started =
  /** `known`: the same key with the same request; the payment as it is now. */
  | { readonly kind: 'registered' | 'known'; readonly payment: StoredPayment }
  | { readonly kind: 'key-reused' }
  /** Another payment is in progress. */
  | { readonly kind: 'busy'; readonly payment: StoredPayment };

/** Where payments begin and end; one is in progress at a time. */
export interface PaymentDesk {
  start(request: PaymentRequest): Promise<Started>;
  cancel(id: string): Promise<Cancelled>;
  /** What a payment asks now. */
  question(id: string): AskedQuestion | undefined;
  answer(id: string, question: number, answer: Answer): Answered;
  /** Takes up what an earlier process left behind. Before the first `start`. */
  resume(): Promise<void>;
  /** Ends the agent's part: a payment that waits for its card still does after the next start. */
  stop(): Promise<void>;
}

/** What must be the same for a key to mean the same payment. */
const fingerprintOf = ({ kind, amountMinor, reference }: PaymentRequest): string =>
  toHex(sm3(new TextEncoder().encode(JSON.stringify([kind, amountMinor, 'CNY', reference]))));

interface Running {
  readonly sale: Sale;
  readonly done: Promise<void>;
}

/**
 * @param tell called for a new payment; all later changes go through `tools.book`
 * @param stop aborts `tools.stopping`
 */
export function paymentDesk(tools: Tools, tell: (payment: StoredPayment) => void, stop: () => void): PaymentDesk {
  let running: Running | undefined;

  const run = (sale: Sale, after: number, begun: Promise<void>): void => {
    // A payment ends under the time limits under which it began.
    const own = { ...tools, limits: { ...tools.limits } };
    const done = begun
      .then(() => tapByTap(sale, after, own))
      .catch((error: unknown) =>
        sale.log.fatal({ err: error }, 'the payment stays as it is on disk; restart the agent'),
      )
      .finally(() => {
        if (running?.sale === sale) running = undefined;
      });
    running = { sale, done };
  };

  const resumeOne = async (payment: StoredPayment): Promise<void> => {
    const sale = saleOf(payment, tools);
    if (!ownIntent(tools.queue, payment.id)) {
      sale.log.warn({ state: payment.state }, 'a payment was in progress when the agent ended; nothing was charged');
      return fail(sale, 'restarted', tools);
    }
    sale.log.warn({ state: payment.state }, 'a payment was in progress when the agent ended; waiting for its card');
    tools.book.move(payment.id, { state: 'present-again', detail: { reason: 'torn', debited: 'unknown' } });
    // The card that is on the reader now may be the very one.
    run(sale, 0, Promise.resolve());
  };

  return {
    async start(request) {
      const after = tools.watch.latestArrival();
      const { key, kind, amountMinor, reference } = request;
      const id = uuid(tools.random);
      const at = utc(tools.clock.now());
      const fingerprint = fingerprintOf(request);
      const state = 'awaiting-card';
      const result = tools.queue.payments.register({ id, key, fingerprint, kind, amountMinor, reference, state, at });
      if (result.kind === 'registered') {
        const sale = saleOf(result.payment, tools);
        sale.log.info({ kind, amountMinor }, 'payment registered');
        run(sale, after, tools.step('registered', id));
        tell(result.payment);
      }
      return result;
    },
    cancel: (id) => cancelPayment(id, running, tools.queue),
    question: tools.questions.of,
    answer: (id, question, answer) => answerPayment(id, question, answer, tools),
    async resume() {
      for (const payment of tools.queue.payments.unfinished()) await resumeOne(payment);
    },
    async stop() {
      stop();
      running?.sale.cancel.abort();
      await running?.done;
    },
  };
}

/** What is on disk was registered here, so its kind is one of ours. */
function kindOf({ id, kind }: StoredPayment): PaymentKind {
  if (!isPaymentKind(kind)) throw new Error(`payment ${id} is a ${kind}, which this software does not know`);
  return kind;
}

const saleOf = (payment: StoredPayment, tools: Tools): Sale => ({
  id: payment.id,
  kind: kindOf(payment),
  amountMinor: payment.amountMinor,
  amount: fen(payment.amountMinor),
  reference: payment.reference,
  cancel: new AbortController(),
  log: tools.log.child({ paymentId: payment.id }),
});
