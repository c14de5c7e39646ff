import { z } from 'zod';
import { DISPUTE_REASONS } from './batch.ts';
import { amountMinor, count, hash, keyId, moment, ordinal, shortName, signature, sumMinor, uuid } from './values.ts';

/** Most sequences that one comparison covers; longer ranges take several. */
export const MAX_COMPARED = 1_000;

const outcome = z.enum(['approved', 'declined', 'declined-after-debit', 'undecided']);

/** A record as the terminal has it. */
const claimedRecord = z.strictObject({
  sequence: ordinal,
  /** SM3 of the canonical record; of a row that can no longer be read, of its bytes as they are. */
  digest: hash,
  /** Absent when it can no longer be read. */
  outcome: outcome.exactOptional(),
  amountMinor: amountMinor.exactOptional(),
});
export type ClaimedRecord = z.output<typeof claimedRecord>;

/** POST /v1/comparisons: what the terminal has in a range of one of its epochs, for the host to hold against its own. */
export const comparisonRequest = z
  .strictObject({
    id: uuid,
    epoch: ordinal,
    firstSequence: ordinal,
    lastSequence: ordinal,
    /** Rising, within the range; one that is left out is missing at the terminal. */
    records: z.array(claimedRecord).max(MAX_COMPARED),
  })
  .refine(({ firstSequence, lastSequence }) => lastSequence >= firstSequence, 'the range ends before it begins')
  .refine(
    ({ firstSequence, lastSequence }) => lastSequence - firstSequence < MAX_COMPARED,
    `a range has ${MAX_COMPARED} sequences at most`,
  )
  .refine(
    ({ firstSequence, lastSequence, records }) =>
      records.every(({ sequence }, at) => {
        const least = at === 0 ? firstSequence : (records[at - 1]?.sequence ?? 0) + 1;
        return sequence >= least && sequence <= lastSequence;
      }),
    'records rise within the range',
  );
export type ComparisonRequest = z.output<typeof comparisonRequest>;

/** One record on which terminal and centre do not agree. `disputed` stands beside others: the centre says why it does not pay. */
const difference = z.discriminatedUnion('kind', [
  /** The terminal has it, the centre does not. */
  z.strictObject({
    sequence: ordinal,
    kind: z.literal('missing-at-centre'),
    outcome: outcome.exactOptional(),
    amountMinor: amountMinor.exactOptional(),
  }),
  /** The centre has it, the terminal does not. */
  z.strictObject({
    sequence: ordinal,
    kind: z.literal('missing-at-terminal'),
    outcome: outcome.exactOptional(),
    amountMinor: amountMinor.exactOptional(),
  }),
  z.strictObject({
    sequence: ordinal,
    kind: z.literal('amount'),
    atTerminalMinor: amountMinor,
    atCentreMinor: amountMinor,
  }),
  z.strictObject({ sequence: ordinal, kind: z.literal('outcome'), atTerminal: outcome, atCentre: outcome }),
  /** Amount and outcome are the same, something else is not. */
  z.strictObject({ sequence: ordinal, kind: z.literal('content') }),
  z.strictObject({
    sequence: ordinal,
    kind: z.literal('disputed'),
    reason: z.enum(DISPUTE_REASONS),
    /** The card owes it: what became of that, how much it is, and since when. Of a collected one the merchant has the money. */
    debt: z.enum(['open', 'collected', 'waived']).exactOptional(),
    /** An operator has decided: what, how much it was about, since when, and why. Of a purchase that is paid the merchant has the money. */
    suspense: z.enum(['paid', 'rejected']).exactOptional(),
    note: z.string().exactOptional(),
    amountMinor: amountMinor.exactOptional(),
    since: moment.exactOptional(),
  }),
]);
export type Difference = z.output<typeof difference>;

/** The signed document (contract/record, ComparisonContent) with its signature. */
export const comparison = z.strictObject({
  id: uuid,
  terminal: shortName,
  epoch: ordinal,
  firstSequence: ordinal,
  lastSequence: ordinal,
  comparedAt: moment,
  /** Last sequence of the epoch that the centre holds, in the range or behind it; 0 for none. */
  heldUpTo: count,
  /** `claimDigest` of the records that were sent. */
  claim: hash,
  /** What the centre holds in the range: accepted records, and the sum of the approved purchases among them. */
  acceptedCount: count,
  acceptedMinor: sumMinor,
  /** Record by record, in sequence order; none when both sides agree. */
  differences: z.array(difference),
  keyId,
  /** Over comparisonBytes, by the host's acknowledgement key. */
  signature,
});
export type Comparison = z.output<typeof comparison>;
