import type { PrintAnswer, ReceiptPrinter } from '../../drivers/index.ts';
import { textOf, VirtualPrinter } from './virtual-printer.ts';

export const CONFIRMED: PrintAnswer = { kind: 'printed', confirmed: true };

/** A printer in memory: the test says what becomes of each job, and when. */
export function printerInHand() {
  const paper = new VirtualPrinter({ columns: 32 });
  const hand = {
    paper,
    answer: async (): Promise<PrintAnswer> => CONFIRMED,
    jobs: 0,
    texts: (): string[] => paper.slips.map((slip) => textOf(slip, 32)),
  };
  const printer: ReceiptPrinter = {
    name: 'in hand',
    state: 'ready',
    detail: undefined,
    columns: 32,
    onChange: () => () => {},
    close: async () => {},
    print: (job) => {
      hand.jobs += 1;
      paper.receive(job);
      return hand.answer();
    },
  };
  return { hand, printer };
}

export type PrinterInHand = ReturnType<typeof printerInHand>['hand'];
