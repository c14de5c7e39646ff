import type { SlipCopy, SlipNote, StoredPayment } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { InPress } from './slip-press.ts';

/** What becomes of one copy now: `waiting` and `printing` while this process is at it, else as it was noted. */
type SlipState = 'waiting' | SlipNote['state'];

export interface CopyView {
  readonly state: SlipState;
  readonly why?: string;
  readonly confirmed?: false;
}

export interface SlipView extends CopyView {
  readonly copies: { readonly [C in SlipCopy]?: CopyView };
}

/** What comes of asking for a slip. */
export type AskedToPrint = 'taken' | 'not-found' | 'not-ended' | 'no-printer' | 'too-many';

/** A slip as it would be printed now. */
export interface SlipText {
  readonly reprint: boolean;
  /** Half-width characters in a line. */
  readonly columns: number;
  readonly lines: readonly string[];
}

export const SLIP_COPIES: readonly SlipCopy[] = ['merchant', 'customer'];

/** Of a payment with two copies the one is told that asks most of a person. */
const WORST_FIRST: readonly SlipState[] = ['printing', 'waiting', 'maybe-printed', 'not-printed', 'printed'];

/** How many sheets of a copy may be out already: the next one is a reprint then. */
export const sheetsOf = ({ detail }: StoredPayment, copy: SlipCopy): number => detail.slips?.[copy]?.sheets ?? 0;

/**
 * The slips of a payment as the register sees them; undefined when none was ever to be printed.
 * @param live what this process is at
 */
export function slipView(payment: StoredPayment, live: (copy: SlipCopy) => InPress): SlipView | undefined {
  const views = SLIP_COPIES.flatMap((copy) => {
    const view = copyView(payment.detail.slips?.[copy], live(copy));
    return view === undefined ? [] : [[copy, view] as const];
  });
  const worst = WORST_FIRST.flatMap((state) => views.filter(([, view]) => view.state === state))[0]?.[1];
  return worst && { ...worst, copies: Object.fromEntries(views) };
}

/** One sheet, by what was noted of it and what this process is at; undefined when none was ever to be printed. */
export function copyView(note: SlipNote | undefined, live: InPress): CopyView | undefined {
  if (live !== undefined) return { state: live };
  if (note === undefined) return undefined;
  // Nobody is at it any more: the process ended in the middle.
  if (note.state === 'printing') return { state: 'maybe-printed', why: 'restarted' };
  const { state, why, confirmed } = note;
  return present({ state, why, confirmed });
}
