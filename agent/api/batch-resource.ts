import { z } from 'zod';
import type { StoredBatch } from '../../offline-queue/index.ts';
import { present } from '../present.ts';

/** A batch as the register sees it. */
export const batchResource = z.strictObject({
  id: z.uuid(),
  state: z.enum(['open', 'sealed', 'submitted', 'accepted', 'settled']),
  epoch: z.int(),
  firstSequence: z.int(),
  lastSequence: z.int(),
  count: z.int(),
  /** Sum of the approved purchases, fen. */
  totalMinor: z.int(),
  chainHead: z.string(),
  signature: z.string(),
  sealedAt: z.iso.datetime(),
  settledAt: z.iso.datetime().exactOptional(),
});

export function batchOf(stored: StoredBatch): z.output<typeof batchResource> {
  const { id, state, epoch, firstSequence, lastSequence, count, totalMinor, chainHead, signature } = stored;
  const { sealedAt, settledAt } = stored;
  const range = { id, state, epoch, firstSequence, lastSequence, count, totalMinor };
  return present({ ...range, chainHead, signature, sealedAt, settledAt });
}
