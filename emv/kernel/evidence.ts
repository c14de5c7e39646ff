import type { Fen } from '../values/index.ts';

/** What the card's counter and balance say; undefined where it does not tell. */
export interface Evidence {
  readonly atc: number | undefined;
  readonly balance: Fen | undefined;
}

/** What was known of the card before it could move money, and what would have moved. */
export interface Before {
  readonly atc?: number;
  readonly balanceBefore?: Fen;
  readonly amount: Fen;
}

export type Verdict = 'not-moved' | 'moved' | 'moved-on' | 'no-evidence';

/** Does the counter stand where it stood, and the balance where it was, or `change` away from it? */
function judge(before: Before, { atc, balance }: Evidence, change: number): Verdict {
  const { balanceBefore } = before;
  if (atc !== undefined && before.atc !== undefined && atc !== before.atc) return 'moved-on';
  if (atc === undefined || before.atc === undefined) return 'no-evidence';
  if (balance === undefined || balanceBefore === undefined) return 'no-evidence';
  if (balance === balanceBefore) return 'not-moved';
  return balance === balanceBefore + change ? 'moved' : 'moved-on';
}

/** Has the card moved as the debit would move it? Never a guess: what fits neither side is for the centre to decide. */
export function judgeDebit(before: Before, evidence: Evidence): Verdict {
  return judge(before, evidence, -before.amount);
}

/** The same for a load. */
export function judgeLoad(before: Before, evidence: Evidence): Verdict {
  return judge(before, evidence, before.amount);
}
