import type { Record } from '../../clearing/contract/record/index.ts';
import type { SlipLine } from '../../drivers/index.ts';
import type { SlipCopy, StoredPayment } from '../../offline-queue/index.ts';
import type { PaymentKind } from '../payment/payment-kind.ts';
import { sentenceFor } from '../payment/sentences.ts';
import type { SlipFacts } from './slip-facts.ts';
import {
  BLANK,
  centred,
  coded,
  headLines,
  large,
  maybe,
  moment,
  ownerLines,
  pair,
  RULE,
  rmb,
  text,
} from './slip-lines.ts';
import {
  ACKNOWLEDGED,
  CLAIM,
  COPIES,
  ENTRIES,
  KEEP,
  KINDS,
  LABELS,
  OFFLINE,
  OPEN_BATCH,
  VERDICTS,
  VERIFIED,
} from './words.ts';

/**
 * One copy of a payment's slip. Everything that it says was stored with the payment: the same payment gives the same slip at
 * any time, but for the batch, which is known once it is sealed, and the mark of a reprint.
 */
export function slipOf(facts: SlipFacts, copy: SlipCopy, reprint: boolean): readonly SlipLine[] {
  const { payment } = facts;
  return [
    ...headLines(COPIES[copy], reprint),
    RULE,
    ...placeLines(facts),
    RULE,
    ...paymentLines(facts),
    RULE,
    ...outcomeLines(payment, copy),
    ...chipLines(facts, copy),
    ...closingLines(facts, copy),
  ];
}

function placeLines(facts: SlipFacts): readonly SlipLine[] {
  const { record } = facts;
  return [...ownerLines(facts), ...maybe('operator', record?.operator), ...maybe('shift', record?.shift)];
}

function paymentLines({ payment, record, at }: SlipFacts): readonly SlipLine[] {
  const { card } = payment.detail;
  const entry = record?.card && ENTRIES[record.interface ?? 'contactless'];
  return [
    ...maybe('card', card?.maskedPan),
    ...maybe('entry', entry),
    ...maybe('application', card?.label),
    pair('kind', KINDS[payment.kind as PaymentKind]),
    ...(payment.record ? [pair('voucher', `${payment.record.epoch}-${payment.record.sequence}`)] : []),
    ...(payment.record ? [pair('batch', payment.record.batchId ?? OPEN_BATCH)] : []),
    ...maybe('reference', payment.reference),
    ...maybe('authorisation', record?.authorisationId),
    pair('at', moment(at)),
  ];
}

/** What it came to: an approval by its amount, anything else by what was charged. */
function outcomeLines(payment: StoredPayment, copy: SlipCopy): readonly SlipLine[] {
  const { kind, state, amountMinor, detail } = payment;
  const { offline, debited = 'none', card } = detail;
  const amount: SlipLine = { kind: 'pair', name: LABELS.amount, value: rmb(amountMinor), emphasised: true };
  return [
    ...(kind === 'balance' ? [] : [amount]),
    ...maybe('balance', card?.balanceMinor === undefined || debited === 'unknown' ? undefined : rmb(card.balanceMinor)),
    ...(state === 'approved' && offline ? [{ ...centred(OFFLINE), emphasised: true } as const] : []),
    ...(state === 'approved' ? [] : verdictLines(payment, copy)),
  ];
}

function verdictLines({ kind, state, detail }: StoredPayment, copy: SlipCopy): readonly SlipLine[] {
  const verdict = VERDICT_BY_DEBIT[detail.debited ?? 'none'];
  const [zh, en] = VERDICTS[verdict];
  // The sentence tells the cashier what to do, which is not for the cardholder to read.
  const ofCustomer = verdict === 'not-charged' ? undefined : CLAIM;
  const said = copy === 'customer' ? ofCustomer : sentenceFor({ kind: kind as PaymentKind, state, ...detail });
  return [large(zh), centred(en), ...(said === undefined ? [] : [text(said.zh), text(said.en)])];
}

const VERDICT_BY_DEBIT = { none: 'not-charged', chip: 'charged', account: 'charged', unknown: 'open' } as const;

/** What a dispute is settled by. The merchant's copy has the terminal's results as well. */
function chipLines({ payment, record }: SlipFacts, copy: SlipCopy): readonly SlipLine[] {
  const aid = record?.card?.aid ?? payment.detail.card?.aid;
  if (aid === undefined) return [];
  const { chip, confirmation, purse } = record ?? {};
  const last = confirmation ?? chip;
  const atc = last?.atc ?? (record?.card?.atc === undefined ? undefined : hex4(record.card.atc));
  const results = { TVR: last?.tvr, TSI: chip?.tsi, CVMR: chip?.cvmResults };
  return [
    RULE,
    ...coded('AID', aid),
    ...coded('ATC', atc),
    ...(last === undefined ? [] : coded(last.cryptogramType.toUpperCase(), last.cryptogram)),
    ...(copy === 'merchant' ? Object.entries(results).flatMap(([name, value]) => coded(name, value)) : []),
    ...(purse === undefined ? [] : purseLines(purse)),
  ];
}

const hex4 = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');

function purseLines(purse: NonNullable<Record['purse']>): readonly SlipLine[] {
  const { sequence, terminalId, terminalSequence, transactionCode } = purse;
  return [
    pair('purseSequence', String(sequence)),
    pair('sam', terminalSequence === undefined ? terminalId : `${terminalId} ${terminalSequence}`),
    ...coded('TAC', transactionCode),
  ];
}

const SIGNED: readonly Record['cardholderVerification'][] = ['signature', 'offline-pin-and-signature'];

function closingLines({ payment, record }: SlipFacts, copy: SlipCopy): readonly SlipLine[] {
  const keep = copy === 'customer' ? [RULE, centred(KEEP)] : [];
  if (payment.state !== 'approved' || record === undefined) return keep;
  const verified = VERIFIED[record.cardholderVerification];
  const how = verified === undefined ? [] : [centred(verified)];
  const signature = SIGNED.includes(record.cardholderVerification)
    ? [text(LABELS.signature), BLANK, BLANK, RULE, text(ACKNOWLEDGED[0]), text(ACKNOWLEDGED[1])]
    : [];
  return [RULE, ...how, ...(copy === 'merchant' ? signature : []), ...keep.slice(1)];
}
