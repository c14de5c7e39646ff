import { z } from 'zod';
import { bundleReceipt } from '../../clearing/contract/index.ts';

/** What a receipt of the centre has brought that was not known before. */
export const takenReceipt = z.strictObject({
  batches: z.int(),
  reversals: z.int(),
  /** What the centre refuses; it stays here. */
  refused: bundleReceipt.shape.refused,
  /** Ids of batches whose acknowledgement does not hold; they are sent again. */
  doubtful: z.array(z.string()).readonly(),
});
export type TakenReceipt = z.output<typeof takenReceipt>;
