import { z } from 'zod';
import {
  amountMinor,
  day,
  hexOf,
  hexUpTo,
  keyId,
  moment,
  ordinal,
  queryNumber,
  shortName,
  signature,
  testMark,
} from './values.ts';

/** What full debit/credit takes beside the limits. */
const debitCredit = z.strictObject({
  /** DF11, DF12, DF13: default, online and denial. Without them the card's own decide. */
  tacDefault: hexOf(5).exactOptional(),
  tacOnline: hexOf(5).exactOptional(),
  tacDenial: hexOf(5).exactOptional(),
  /** DF14. */
  defaultDdol: hexUpTo(1, 252).exactOptional(),
  defaultTdol: hexUpTo(1, 252).exactOptional(),
  /** DF15, DF17 and DF16: which payments go online at random. */
  randomSelection: z
    .strictObject({
      thresholdMinor: amountMinor,
      targetPercent: z.int().min(0).max(99),
      maximumTargetPercent: z.int().min(0).max(99),
    })
    .exactOptional(),
  /** 9F7B: electronic cash is offered below it. */
  electronicCashLimitMinor: amountMinor.exactOptional(),
});

/** One application that the terminal accepts (AID parameters of the download). */
const application = z.strictObject({
  /** 9F06, 5 to 16 bytes. */
  aid: hexUpTo(5, 16),
  /** DF01: may the card's AID be longer? */
  partialSelection: z.boolean(),
  /** 9F09. */
  version: hexOf(2),
  /** DF20. */
  transactionLimitMinor: amountMinor.exactOptional(),
  /** DF21. */
  cvmLimitMinor: amountMinor.exactOptional(),
  /** DF19. */
  offlineFloorLimitMinor: amountMinor.exactOptional(),
  /** 9F1B. */
  terminalFloorLimitMinor: amountMinor.exactOptional(),
  debitCredit: debitCredit.exactOptional(),
});

/** What is selected: a file identifier of 2 bytes or a DF name of 5 to 16. */
const dfName = z.union([hexOf(2), hexUpTo(5, 16)]);
const byte = z.int().min(0).max(255);

/** One purse application (ED, EP) that the terminal takes, with the PSAM that it takes it by. */
export const purseParameters = z.strictObject({
  /** ED, electronic deposit, with a PIN; EP, electronic purse, without. */
  kind: z.enum(['ed', 'ep']),
  /** DF name of the application, 5 to 16 bytes. Records call it so. */
  aid: hexUpTo(5, 16),
  /** For the cashier: up to 16 characters, none of them a control character. */
  label: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,16}$/u, 'expected 1 to 16 characters without control characters'),
  /** What is selected, one after the other, the application last. Absent: `aid` alone. */
  path: z.array(dfName).min(1).max(4).exactOptional(),
  /** File 15, byte 9. */
  applicationTypes: z.array(byte).min(1).max(16),
  /** Index of the purchase key (DPK) and of the load key (DLK). */
  purchaseKeyIndex: byte,
  loadKeyIndex: byte,
  /** Which number GET TRANSACTION PROVE takes: the counter after the transaction, or the one that INITIALIZE gave. */
  proves: z.enum(['number-after', 'number-of']),
  /** The largest purchase. It shrinks with age and backlog as floor limits do: a purse never asks the host. */
  limitMinor: amountMinor,
  sam: z.strictObject({
    /** The PSAM's purchase application. */
    application: dfName,
    /** Does it derive the card's key by the issuer (file 15) as well, and by a city (8 bytes)? */
    diversifiedByIssuer: z.boolean(),
    city: hexOf(8).exactOptional(),
  }),
});

const caKeyName = {
  rid: hexOf(5),
  index: z.int().min(0).max(255),
  expiry: day.exactOptional(),
  /** A key whose private half others know: cards that anybody can make are genuine under it. */
  mark: testMark.exactOptional(),
};
const caKey = z.discriminatedUnion('algorithm', [
  z.strictObject({ algorithm: z.literal('rsa'), ...caKeyName, modulus: hexUpTo(128, 248), exponent: hexUpTo(1, 3) }),
  z.strictObject({ algorithm: z.literal('sm2'), ...caKeyName, point: hexOf(64) }),
]);

/** What the scheme lets the terminal do. */
const terminalRules = z.strictObject({
  /** 9F1A. */
  countryCode: hexOf(2),
  /** 9F35. */
  terminalType: hexOf(1),
  /** 9F33. */
  capabilities: hexOf(3),
  onlinePin: z.boolean(),
  signature: z.boolean(),
  /** Pre-processing rule 1. */
  statusCheck: z.boolean(),
  /** 9F40. */
  additionalCapabilities: hexOf(5).exactOptional(),
  /** Full debit/credit over the air as well, where a card wants it; without it, qPBOC alone. */
  contactlessDebitCredit: z.boolean().exactOptional(),
});

const seconds = z
  .int()
  .min(0)
  .max(366 * 86_400);
const count = z.int().min(0).max(1_000_000);
/** Bounds of one day where the terminal stands. */
const dayBounds = { dayCount: count.exactOptional(), daySumMinor: amountMinor.exactOptional() };

/**
 * What may be approved without the host beside the floor limits. Of these and the installation's own settings the stricter holds; a
 * part that is absent leaves it to the installation.
 */
const offlineRisk = z.strictObject({
  /** One card at one terminal. `intervalS`: between two of its payments. */
  card: z.strictObject({ ...dayBounds, intervalS: seconds.exactOptional() }).exactOptional(),
  /** `unacknowledged`: what is not yet at the centre, and how old the oldest of it may be. */
  terminal: z
    .strictObject({
      ...dayBounds,
      unacknowledgedCount: count.exactOptional(),
      unacknowledgedSumMinor: amountMinor.exactOptional(),
      unacknowledgedAgeS: seconds.exactOptional(),
    })
    .exactOptional(),
  /** An ARQC may be approved on trust while the host is away: of one payment, and of all that the host has not seen yet. */
  deferral: z.strictObject({ amountMinor, count, sumMinor: amountMinor }).exactOptional(),
});
const DEBT_POLICIES = ['collect', 'refuse', 'ignore'] as const;
export type DebtPolicy = (typeof DEBT_POLICIES)[number];

/** GET /v1/parameters?have=: `have` is the newest version that the terminal has, 0 for none. */
export const parametersQuery = z.strictObject({ have: queryNumber.default(0) });

/** GET /v1/parameters: the whole set; a higher version replaces a lower one. */
export const parametersContent = z.strictObject({
  version: ordinal,
  issuedAt: moment,
  terminal: shortName,
  merchant: z.strictObject({
    id: shortName,
    /** Printed, and sent to the card as 9F4E: up to 20 printable ASCII characters. */
    name: z.string().regex(/^[ -~]{1,20}$/, 'expected 1 to 20 printable ASCII characters'),
    /** 9F15, four digits. */
    categoryCode: z.string().regex(/^[0-9]{4}$/),
  }),
  rules: terminalRules,
  applications: z.array(application).min(1).max(32),
  caKeys: z.array(caKey).min(1).max(64),
  /** Tried in this order with a card that has none of the applications. Absent: no purse is taken. */
  purses: z.array(purseParameters).min(1).max(8).exactOptional(),
  offlineRisk: offlineRisk.exactOptional(),
  /** 9F77: what a load may bring a chip to. Absent: 100,000 fen. */
  chipBalanceLimitMinor: amountMinor.exactOptional(),
  /**
   * What becomes of a card that owes for a deferred authorisation. `collect` (also when absent): the centre takes it from the account
   * before it approves anything else; without the centre the card is refused. `refuse`: the card is refused until an operator has
   * waived it. `ignore`: nothing.
   */
  debts: z.enum(DEBT_POLICIES).exactOptional(),
  /** From when on the set holds; absent: at once. Until then the one before it does. */
  effectiveAt: moment.exactOptional(),
});
export type ParametersContent = z.output<typeof parametersContent>;

export const parametersAnswer = parametersContent.extend({
  keyId,
  /** Over parametersBytes({version, content}), content being all fields but `version` and `signature`; parameter key. */
  signature,
});
export type ParametersAnswer = z.output<typeof parametersAnswer>;
