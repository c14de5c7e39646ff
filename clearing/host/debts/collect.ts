import { changeAccount } from '../cards/cards.ts';
import type { Transaction } from '../database/database.ts';
import { debtPolicy } from '../downloads/parameters.ts';
import { accounts, move } from '../ledger/ledger.ts';
import { closeDebt, type Debt, openDebtsOf } from './debts.ts';

/** What a card's debts mean for what it asks for now. `collectedMinor` has left its account. */
export type Faced =
  | { readonly kind: 'free'; readonly collectedMinor: number }
  | { readonly kind: 'owes'; readonly collectedMinor: number };

/**
 * Collects what the card owes from its account, oldest first and each as a whole, as the parameters say; what is left over keeps the
 * card from anything else. The caller has the card's lock.
 * @param availableMinor what the account has, holds taken off
 */
export async function faceDebts(tx: Transaction, token: string, availableMinor: number, at: string): Promise<Faced> {
  const debts = await openDebtsOf(tx, token);
  if (debts.length === 0) return { kind: 'free', collectedMinor: 0 };
  const policy = await debtPolicy(tx, at);
  if (policy === 'ignore') return { kind: 'free', collectedMinor: 0 };
  if (policy === 'refuse') return { kind: 'owes', collectedMinor: 0 };
  let collectedMinor = 0;
  for (const debt of debts) {
    if (debt.amountMinor > availableMinor - collectedMinor) return { kind: 'owes', collectedMinor };
    await collect(tx, debt, at);
    collectedMinor += debt.amountMinor;
  }
  return { kind: 'free', collectedMinor };
}

async function collect(tx: Transaction, debt: Debt, at: string): Promise<void> {
  const { token, merchant, amountMinor, terminal, epoch, sequence } = debt;
  await closeDebt(tx, debt, { state: 'collected' }, at);
  const [from, to] = [accounts.account(token), accounts.merchant(merchant)];
  await move(tx, { kind: 'debt-collected', place: { terminal, epoch, sequence }, from, to, amountMinor, at });
  await changeAccount(tx, token, { balanceMinor: -amountMinor });
}
