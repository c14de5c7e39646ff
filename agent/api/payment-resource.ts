import { z } from 'zod';
import { MAX_FEN } from '../../emv/values/index.ts';
import type { StoredPayment } from '../../offline-queue/index.ts';
import { PAYMENT_KINDS, type PaymentKind } from '../payment/payment-kind.ts';
import type { AskedQuestion } from '../payment/question.ts';
import { sentenceFor } from '../payment/sentences.ts';
import { present } from '../present.ts';
import type { SlipView } from '../receipts/slip-state.ts';
import { questionOf, questionResource } from './question-resource.ts';
import { slipsOf, slipsResource } from './slip-resource.ts';

const FINAL_STATES = ['approved', 'declined', 'cancelled', 'undecided', 'failed'] as const;
const STATES = [
  'awaiting-card',
  'card-present',
  'awaiting-pin',
  'authorising',
  'present-again',
  ...FINAL_STATES,
] as const;

/** Has a payment in this state ended? */
export const isFinal = (state: string): boolean => FINAL_STATES.some((final) => final === state);

const moment = z.iso.datetime();

/** A payment as the register sees it (docs/register-api.md). */
export const paymentResource = z.strictObject({
  id: z.uuid(),
  kind: z.enum(PAYMENT_KINDS),
  state: z.enum(STATES),
  /** 0 for a balance inquiry. */
  amountMinor: z.int().min(0).max(MAX_FEN),
  currency: z.literal('CNY'),
  reference: z.string(),
  reason: z.string().exactOptional(),
  reasonText: z.strictObject({ zh: z.string(), en: z.string() }).exactOptional(),
  card: z
    .strictObject({
      /** Absent for a balance inquiry, which reads no number. */
      maskedPan: z.string().exactOptional(),
      label: z.string(),
      aid: z.string(),
      balanceMinor: z.int().exactOptional(),
      /** Only when it is so. */
      pinBlocked: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** What somebody is to say while the card waits. */
  question: questionResource.exactOptional(),
  offline: z.boolean(),
  fundedBy: z.enum(['chip', 'account']).exactOptional(),
  debited: z.enum(['none', 'chip', 'account', 'unknown']),
  /** What the card owed for earlier payments when it came. */
  debt: z.strictObject({ amountMinor: z.int().min(1) }).exactOptional(),
  record: z.strictObject({ epoch: z.int(), sequence: z.int(), batchId: z.string().exactOptional() }).exactOptional(),
  /** What becomes of its slips on paper; absent while none was to be printed. */
  receipt: slipsResource.exactOptional(),
  createdAt: moment,
  updatedAt: moment,
});
export type PaymentResource = z.output<typeof paymentResource>;

/**
 * The queue's payment with its sentence, what it asks now, and what becomes of its slips. What the queue holds was written
 * by this agent, so the words are of the lists.
 */
export function paymentOf(stored: StoredPayment, asked?: AskedQuestion, slips?: SlipView): PaymentResource {
  const { detail } = stored;
  const { state, kind } = stored as { state: PaymentResource['state']; kind: PaymentKind };
  return present({
    id: stored.id,
    kind,
    state,
    amountMinor: stored.amountMinor,
    currency: 'CNY' as const,
    reference: stored.reference,
    reason: detail.reason,
    reasonText: sentenceFor({ kind, state, ...detail }),
    card: detail.card,
    question: asked && questionOf(asked),
    offline: detail.offline ?? false,
    fundedBy: detail.fundedBy,
    debited: detail.debited ?? 'none',
    debt: detail.debt,
    record: stored.record,
    receipt: slips && slipsOf(slips),
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
  });
}

/** Of the routes about one payment. */
export const paymentPath = z.strictObject({ id: z.string().min(1).max(64) });

/** 45 characters of four bytes each, escaped, still fit the 512 of the record. */
const MAX_REFERENCE = 40;

const reference = z
  .string()
  .min(1)
  .max(MAX_REFERENCE)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'expected text without control characters');

/** What the register posts. Kinds that are not built are told apart from kinds that do not exist. */
export const paymentRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['purchase', 'load']),
    amountMinor: z
      .int({ error: `expected a whole number of fen, 1 to ${MAX_FEN}` })
      .min(1)
      .max(MAX_FEN),
    currency: z.literal('CNY'),
    reference,
  }),
  z.strictObject({
    kind: z.literal('balance'),
    amountMinor: z.literal(0).exactOptional(),
    currency: z.literal('CNY').exactOptional(),
    reference: reference.exactOptional(),
  }),
  z.strictObject({
    kind: z.enum(['refund', 'void']),
    amountMinor: z.int().min(1).max(MAX_FEN).exactOptional(),
    currency: z.literal('CNY').exactOptional(),
    reference: reference.exactOptional(),
    original: z.string().max(64).exactOptional(),
  }),
]);
export type PaymentRequestBody = z.output<typeof paymentRequest>;
