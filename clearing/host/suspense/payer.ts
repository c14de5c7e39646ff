import type { Record } from '../../contract/record/index.ts';
import { isConsistent } from '../batches/consistent.ts';
import type { Facts } from '../batches/facts-of-record.ts';
import type { Effect } from '../batches/judgement.ts';
import type { Load } from '../loads/loads.ts';
import type { Shown } from './chip-shows.ts';
import type { PaidBy } from './suspense.ts';

/** A claim that an operator finds good, with what the host knows of it now. */
export interface Claim {
  readonly record: Record;
  readonly facts: Facts;
  /** Has the card an account and pots here? */
  readonly cardKnown: boolean;
  /** What this terminal's authorisation still holds for the same transaction of the chip; no load. */
  readonly hold?: { readonly amountMinor: number };
  /** The load that this terminal was given in the same transaction of the chip. */
  readonly load?: Pick<Load, 'state' | 'proven' | 'amountMinor'>;
  /** What the chip's next balance says of a debit for nothing, or of a load of which no authorisation is left. */
  readonly shown?: Shown;
}

/** Who pays: a pot of the card as if the record had been accepted, or the centre; or why nobody can. */
export type Payer =
  | { readonly paidBy: Exclude<PaidBy, 'centre'>; readonly effect: Effect | 'load-unauthorised' }
  | { readonly paidBy: 'centre' }
  | { readonly refused: string };

const CENTRE: Payer = { paidBy: 'centre' };

/**
 * Who pays a claim that an operator finds good. Pure. A card pays what it has proven, once: its cryptogram is genuine and has moved
 * nothing, or this host had promised the money. What it has not proven, or has paid before, the centre bears.
 */
export function payerOf(claim: Claim): Payer {
  const { record, cardKnown } = claim;
  if (record.card === undefined) return { refused: 'the record names no card' };
  if (record.kind === 'load') return cardKnown ? payerOfLoad(claim) : NO_ACCOUNT;
  if (record.outcome === 'approved') return payerOfSale(claim);
  return cardKnown ? payerOfDebit(claim) : NO_ACCOUNT;
}

const NO_ACCOUNT: Payer = { refused: 'the card has no account here: load the card first' };

function isProven({ record, facts }: Claim): boolean {
  const word = record.purse === undefined ? facts.cryptogram : facts.transactionCode;
  return facts.card === 'known' && facts.moved === undefined && word === 'genuine' && isConsistent(record);
}

function payerOfSale(claim: Claim): Payer {
  const { record, hold } = claim;
  if (hold?.amountMinor === record.amountMinor) return { paidBy: 'account', effect: 'post-hold' };
  if (!isProven(claim)) return CENTRE;
  if (record.purse !== undefined) return { paidBy: 'purse', effect: 'pay-from-purse' };
  return record.fundedBy === 'chip'
    ? { paidBy: 'chip', effect: 'pay-from-chip' }
    : { paidBy: 'account', effect: 'pay-from-account' };
}

/** The card has paid for nothing, and gets it on its account. */
function payerOfDebit(claim: Claim): Payer {
  if (claim.facts.moved === 'given-back') return { refused: 'the card has it on its account' };
  // A TC comes before the debit: it proves none where the balance stayed.
  if (claim.shown === 'not-debited') return { refused: 'the chip has shown that it was not debited' };
  if (!isProven(claim)) return CENTRE;
  return claim.record.purse === undefined
    ? { paidBy: 'chip', effect: 'give-back' }
    : { paidBy: 'purse', effect: 'give-back-purse' };
}

function payerOfLoad(claim: Claim): Payer {
  const { record, facts, load, shown } = claim;
  if (load !== undefined) return payerOfOwnLoad(load, record.amountMinor);
  if (facts.moved === 'paid') return HAS_PAID;
  if (shown === 'not-loaded') return NOT_TAKEN;
  return isProven(claim) ? { paidBy: 'account', effect: 'load-unauthorised' } : CENTRE;
}

const HAS_PAID: Payer = { refused: 'the account has paid for this load' };
const NOT_TAKEN: Payer = { refused: 'the chip has shown that it did not take the load' };

function payerOfOwnLoad({ state, proven, amountMinor }: NonNullable<Claim['load']>, claimedMinor: number): Payer {
  if (amountMinor !== claimedMinor) return { refused: `the load was authorised for ${amountMinor} fen` };
  if (state === 'loaded') return HAS_PAID;
  return state === 'not-loaded' && proven ? NOT_TAKEN : { paidBy: 'account', effect: 'post-load' };
}
