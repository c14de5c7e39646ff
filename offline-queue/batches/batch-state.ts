import { ok as assert } from 'node:assert/strict';
import type { BatchState } from '../interface/queue.ts';

/** What happens to a batch. `open` is the batch that the next seal closes: records that are in none, without a row. */
export type BatchStep = 'seal' | 'submit' | 'accept' | 'settle';

const STEPS: { readonly [step in BatchStep]: { readonly from: readonly BatchState[]; readonly to: BatchState } } = {
  seal: { from: ['open'], to: 'sealed' },
  // An answer that is lost makes the terminal submit again.
  submit: { from: ['sealed', 'submitted'], to: 'submitted' },
  accept: { from: ['submitted'], to: 'accepted' },
  settle: { from: ['accepted'], to: 'settled' },
};

const ORDER: readonly BatchState[] = ['open', 'sealed', 'submitted', 'accepted', 'settled'];

/**
 * The state after a step; undefined when the batch has taken it before, since the host may say a thing any number of times.
 * A step out of order is a programmer's error.
 */
export function afterStep(state: BatchState, step: BatchStep): BatchState | undefined {
  const { from, to } = STEPS[step];
  if (from.includes(state)) return to;
  assert(ORDER.indexOf(state) >= ORDER.indexOf(to), `a batch that is ${state} cannot ${step}`);
  return undefined;
}
