import type { Fen } from '../values/index.ts';
import type { Intent } from './intent.ts';

/** What the card's counter and balance say; undefined where it does not tell. */
export interface Evidence {
  readonly atc: number | undefined;
  readonly balance: Fen | undefined;
}

/** Has the card moved as the debit would move it? Never a guess: what fits neither side is for the centre to decide. */
export function judgeEvidence(
  intent: Intent,
  { atc, balance }: Evidence,
): 'not-debited' | 'debited' | 'moved-on' | 'no-evidence' {
  const { balanceBefore, amount } = intent;
  if (atc !== undefined && atc !== intent.atc) return 'moved-on';
  if (atc === undefined || balance === undefined || balanceBefore === undefined) return 'no-evidence';
  if (balance === balanceBefore) return 'not-debited';
  return balance === balanceBefore - amount ? 'debited' : 'moved-on';
}
