import type { Logger } from 'pino';
import { type ReceiptPrinter, slipText } from '../../drivers/index.ts';
import type { Queue, SlipCopy, StoredClose, StoredPayment } from '../../offline-queue/index.ts';
import { type CloseSlipSources, type CloseSlips, closeSlips } from './close-slips.ts';
import { slipOf } from './slip.ts';
import { type SlipSources, slipFacts } from './slip-facts.ts';
import { type Sheet, slipPress } from './slip-press.ts';
import { type AskedToPrint, SLIP_COPIES, type SlipText, type SlipView, sheetsOf, slipView } from './slip-state.ts';

/** Which copies are printed without being asked for. */
export type SlipCopies = 'none' | 'customer' | 'both';

export interface SlipDeskParts extends SlipSources {
  readonly queue: SlipSources['queue'] &
    CloseSlipSources['queue'] & { readonly payments: Pick<Queue['payments'], 'get' | 'noteSlip'> };
  /** What is known of a payment's slips is other now. */
  readonly tell: (payment: StoredPayment) => void;
  /** A close was made, or what is known of it or its slip is other now. */
  readonly tellClose: (close: StoredClose) => void;
  readonly log: Logger;
  /** Absent: slips can be read, and none printed. */
  readonly printer?: ReceiptPrinter;
  readonly copies: SlipCopies;
}

/** Slips of payments: printed as they end, and by hand. A payment never waits for one, and none changes a payment. */
export interface SlipDesk {
  /** A payment has ended, and is on disk. Prints what belongs to it, once. Never throws. */
  ended(payment: StoredPayment): void;
  /** Somebody wants a copy; one that waits or is being printed is not printed twice. */
  print(paymentId: string, copy: SlipCopy): AskedToPrint;
  of(payment: StoredPayment): SlipView | undefined;
  /** The copy as it would be printed now. */
  text(payment: StoredPayment, copy: SlipCopy): SlipText;
  /** Of shifts and days, on the same printer. */
  readonly closes: CloseSlips;
  stop(): Promise<void>;
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
  const press = printer && slipPress(printer, log);
  const columns = printer?.columns ?? COLUMNS;
  const at = (payment: StoredPayment) => (copy: SlipCopy) => press?.at(keyOf(payment.id, copy));
  const read = (payment: StoredPayment, copy: SlipCopy) => {
    const sheets = sheetsOf(payment, copy);
    return { sheets, lines: slipOf(slipFacts(payment, parts), copy, sheets > 0) };
  };
  const sheetOf = (id: string, copy: SlipCopy): Sheet => {
    const whenThere = <T>(then: (payment: StoredPayment) => T): T | undefined => {
      const payment = queue.payments.get(id);
      return payment && then(payment);
    };
    return {
      key: keyOf(id, copy),
      named: { paymentId: id, copy },
      read: () => whenThere((payment) => read(payment, copy)),
      note: (note) => void queue.payments.noteSlip(id, copy, note),
      tell: () => whenThere(tell),
    };
  };

  const printAsItEnds = (payment: StoredPayment): void => {
    const wanted = WANTED[copies];
    // Found out later, it has its slip already: another one is for somebody to ask for.
    if (press === undefined || wanted.length === 0 || slipView(payment, at(payment)) !== undefined) return;
    const room = press.hasRoom(wanted.length);
    for (const copy of wanted) {
      if (room) press.put(sheetOf(payment.id, copy));
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
      if (press.at(keyOf(id, copy)) !== undefined) return 'taken';
      if (!press.hasRoom(1)) return 'too-many';
      press.put(sheetOf(id, copy));
      tell(payment);
      return 'taken';
    },
    of: (payment) => slipView(payment, at(payment)),
    text(payment, copy) {
      const { sheets, lines } = read(payment, copy);
      return { reprint: sheets > 0, columns, lines: slipText(lines, columns) };
    },
    closes: closeSlips({ ...parts, press, columns, byItself: copies !== 'none' }),
    stop: async () => press?.stop(),
  };
}

const keyOf = (id: string, copy: SlipCopy): string => `${copy} ${id}`;

/** Approved, or money may have moved all the same: somebody will want to have it in writing. */
const wantsPaper = ({ kind, state, detail }: StoredPayment): boolean =>
  kind !== 'balance' && (state === 'approved' || (detail.debited ?? 'none') !== 'none');
