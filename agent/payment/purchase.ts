import { decide } from './decide.ts';
import { interfaceOf, type Operation, runKernel } from './runner.ts';

/** 9C of a purchase. */
const PURCHASE = 0x00;

/** A purchase: by qPBOC in the field (or full debit/credit, where card and terminal want it), by full debit/credit in the slot. */
export const purchase: Operation = {
  transactionType: PURCHASE,
  async run(tap, tools) {
    const { kernel } = tools;
    const step = interfaceOf(tap) === 'contact' ? kernel.contactPurchase : kernel.purchase;
    const { result: outcome, notes } = await runKernel(tap, step(tap.input), tools);
    return { decision: decide({ ...notes, outcome }), intentOpen: notes.intentOpen };
  },
};
