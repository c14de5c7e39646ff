import { z } from 'zod';
import type { RecordChip } from './record/record.ts';
import {
  amountMinor,
  balanceMinor,
  cardToken,
  currency,
  day,
  hexOf,
  hexUpTo,
  maskedPan,
  moment,
  sealedPan,
  shortName,
  uuid,
} from './values.ts';

/** The cryptogram and what it covers, raw values in upper-case hex. */
const chipData = z.strictObject({
  cryptogramType: z.enum(['tc', 'arqc', 'aac']),
  cryptogram: hexOf(8),
  amountAuthorised: hexOf(6),
  amountOther: hexOf(6),
  terminalCountryCode: hexOf(2),
  tvr: hexOf(5),
  currencyCode: hexOf(2),
  transactionDate: hexOf(3),
  transactionType: hexOf(1),
  unpredictableNumber: hexOf(4),
  aip: hexOf(2),
  atc: hexOf(2),
  issuerApplicationData: hexUpTo(0, 32),
}) satisfies z.ZodType<RecordChip>;

const cardOfAuthorisation = z.strictObject({
  sealedPan,
  token: cardToken,
  maskedPan,
  panSequence: z.int().min(0).max(99),
  /** As the terminal read it from the card. */
  expiry: day,
});

/** A PIN block as the PIN pad gave it. */
const pinBlock = z.strictObject({
  block: hexUpTo(8, 16),
  format: z.enum(['iso-0', 'iso-4', 'sm4-0']),
  keyId: shortName,
});

/**
 * POST /v1/authorisations. `authorise` spends the account (an ARQC); `verify-tc` only asks whether a TC is genuine, since
 * the chip has paid already. The same id with the same body gets the same answer.
 */
export const authorisationRequest = z.strictObject({
  id: uuid,
  purpose: z.enum(['authorise', 'verify-tc']),
  paymentId: shortName,
  amountMinor: amountMinor.min(1),
  currency,
  at: moment,
  card: cardOfAuthorisation,
  chip: chipData,
  pin: pinBlock.exactOptional(),
});
export type AuthorisationRequest = z.output<typeof authorisationRequest>;

/** Why the host says no. A terminal that does not know a reason treats it as `host-declined`. */
export const AUTHORISATION_DECLINES = [
  'hotlisted',
  'expired',
  'insufficient-funds',
  'card-blocked',
  'pin-wrong',
  'pin-tries-exceeded',
  /** The cryptogram is not that of the card, or of these data. */
  'not-genuine',
  /** This cryptogram's ATC was used before, or is older than one already seen. */
  'replayed',
  'unknown-card',
  'host-declined',
] as const;
export type AuthorisationDecline = (typeof AUTHORISATION_DECLINES)[number];

export const authorisationAnswer = z.discriminatedUnion('result', [
  z.strictObject({
    id: uuid,
    result: z.literal('approved'),
    /** What the record names. */
    authorisationId: shortName,
    /** What the account has left, holds taken off; absent for verify-tc. */
    accountBalanceMinor: balanceMinor.exactOptional(),
  }),
  z.strictObject({ id: uuid, result: z.literal('declined'), reason: z.enum(AUTHORISATION_DECLINES) }),
]);
export type AuthorisationAnswer = z.output<typeof authorisationAnswer>;

/** POST /v1/reversals: undoes an authorisation whose answer was lost, or that came to nothing. */
export const reversalRequest = z.strictObject({
  id: uuid,
  /** The `id` of the authorisation request. */
  authorisation: uuid,
  paymentId: shortName,
  /** For people; a word or two in kebab-case. */
  reason: shortName,
  at: moment,
});
export type ReversalRequest = z.output<typeof reversalRequest>;

/**
 * `reversed`: the original stands undone (if it was declined there was nothing to undo). `not-seen`: the original never
 * came, and is refused if it still does. `already-reversed`: by another reversal. `already-posted`: a record of the
 * terminal has posted it, so it stays.
 */
export const reversalAnswer = z.strictObject({
  id: uuid,
  effect: z.enum(['reversed', 'not-seen', 'already-reversed', 'already-posted']),
});
export type ReversalAnswer = z.output<typeof reversalAnswer>;
