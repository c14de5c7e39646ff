import { z } from 'zod';
import { seal } from './batch.ts';
import {
  amountMinor,
  cardToken,
  count,
  currency,
  cursor,
  hash,
  hexOf,
  keyId,
  maskedPan,
  moment,
  ordinal,
  pageOf,
  queryNumber,
  shortName,
  signature,
  sumMinor,
  uuid,
} from './values.ts';

/**
 * A settled batch as central systems see it. `recordCount`, `totalMinor` and the records themselves leave out what is
 * disputed; `seal` is what the terminal signed, before anything was disputed.
 */
export const centralBatch = z.strictObject({
  id: uuid,
  state: z.literal('settled'),
  terminal: shortName,
  merchant: shortName,
  epoch: ordinal,
  firstSequence: ordinal,
  lastSequence: ordinal,
  recordCount: count,
  /** Sum of the approved purchases. */
  totalMinor: sumMinor,
  currency,
  disputed: z.array(ordinal),
  chainHead: hash,
  seal: seal.extend({ signature }),
  settlement: z.strictObject({ reference: shortName, settledAt: moment, keyId, signature }),
  /** When a central system first confirmed that it has the batch. */
  acknowledgedAt: moment.exactOptional(),
});
export type CentralBatch = z.output<typeof centralBatch>;

/** One settled record. */
export const centralRecord = z.strictObject({
  terminal: shortName,
  epoch: ordinal,
  sequence: ordinal,
  kind: z.enum(['purchase', 'load']),
  outcome: z.enum(['approved', 'declined', 'declined-after-debit', 'undecided']),
  fundedBy: z.enum(['chip', 'account', 'none']),
  amountMinor,
  currency,
  /** Null when no card was seen. */
  maskedPan: maskedPan.nullable(),
  cardToken: cardToken.nullable(),
  /** 9F36 as a number. */
  atc: z.int().min(0).max(65_535).nullable(),
  cryptogram: hexOf(8).nullable(),
  offline: z.boolean(),
  at: moment,
  reference: z.string(),
});
export type CentralRecord = z.output<typeof centralRecord>;

export const centralBatchesQuery = z.strictObject({
  state: z.literal('settled').default('settled'),
  after: cursor.exactOptional(),
  limit: queryNumber.pipe(z.int().min(1).max(500)).default(100),
});
export const centralBatchesPage = pageOf(centralBatch);

/**
 * What a batch has left out as disputed is paid to the merchant now: a debt that the centre has collected from its card, or a claim
 * that an operator has let out of suspense. The record is named by terminal, epoch and sequence; no other collection names it.
 */
const collection = z.strictObject({
  /** Order of collection, from 1 without gaps. */
  number: ordinal,
  /** Of the debt or the claim. */
  id: uuid,
  terminal: shortName,
  merchant: shortName,
  epoch: ordinal,
  sequence: ordinal,
  cardToken,
  amountMinor,
  currency,
  collectedAt: moment,
  keyId,
  /** Over collectionBytes, by the host's acknowledgement key. */
  signature,
});
export type Collection = z.output<typeof collection>;

export const collectionsQuery = z.strictObject({
  after: cursor.exactOptional(),
  limit: queryNumber.pipe(z.int().min(1).max(500)).default(100),
});
export const collectionsPage = pageOf(collection);

/** What the central system counted in the records that it pulled. */
export const centralAcknowledgement = z.strictObject({ recordCount: count, totalMinor: sumMinor, chainHead: hash });
