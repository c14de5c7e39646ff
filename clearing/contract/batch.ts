import { z } from 'zod';
import type { SealContent } from './record/index.ts';
import {
  count,
  cursor,
  hash,
  hexUpTo,
  keyId,
  moment,
  ordinal,
  pageOf,
  queryNumber,
  sealedPan,
  shortName,
  signature,
  sumMinor,
  uuid,
} from './values.ts';

/** Most records that a batch may hold. */
export const MAX_BATCH_RECORDS = 1_000;
/** Longest canonical record, in characters. */
const MAX_CANONICAL_LENGTH = 8_192;

/** What the terminal signed when it closed the batch (contract/record, sealContentBytes). */
export const seal = z.strictObject({
  batchId: uuid,
  terminal: shortName,
  epoch: ordinal,
  firstSequence: ordinal,
  lastSequence: ordinal,
  count: ordinal.max(MAX_BATCH_RECORDS),
  /** Sum of the approved purchases; a load pays no merchant. */
  totalMinor: sumMinor,
  /** Chain hash at lastSequence. */
  chainHead: hash,
  merkleRoot: hash,
}) satisfies z.ZodType<SealContent>;

/** A record as the chain covers it. */
const readableRecord = z.strictObject({
  /** Canonical form, ASCII. */
  canonical: z.string().min(1).max(MAX_CANONICAL_LENGTH),
  sealedPan: sealedPan.exactOptional(),
});

/**
 * A row that the terminal can no longer read: its bytes as they were found, and the chain hash that was kept beside them,
 * so that the records after it still verify. Always disputed.
 */
const unreadableRecord = z.strictObject({ unreadable: hexUpTo(0, MAX_CANONICAL_LENGTH), chainHash: hash });

/** Why a record is disputed; money stays where it is until a person has looked. */
export const DISPUTE_REASONS = [
  /** No canonical record. */
  'unreadable',
  /** Terminal, epoch, sequence or merchant of the record are not those of the batch. */
  'misplaced',
  /** Outcome, funding, amount and chip data contradict each other. */
  'inconsistent',
  'pan-missing',
  /** The sealed PAN does not open, or is not that of the token. */
  'pan-mismatch',
  'unknown-card',
  'wrong-cryptogram',
  /** This (PAN, ATC) has moved money before. */
  'repeated-cryptogram',
  'authorisation-missing',
  'authorisation-unknown',
  /** Amount, card, terminal or cryptogram are not those that were authorised. */
  'authorisation-mismatch',
  'authorisation-reversed',
  /** Another record has posted this authorisation. */
  'authorisation-used',
  /** The card's last word on an approved authorisation is no TC of this transaction. */
  'wrong-confirmation',
  /** The purse's TAC is missing or not this purse's over these data. */
  'wrong-transaction-code',
  /** resolvesSequence names no undecided record of this card and amount. */
  'resolves-unknown',
  /** What the terminal found out is not what the card has shown the host since. */
  'contradicts-evidence',
  /** A deferred authorisation that the account cannot pay, or may not: the card owes it. */
  'hotlisted',
  'card-blocked',
  'expired',
  'insufficient-funds',
  /** The host failed on this record; a person must look. */
  'unprocessable',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

const verdict = z.discriminatedUnion('verdict', [
  z.strictObject({ sequence: ordinal, verdict: z.literal('accepted') }),
  z.strictObject({ sequence: ordinal, verdict: z.literal('disputed'), reason: z.enum(DISPUTE_REASONS) }),
]);

/** The signed document (contract/record, Acknowledgement) with its signature. */
export const acknowledgement = z.strictObject({
  terminal: shortName,
  epoch: ordinal,
  firstSequence: ordinal,
  lastSequence: ordinal,
  /** Chain hash at lastSequence. */
  chainHash: hash,
  /** One a record, in sequence order. */
  verdicts: z.array(verdict).min(1),
  keyId,
  /** Over acknowledgementBytes, by the host's acknowledgement key. */
  signature,
});
export type AcknowledgementAnswer = z.output<typeof acknowledgement>;

/** POST /v1/batches. Sending the same batch again gets the same acknowledgement. */
export const batchRequest = z.strictObject({
  seal,
  /** By the terminal's key of that epoch, over sealContentBytes(seal). */
  signature,
  /** In sequence order, without gaps. */
  records: z
    .array(z.union([readableRecord, unreadableRecord]))
    .min(1)
    .max(MAX_BATCH_RECORDS),
  /** Of a batch that the host has lost since: what it had signed for it. */
  acknowledged: acknowledgement.exactOptional(),
});
export type BatchRequest = z.output<typeof batchRequest>;
export type BatchRecord = BatchRequest['records'][number];

/** A batch that is paid out: what settled, without the disputed records. */
export const settlement = z.strictObject({
  batchId: uuid,
  terminal: shortName,
  epoch: ordinal,
  firstSequence: ordinal,
  lastSequence: ordinal,
  reference: shortName,
  settledAt: moment,
  /** Records that settled: all but the disputed ones. */
  recordCount: count,
  /** Sum of the approved purchases that settled. */
  totalMinor: sumMinor,
  disputed: z.array(ordinal),
  chainHead: hash,
  keyId,
  /** Over settlementBytes, by the host's acknowledgement key. */
  signature,
});
export type SettlementItem = z.output<typeof settlement>;

export const settlementsQuery = z.strictObject({
  after: cursor.optional(),
  limit: queryNumber.pipe(z.int().min(1).max(500)).default(100),
});
/** GET /v1/settlements?after=: the asking terminal's settlements in settlement order. */
export const settlementsPage = pageOf(settlement);
export type SettlementsPage = z.output<typeof settlementsPage>;

/** GET /v1/batches/{id}: what became of a batch of the asking terminal. */
export const batchStatus = z.strictObject({
  id: uuid,
  state: z.enum(['accepted', 'settled']),
  receivedAt: moment,
  acknowledgement,
  settlement: settlement.exactOptional(),
});
export type BatchStatus = z.output<typeof batchStatus>;
