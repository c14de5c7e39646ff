import type { DebtPolicy } from '../../clearing/contract/index.ts';
import { cardToken } from '../../clearing/contract/record/index.ts';
import type { Requests } from '../../emv/kernel/index.ts';
import { fen, MAX_FEN, type Pan } from '../../emv/values/index.ts';
import type { TapInProgress } from './tap-in-progress.ts';

/**
 * Hotlist and debts of a card (design 4.13). One that owes may ask the centre, which collects what is owed before it approves anything,
 * but pays nothing offline; where the parameters say `refuse`, it pays nothing at all.
 */
export function checkExceptionFile(tap: TapInProgress, pan: Pan): Requests['check-exception-file']['answer'] {
  const { tools, identity, notes } = tap;
  const token = cardToken(identity.cardTokenKey, pan);
  if (tools.queue.hotlist.contains(token)) return { listed: true };
  const amountMinor = tools.queue.hotlist.debts(token).reduce((sum, debt) => sum + debt.amountMinor, 0);
  const policy: DebtPolicy = tap.debts;
  if (amountMinor === 0 || policy === 'ignore') return { listed: false };
  const refused = policy === 'refuse' || !tap.onlineCapable;
  notes.debt = { amountMinor, refused };
  // Full debit/credit goes online for a card that has paid too much here already (EMV Book 3, §10.6.1).
  return refused ? { listed: true } : { listed: false, loggedAmount: fen(MAX_FEN) };
}
