import type { EndingOf } from './commit.ts';
import type { Reason } from './reason.ts';
import type { Tap } from './tap.ts';

/** What the pending intents mean for the payment whose card is in the field. */
export type Probe =
  /** None is in the way: the kernel may run. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'present-again'; readonly reason: Reason }
  /** The payment has ended: its own intent told how. */
  | { readonly kind: 'ended' };

export const GO_ON: Probe = { kind: 'go-on' };
export const ENDED: Probe = { kind: 'ended' };

/** The payment in progress, as what its record says of it. */
export const endingOf = ({ sale, reader }: Tap): EndingOf => ({ ...sale, reader: reader.name });
