import { type Outcome, runStep } from '../../emv/kernel/index.ts';
import { decide } from './decide.ts';
import { decidePurse } from './purse/endings.ts';
import { mayBePurse, payByPurse } from './purse/purchase.ts';
import { type Operation, tapWorld, tellEnd } from './runner.ts';
import { interfaceOf, type Tap } from './tap.ts';
import type { Tools } from './tools.ts';

/** 9C of a purchase. */
const PURCHASE = 0x00;

/** The kernel sees a floor limit that has shrunk, and not why: where the day is over, the cashier is told so. */
function named(outcome: Outcome, { sale, floor }: Tap, { standing }: Tools): Outcome {
  if (outcome.kind !== 'declined' || outcome.reason !== 'offline-limit') return outcome;
  const allowance = standing.offline(sale.amount, floor);
  return allowance.kind === 'refused' ? { ...outcome, reason: allowance.reason } : outcome;
}

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
    const outcome = named(await runStep(pay(tap.input), handlers), tap, tools);
    const byPurse = mayBePurse(outcome) ? await payByPurse(tap, notes, tools) : undefined;
    await tellEnd(tap, byPurse?.outcome ?? outcome, byPurse ? 'purse' : 'kernel', tools);
    const decision = byPurse ? decidePurse(byPurse) : decide({ ...notes, outcome });
    return { decision, intentOpen: notes.intentOpen };
  },
};
