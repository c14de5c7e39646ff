import { z } from 'zod';
import { pinBlockFormat } from './pin-key.ts';
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

/** Most script templates in one answer. */
const MAX_SCRIPTS = 8;

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
  cvmResults: hexOf(3).exactOptional(),
  tsi: hexOf(2).exactOptional(),
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
  format: pinBlockFormat,
  keyId: shortName,
});

/**
 * POST /v1/authorisations. `authorise` spends the account (an ARQC); `verify-tc` only asks whether a TC is genuine, since
 * the chip has paid already; `load` moves money from the account into the chip (an ARQC). The same id with the same body
 * gets the same answer.
 */
export const authorisationRequest = z.strictObject({
  id: uuid,
  purpose: z.enum(['authorise', 'verify-tc', 'load']),
  paymentId: shortName,
  amountMinor: amountMinor.min(1),
  currency,
  at: moment,
  card: cardOfAuthorisation,
  chip: chipData,
  pin: pinBlock.exactOptional(),
  /** The card can take its issuer's answer: it is at its first GENERATE AC. A load needs it. */
  issuerData: z.literal(true).exactOptional(),
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
  /** A load: the chip would hold more than the scheme lets it. */
  'balance-limit',
  /** A load: the cryptogram tells no balance, or its MAC does not verify. */
  'balance-unknown',
  /** The card owes for an earlier payment. */
  'debt',
  'host-declined',
] as const;
export type AuthorisationDecline = (typeof AUTHORISATION_DECLINES)[number];

/** What the issuer says to its card, for a request with `issuerData`; there when the cryptogram is genuine and fresh. */
const issuerAnswer = z.strictObject({
  /** 8A. */
  authorisationResponseCode: hexOf(2),
  /** 91: ARPC, then 8A. */
  issuerAuthenticationData: hexUpTo(8, 16).exactOptional(),
  /** Issuer script templates 71 and 72, each whole, in the order in which they are sent. */
  scripts: z.array(hexUpTo(2, 255)).min(1).max(MAX_SCRIPTS).exactOptional(),
});

export const authorisationAnswer = z.discriminatedUnion('result', [
  z.strictObject({
    id: uuid,
    result: z.literal('approved'),
    /** What the record names. */
    authorisationId: shortName,
    /** What the account has left, holds taken off; absent for verify-tc. */
    accountBalanceMinor: balanceMinor.exactOptional(),
    /** A load: what the chip holds once it has taken the script. */
    chipBalanceMinor: balanceMinor.exactOptional(),
    issuer: issuerAnswer.exactOptional(),
  }),
  z.strictObject({
    id: uuid,
    result: z.literal('declined'),
    reason: z.enum(AUTHORISATION_DECLINES),
    issuer: issuerAnswer.exactOptional(),
  }),
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
  /**
   * Of a load: the chip has not taken it for certain, since it was never sent the script, or was seen afterwards with its
   * ATC and balance as before. Without it the hold stays until the chip tells.
   */
  notLoaded: z.literal(true).exactOptional(),
});
export type ReversalRequest = z.output<typeof reversalRequest>;

/**
 * `reversed`: the original stands undone (if it was declined there was nothing to undo). `not-seen`: the original never
 * came, and is refused if it still does. `already-reversed`: by another reversal. `already-posted`: a record of the
 * terminal has posted it, so it stays. `waits-for-card`: a load that the chip may have taken; its next cryptogram decides.
 */
export const reversalAnswer = z.strictObject({
  id: uuid,
  effect: z.enum(['reversed', 'not-seen', 'already-reversed', 'already-posted', 'waits-for-card']),
});
export type ReversalAnswer = z.output<typeof reversalAnswer>;
