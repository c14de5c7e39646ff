import type { DisputeReason } from '../../contract/batch.ts';
import type { Record, RecordChip } from '../../contract/record/index.ts';
import { amountOf, atcOf, CNY } from '../cards/chip-check.ts';
import type { Moved } from '../cards/cryptograms.ts';
import type { Undecided } from './undecided.ts';

/** What the host knows besides the record itself when it judges one. */
export interface Facts {
  /** Is the record where the batch has it: terminal, epoch, sequence, merchant? */
  readonly inPlace: boolean;
  /** The card by token, and whether the sealed PAN is its own. */
  readonly card: 'known' | 'unknown' | 'pan-missing' | 'pan-mismatch';
  /** Under the card's keys, over the record's chip data. Undefined when it could not be checked. */
  readonly cryptogram?: 'genuine' | 'wrong';
  /** What money this (PAN, ATC) has moved so far. */
  readonly moved?: Moved;
  /** The authorisation that the record names. */
  readonly authorisation?: NamedAuthorisation;
  /** The undecided payment that the record settles. */
  readonly resolved?: Undecided;
}

/** An authorisation of this terminal. */
export interface NamedAuthorisation {
  readonly state: 'void' | 'declined' | 'verified' | 'held' | 'reversed' | 'posted';
  readonly amountMinor: number;
  readonly token: string;
  readonly panSequence: number;
  readonly atc: number;
  /** 9F26, hex. */
  readonly cryptogram: string;
}

export type Effect =
  | 'none'
  /** Chip to merchant. */
  | 'pay-from-chip'
  /** The hold becomes a payment: account to merchant. */
  | 'post-hold'
  /** Chip to account. */
  | 'give-back'
  | 'keep-undecided'
  /** The terminal has found out that the card was not debited. */
  | 'close-undecided'
  /** Nobody can find out: the record names no card. */
  | 'note-lost';

export type Judgement =
  | { readonly verdict: 'accepted'; readonly effect: Effect }
  | { readonly verdict: 'disputed'; readonly reason: DisputeReason };

const accept = (effect: Effect): Judgement => ({ verdict: 'accepted', effect });
const dispute = (reason: DisputeReason): Judgement => ({ verdict: 'disputed', reason });

/**
 * The verdict on one record, and what money it moves: the rules of design 4.6 to 4.13 in one place. Pure; whoever calls it
 * has gathered the facts under the card's lock.
 */
export function judge(record: Record, facts: Facts): Judgement {
  if (!facts.inPlace) return dispute('misplaced');
  if (!isConsistent(record)) return dispute('inconsistent');
  return RULES[record.outcome](record, facts);
}

type Rule = (record: Record, facts: Facts) => Judgement;

const RULES: { readonly [outcome in Record['outcome']]: Rule } = {
  approved: (record, facts) =>
    cardFault(facts) ?? (record.fundedBy === 'account' ? paidByAccount(record, facts) : paidByChip(facts)),
  declined: (record, facts) =>
    record.resolvesSequence === undefined ? accept('none') : foundNotDebited(record, facts),
  'declined-after-debit': (record, facts) => cardFault(facts) ?? debitedForNothing(record, facts),
  undecided: (record, facts) =>
    record.card === undefined || record.chip === undefined
      ? accept('note-lost')
      : (cardFault(facts) ?? mayHaveDebited(facts)),
};

const CARD_FAULTS = {
  'pan-missing': 'pan-missing',
  'pan-mismatch': 'pan-mismatch',
  unknown: 'unknown-card',
} as const;

const cardFault = ({ card }: Facts): Judgement | undefined =>
  card === 'known' ? undefined : dispute(CARD_FAULTS[card]);

/** Design 4.13: a TC that verifies is paid, whatever has become of the card since; one that does not, or repeats, never. */
function paidByChip({ cryptogram, moved }: Facts): Judgement {
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  return moved === undefined ? accept('pay-from-chip') : dispute('repeated-cryptogram');
}

const HOLD_FAULTS = {
  held: undefined,
  posted: 'authorisation-used',
  reversed: 'authorisation-reversed',
  void: 'authorisation-reversed',
  declined: 'authorisation-mismatch',
  verified: 'authorisation-mismatch',
} as const;

function paidByAccount(record: Record, { authorisation }: Facts): Judgement {
  if (record.authorisationId === undefined) return dispute('authorisation-missing');
  if (authorisation === undefined) return dispute('authorisation-unknown');
  const { state, amountMinor, token, panSequence, atc, cryptogram } = authorisation;
  const same =
    amountMinor === record.amountMinor &&
    token === record.card?.token &&
    panSequence === record.card.panSequence &&
    record.chip !== undefined &&
    atc === atcOf(record.chip) &&
    cryptogram === record.chip.cryptogram;
  if (!same) return dispute('authorisation-mismatch');
  const fault = HOLD_FAULTS[state];
  return fault === undefined ? accept('post-hold') : dispute(fault);
}

function debitedForNothing(record: Record, { cryptogram, moved, resolved }: Facts): Judgement {
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  if (record.resolvesSequence !== undefined) {
    if (resolved === undefined || !isSamePayment(record, resolved)) return dispute('resolves-unknown');
    // Evidence was first: the money is back already.
    if (moved === 'given-back') return accept('none');
    if (resolved.state === 'not-debited') return dispute('contradicts-evidence');
  }
  return moved === undefined ? accept('give-back') : dispute('repeated-cryptogram');
}

function foundNotDebited(record: Record, { resolved }: Facts): Judgement {
  if (resolved === undefined || record.card?.token !== resolved.token) return dispute('resolves-unknown');
  if (resolved.state === 'open') return accept('close-undecided');
  return resolved.state === 'not-debited' ? accept('none') : dispute('contradicts-evidence');
}

const isSamePayment = ({ card, chip, amountMinor }: Record, resolved: Undecided): boolean =>
  card?.token === resolved.token &&
  card.panSequence === resolved.panSequence &&
  chip !== undefined &&
  atcOf(chip) === resolved.atc &&
  amountMinor === resolved.amountMinor;

function mayHaveDebited({ cryptogram, moved }: Facts): Judgement {
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  return accept(moved === undefined ? 'keep-undecided' : 'none');
}

/** Does the record say one thing only? */
function isConsistent(record: Record): boolean {
  const { outcome, fundedBy, debited, amountMinor, resolvesSequence, sequence } = record;
  const rule = FORMS[outcome].find((form) => form.fundedBy === fundedBy && form.debited === debited);
  if (rule === undefined) return false;
  if (resolvesSequence !== undefined && (!rule.resolves || resolvesSequence >= sequence)) return false;
  if (rule.cryptogram === undefined) return true;
  if (record.card === undefined || record.chip === undefined) return outcome === 'undecided';
  return amountMinor > 0 && record.chip.cryptogramType === rule.cryptogram && isOfAmount(record.chip, amountMinor);
}

const isOfAmount = (chip: RecordChip, amountMinor: number): boolean =>
  amountOf(chip) === amountMinor && chip.currencyCode === CNY;

interface Form {
  readonly fundedBy: Record['fundedBy'];
  readonly debited: Record['debited'];
  /** The cryptogram that must be there. */
  readonly cryptogram?: 'tc' | 'arqc';
  /** May it settle an undecided record? */
  readonly resolves?: true;
}

const FORMS: { readonly [outcome in Record['outcome']]: readonly Form[] } = {
  approved: [
    { fundedBy: 'chip', debited: 'chip', cryptogram: 'tc' },
    { fundedBy: 'account', debited: 'account', cryptogram: 'arqc' },
  ],
  declined: [{ fundedBy: 'none', debited: 'none', resolves: true }],
  'declined-after-debit': [{ fundedBy: 'none', debited: 'chip', cryptogram: 'tc', resolves: true }],
  undecided: [{ fundedBy: 'none', debited: 'unknown', cryptogram: 'tc' }],
};
