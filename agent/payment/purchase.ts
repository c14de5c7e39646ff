import { runStep } from '../../emv/kernel/index.ts';
import { decide } from './decide.ts';
import { decidePurse } from './purse/endings.ts';
import { mayBePurse, payByPurse } from './purse/purchase.ts';
import { type Operation, tapWorld, tellEnd } from './runner.ts';
import { interfaceOf } from './tap.ts';

/** 9C of a purchase. */
const PURCHASE = 0x00;

/**
 * A purchase: by qPBOC in the field (or full debit/credit, where card and terminal want it), by full debit/credit in the slot; a
 * card that the kernel does not know may be a purse.
 */
export const purchase: Operation = {
  transactionType: PURCHASE,
  async run(tap, tools) {
    const { handlers, notes } = tapWorld(tap, tools);
    await tools.step('kernel-started', tap.sale.id);
    const { kernel } = tools;
    const pay = interfaceOf(tap) === 'contact' ? kernel.contactPurchase : kernel.purchase;
    const outcome = await runStep(pay(tap.input), handlers);
    const byPurse = mayBePurse(outcome) ? await payByPurse(tap, notes, tools) : undefined;
    await tellEnd(tap, byPurse?.outcome ?? outcome, byPurse ? 'purse' : 'kernel', tools);
    const decision = byPurse ? decidePurse(byPurse) : decide({ ...notes, outcome });
    return { decision, intentOpen: notes.intentOpen };
  },
};
