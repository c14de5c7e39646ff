import { type ReceiptPrinter, slipText } from '../../drivers/index.ts';
import type { SlipCopy, StoredPayment } from '../../offline-queue/index.ts';
import { slipOf } from './slip.ts';
import { slipFacts } from './slip-facts.ts';
import { type PressParts, slipPress } from './slip-press.ts';
import { SLIP_COPIES, type SlipView, sheetsOf, slipView } from './slip-state.ts';

/** Which copies are printed without being asked for. */
export type SlipCopies = 'none' | 'customer' | 'both';

export interface SlipDeskParts extends PressParts {
  /** Absent: slips can be read, and none printed. */
  readonly printer?: ReceiptPrinter;
  readonly copies: SlipCopies;
}

export type AskedToPrint = 'taken' | 'not-found' | 'not-ended' | 'no-printer' | 'too-many';

/** Slips of payments: printed as they end, and by hand. A payment never waits for one, and none changes a payment. */
export interface SlipDesk {
  /** A payment has ended, and is on disk. Prints what belongs to it, once. Never throws. */
  ended(payment: StoredPayment): void;
  /** Somebody wants a copy; one that waits or is being printed is not printed twice. */
  print(paymentId: string, copy: SlipCopy): AskedToPrint;
  of(payment: StoredPayment): SlipView | undefined;
  /** The copy as it would be printed now. */
  text(payment: StoredPayment, copy: SlipCopy): SlipText;
  stop(): Promise<void>;
}

interface SlipText {
  readonly reprint: boolean;
  /** Half-width characters in a line. */
  readonly columns: number;
  readonly lines: readonly string[];
}

const WANTED: { readonly [C in SlipCopies]: readonly SlipCopy[] } = {
  none: [],
  customer: ['customer'],
  both: SLIP_COPIES,
};
/** On a screen where there is no printer: as on paper of 58 mm. */
const COLUMNS = 32;

export function slipDesk({ printer, copies, ...parts }: SlipDeskParts): SlipDesk {
  const { queue, tell, log } = parts;
  const press = printer && slipPress(printer, parts);
  const at = (payment: StoredPayment) => (copy: SlipCopy) => press?.at(payment.id, copy);

  const printAsItEnds = (payment: StoredPayment): void => {
    const wanted = WANTED[copies];
    // Found out later, it has its slip already: another one is for somebody to ask for.
    if (press === undefined || wanted.length === 0 || slipView(payment, at(payment)) !== undefined) return;
    const room = press.hasRoom(wanted.length);
    for (const copy of wanted) {
      if (room) press.put(payment.id, copy);
      else queue.payments.noteSlip(payment.id, copy, { state: 'not-printed', why: 'busy', sheets: 0 });
    }
    tell(queue.payments.get(payment.id) ?? payment);
  };

  return {
    ended(payment) {
      if (!wantsPaper(payment)) return;
      try {
        printAsItEnds(payment);
      } catch (error) {
        log.error({ err: error, paymentId: payment.id }, 'its slips are not printed');
      }
    },
    print(id, copy) {
      const payment = queue.payments.get(id);
      if (payment === undefined) return 'not-found';
      if (!payment.final) return 'not-ended';
      if (press === undefined) return 'no-printer';
      if (press.at(id, copy) !== undefined) return 'taken';
      if (!press.hasRoom(1)) return 'too-many';
      press.put(id, copy);
      tell(payment);
      return 'taken';
    },
    of: (payment) => slipView(payment, at(payment)),
    text(payment, copy) {
      const reprint = sheetsOf(payment, copy) > 0;
      const columns = printer?.columns ?? COLUMNS;
      return { reprint, columns, lines: slipText(slipOf(slipFacts(payment, parts), copy, reprint), columns) };
    },
    stop: async () => press?.stop(),
  };
}

/** Approved, or money may have moved all the same: somebody will want to have it in writing. */
const wantsPaper = ({ kind, state, detail }: StoredPayment): boolean =>
  kind !== 'balance' && (state === 'approved' || (detail.debited ?? 'none') !== 'none');
