import type { CommitOutcome, PaymentDetail, Queue, StoredPayment } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { StepName } from './steps.ts';

/** The one writer of payments. Whatever it writes is durable before anybody is told (design 4.2). */
export interface Book {
  /** A change of state that is no outcome. */
  move(paymentId: string, change: { state: string; detail?: PaymentDetail }): void;
  /** The payment as it is, told once more: what is asked about it has changed, which no disk holds. */
  tell(paymentId: string): void;
  /** An outcome, with all that belongs to it, in one transaction. */
  commit(outcome: Omit<CommitOutcome, 'at'>, step: 'outcome-committed' | 'intent-resolved'): Promise<void>;
}

export interface BookParts {
  readonly queue: Pick<Queue, 'payments' | 'commitOutcome'>;
  readonly clock: Clock;
  readonly tell: (payment: StoredPayment) => void;
  /** Something was committed: there may be records to upload, or a reversal to send. */
  readonly committed: () => void;
  readonly step: (name: StepName, paymentId: string) => Promise<void>;
}

export function book({ queue, clock, tell, committed, step }: BookParts): Book {
  return {
    move(paymentId, change) {
      tell(queue.payments.update(paymentId, { ...change, at: utc(clock.now()) }));
    },
    tell(paymentId) {
      const payment = queue.payments.get(paymentId);
      if (payment) tell(payment);
    },
    async commit(outcome, name) {
      const { payment } = queue.commitOutcome({ ...outcome, at: utc(clock.now()) });
      await step(name, outcome.paymentId);
      tell(payment);
      committed();
      if (name === 'outcome-committed') await step('outcome-told', outcome.paymentId);
    },
  };
}
