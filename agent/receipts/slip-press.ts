import type { Logger } from 'pino';
import { afterMs, inTurn, type PrintAnswer, printJob, type ReceiptPrinter, withLimit } from '../../drivers/index.ts';
import type { Queue, SlipCopy, SlipNote, StoredPayment } from '../../offline-queue/index.ts';
import { slipOf } from './slip.ts';
import { type SlipSources, slipFacts } from './slip-facts.ts';
import { sheetsOf } from './slip-state.ts';

export interface PressParts extends SlipSources {
  readonly queue: SlipSources['queue'] & { readonly payments: Pick<Queue['payments'], 'get' | 'noteSlip'> };
  /** What is known of a payment's slips is other now. */
  readonly tell: (payment: StoredPayment) => void;
  readonly log: Logger;
}

/** Puts slips on paper, one after the other, each once, and notes what became of them. */
export interface SlipPress {
  /** What it is at with a copy now. */
  at(paymentId: string, copy: SlipCopy): 'waiting' | 'printing' | undefined;
  hasRoom(slips: number): boolean;
  /** Never throws. */
  put(paymentId: string, copy: SlipCopy): void;
  /** Nothing more is begun; what is being printed has a moment to end. */
  stop(): Promise<void>;
}

/** More slips do not wait: whoever comes back to a dead printer does not want those of an hour. */
const MAX_WAITING = 8;
const STOP_MS = 2_000;

export function slipPress(printer: ReceiptPrinter, parts: PressParts): SlipPress {
  const { queue, tell, log } = parts;
  const oneAtATime = inTurn();
  const live = new Map<string, 'waiting' | 'printing'>();
  const keyOf = (id: string, copy: SlipCopy): string => `${copy} ${id}`;
  let over = false;
  let last: Promise<unknown> = Promise.resolve();

  const print = async (id: string, copy: SlipCopy): Promise<void> => {
    const payment = queue.payments.get(id);
    if (payment === undefined) return;
    const sheets = sheetsOf(payment, copy);
    const job = printJob(slipOf(slipFacts(payment, parts), copy, sheets > 0), printer.columns);
    live.set(keyOf(id, copy), 'printing');
    tell(payment);
    // Noted before the first byte: after a crash the next sheet is marked as a reprint. What cannot be noted is not printed.
    queue.payments.noteSlip(id, copy, { state: 'printing', sheets: sheets + 1 });
    const answer = await printer.print(job);
    queue.payments.noteSlip(id, copy, noteOf(answer, sheets));
    log.info({ paymentId: id, copy, ...answer }, 'slip');
  };
  const work = async (id: string, copy: SlipCopy): Promise<void> => {
    if (over) return;
    await print(id, copy).finally(() => live.delete(keyOf(id, copy)));
    const payment = over ? undefined : queue.payments.get(id);
    if (payment !== undefined) tell(payment);
  };

  return {
    at: (id, copy) => live.get(keyOf(id, copy)),
    hasRoom: (slips) => live.size + slips <= MAX_WAITING,
    put(id, copy) {
      live.set(keyOf(id, copy), 'waiting');
      last = oneAtATime(() => work(id, copy)).catch((error: unknown) =>
        log.error({ err: error, paymentId: id, copy }, 'what became of a slip is not known'),
      );
    },
    async stop() {
      over = true;
      await withLimit(last, STOP_MS, afterMs);
    },
  };
}

function noteOf(answer: PrintAnswer, before: number): SlipNote {
  const sheets = before + (answer.kind === 'not-printed' ? 0 : 1);
  if (answer.kind !== 'printed') return { state: answer.kind, why: answer.why, sheets };
  return { state: 'printed', sheets, ...(!answer.confirmed && { confirmed: false as const }) };
}
