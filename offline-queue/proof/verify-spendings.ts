import type { Record } from '../../clearing/contract/record/index.ts';
import { dayOf, dayOfCardRow } from '../payments/spending.ts';
import { type Broken, badRow } from '../rows/faults.ts';
import type { SpendingRow, Tables } from '../rows/tables.ts';

type Sums = Pick<SpendingRow, 'count' | 'sum_minor' | 'cards'>;

/** Each day says what its cards say together, and the day of the newest record is there. Days may be forgotten, cards of a day not. */
export function checkSpendings(
  { spendings }: Pick<Tables, 'spendings'>,
  newest: Record | undefined,
): Broken | undefined {
  /** What is left of each day once its cards are taken off. */
  const left = new Map<string, Sums>();
  let newestIsThere = newest === undefined;
  for (const row of spendings.all()) {
    if (!spendings.holds(row)) return badRow('changed', `What was spent (${row.name}) has been changed`);
    const day = dayOfCardRow(row);
    if (day === undefined) {
      left.set(row.name, row);
      newestIsThere ||= newest !== undefined && row.name === dayOf(newest) && isNotBefore(row, newest);
      continue;
    }
    const { count, sum_minor, cards } = left.get(day) ?? { count: -1, sum_minor: 0, cards: 0 };
    left.set(day, { count: count - row.count, sum_minor: sum_minor - row.sum_minor, cards: cards - 1 });
  }
  for (const [day, { count, sum_minor, cards }] of left) {
    if (count !== 0 || sum_minor !== 0 || cards !== 0) {
      return badRow('missing', `What was spent on ${day} is not all there any more`);
    }
  }
  return newestIsThere ? undefined : badRow('missing', 'What was spent on the day of the newest record is missing');
}

const isNotBefore = ({ latest_at }: SpendingRow, { at }: Record): boolean => Date.parse(latest_at) >= Date.parse(at);
