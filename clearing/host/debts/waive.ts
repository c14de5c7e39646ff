import { lockCard } from '../cards/cards.ts';
import { type HostContext, moment } from '../context.ts';
import { closeDebt, type Debt, findDebt } from './debts.ts';

export type Waived =
  | { readonly kind: 'waived'; readonly debt: Debt }
  | { readonly kind: 'not-found' }
  /** It was collected, or waived before. */
  | { readonly kind: 'closed'; readonly debt: Debt };

/** Who lets a card off, and why. */
export interface Waiver {
  readonly operator: string;
  readonly note: string;
}

/** An operator lets a card off a debt: the merchant gets nothing for it. */
export async function waiveDebt(
  { database, now, log }: HostContext,
  id: string,
  { operator, note }: Waiver,
): Promise<Waived> {
  const result = await database.transaction(async (tx): Promise<Waived> => {
    const token = (await findDebt(tx, id))?.token;
    if (token === undefined) return { kind: 'not-found' };
    await lockCard(tx, token);
    const debt = await findDebt(tx, id);
    if (debt === undefined) return { kind: 'not-found' };
    if (debt.state !== 'open') return { kind: 'closed', debt };
    const at = moment(now());
    await closeDebt(tx, debt, { state: 'waived', operator, note }, at);
    return { kind: 'waived', debt: { ...debt, state: 'waived', closedAt: at, note, waivedBy: operator } };
  });
  if (result.kind === 'waived')
    log.info({ debt: id, amountMinor: result.debt.amountMinor, operator, note }, 'debt waived');
  return result;
}
