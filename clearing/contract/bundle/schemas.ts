import { z } from 'zod';
import { reversalRequest } from '../authorisation.ts';
import { acknowledgement, batchRequest } from '../batch.ts';
import { count, keyId, moment, ordinal, shortName, signature, uuid } from '../values.ts';

/** Media type of a bundle. */
export const BUNDLE_TYPE = 'application/vnd.jdpos.bundle';

const FORM = 'jdpos-bundle/1';

/** The first line of a bundle. */
export const bundleHead = z.strictObject({
  form: z.literal(FORM),
  bundleId: uuid,
  terminal: shortName,
  epoch: ordinal,
  madeAt: moment,
});
export type BundleHead = z.output<typeof bundleHead>;

/** A line between: what would have been sent, in the order in which it would have been. */
export const bundleItem = z.union([
  z.strictObject({ reversal: reversalRequest }),
  z.strictObject({ batch: batchRequest }),
]);
export type BundleItem = z.output<typeof bundleItem>;

/** The last line. */
export const bundleEnd = z.strictObject({
  end: z.strictObject({
    reversals: count,
    batches: count,
    records: count,
    /** By the terminal's key of the epoch, over bundleBytes. */
    signature,
  }),
});
export type BundleEnd = z.output<typeof bundleEnd>['end'];

/** What the centre gives back for a bundle; the terminal takes it in, or hears the same at its next contact. */
export const bundleReceipt = z.strictObject({
  bundleId: uuid,
  terminal: shortName,
  epoch: ordinal,
  /** Ids of the reversals that were carried out, now or before. */
  reversals: z.array(uuid),
  /** As the host has signed them, now or before. */
  acknowledgements: z.array(z.strictObject({ batchId: uuid, acknowledgement })),
  /** What the host would have refused as well if it had been sent. */
  refused: z.array(
    z.strictObject({ kind: z.enum(['reversal', 'batch']), id: uuid, code: z.string(), detail: z.string() }),
  ),
  keyId,
  /** Over receiptBytes, by the host's acknowledgement key. */
  signature,
});
export type BundleReceipt = z.output<typeof bundleReceipt>;

export const headOf = (head: Omit<BundleHead, 'form'>): BundleHead => ({ form: FORM, ...head });
