import type { Record } from '../../contract/record/index.ts';
import { atcOf } from '../cards/chip-check.ts';
import { isConsistent, isWithoutProof } from './consistent.ts';
import type { Facts, NamedAuthorisation } from './facts-of-record.ts';
import { judgeLoad } from './judge-load.ts';
import { judgePurse } from './judge-purse.ts';
import { accept, dispute, type Judgement, owe } from './judgement.ts';
import type { Undecided } from './undecided.ts';

/**
 * The verdict on one record, and what money it moves: the rules of design 4.6 to 4.13 in one place. Pure; whoever calls it
 * has gathered the facts under the card's lock.
 */
export function judge(record: Record, facts: Facts): Judgement {
  if (!facts.inPlace) return dispute('misplaced');
  if (!isConsistent(record)) return dispute('inconsistent');
  if (record.purse === undefined && record.kind === 'purchase') return RULES[record.outcome](record, facts);
  const movesMoney = record.outcome === 'approved' || record.outcome === 'declined-after-debit';
  const fault = movesMoney ? cardFault(facts) : undefined;
  return fault ?? (record.purse === undefined ? judgeLoad : judgePurse)(record, facts);
}

type Rule = (record: Record, facts: Facts) => Judgement;

const RULES: { readonly [outcome in Record['outcome']]: Rule } = {
  approved: (record, facts) => cardFault(facts) ?? paid(record, facts),
  declined: (record, facts) =>
    record.resolvesSequence === undefined ? accept('none') : foundNotDebited(record, facts),
  'declined-after-debit': (record, facts) => cardFault(facts) ?? debitedForNothing(record, facts),
  undecided: (record, facts) =>
    record.card === undefined || (record.chip === undefined && record.card.atc === undefined)
      ? accept('note-lost')
      : (cardFault(facts) ?? mayHaveDebited(record, facts)),
};

const CARD_FAULTS = {
  'pan-missing': 'pan-missing',
  'pan-mismatch': 'pan-mismatch',
  unknown: 'unknown-card',
} as const;

const cardFault = ({ card }: Facts): Judgement | undefined =>
  card === 'known' ? undefined : dispute(CARD_FAULTS[card]);

function paid(record: Record, facts: Facts): Judgement {
  if (record.fundedBy === 'chip') return paidByChip(facts);
  return record.chip?.cryptogramType === 'tc' ? paidByCardAlone(record, facts) : paidByAccount(record, facts);
}

/** Design 4.13: a TC that verifies is paid, whatever has become of the card since; one that does not, or repeats, never. */
function paidByChip({ cryptogram, moved }: Facts): Judgement {
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  return moved === undefined ? accept('pay-from-chip') : dispute('repeated-cryptogram');
}

/**
 * The same for a TC that spends the account. The host may have approved the ARQC before it, and its answer was lost: then its hold
 * ends with this.
 */
function paidByCardAlone(record: Record, facts: Facts): Judgement {
  const { cryptogram, moved } = facts;
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  if (moved === undefined) return accept('pay-from-account');
  return isItsHold(record, facts) ? accept('pay-from-account') : dispute('repeated-cryptogram');
}

const isItsHold = ({ amountMinor }: Record, { moved, hold }: Facts): boolean =>
  moved === 'held' && hold?.state === 'held' && hold.amountMinor === amountMinor;

/**
 * A deferred authorisation: the ARQC was approved on trust while the host was away. The card agreed to pay, so what its account does not
 * pay it owes; an ARQC that is not its own, or has moved money, is neither paid nor a debt (design 4.13).
 */
function paidOnTrust(record: Record, facts: Facts): Judgement {
  const { cryptogram, confirmation, moved, accountRefuses } = facts;
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  if (record.confirmation !== undefined && confirmation !== 'genuine') return dispute('wrong-confirmation');
  if (moved !== undefined)
    return isItsHold(record, facts) ? accept('pay-from-account') : dispute('repeated-cryptogram');
  return accountRefuses === undefined ? accept('pay-from-account') : owe(accountRefuses);
}

const HOLD_FAULTS = {
  held: undefined,
  posted: 'authorisation-used',
  reversed: 'authorisation-reversed',
  void: 'authorisation-reversed',
  declined: 'authorisation-mismatch',
  verified: 'authorisation-mismatch',
} as const;

function paidByAccount(record: Record, facts: Facts): Judgement {
  const { authorisation, load, confirmation } = facts;
  if (record.authorisationId === undefined)
    return record.offline ? paidOnTrust(record, facts) : dispute('authorisation-missing');
  if (authorisation === undefined) return paidByLostHold(record, facts);
  const { state, amountMinor, token, panSequence, atc, cryptogram }: NamedAuthorisation = authorisation;
  const same =
    load === undefined &&
    amountMinor === record.amountMinor &&
    token === record.card?.token &&
    panSequence === record.card.panSequence &&
    record.chip !== undefined &&
    atc === atcOf(record.chip) &&
    cryptogram === record.chip.cryptogram;
  // Another one may have been given the number of the one that was lost.
  if (!same) return facts.acceptedBefore ? paidByLostHold(record, facts) : dispute('authorisation-mismatch');
  if (record.confirmation !== undefined && confirmation !== 'genuine') return dispute('wrong-confirmation');
  const fault = HOLD_FAULTS[state];
  return fault === undefined ? accept('post-hold') : dispute(fault);
}

/**
 * No such authorisation. If the host has signed once that it accepts the record, it has lost the authorisation with it, and its own
 * word stands for it: the account pays, as long as the ARQC is genuine and has moved nothing.
 */
function paidByLostHold(record: Record, { acceptedBefore, cryptogram, confirmation, moved }: Facts): Judgement {
  if (!acceptedBefore) return dispute('authorisation-unknown');
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  if (record.confirmation !== undefined && confirmation !== 'genuine') return dispute('wrong-confirmation');
  return moved === undefined ? accept('pay-from-account') : dispute('repeated-cryptogram');
}

function debitedForNothing(record: Record, facts: Facts): Judgement {
  if (isWithoutProof(record)) return debitedWithoutProof(record, facts);
  const { cryptogram, moved, resolved } = facts;
  if (cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  if (record.resolvesSequence !== undefined) {
    if (resolved === undefined || !isSamePayment(record, resolved)) return dispute('resolves-unknown');
    // Evidence was first: the money is back already.
    if (moved === 'given-back') return accept('none');
    if (resolved.state === 'not-debited') return dispute('contradicts-evidence');
  }
  return moved === undefined ? accept('give-back') : dispute('repeated-cryptogram');
}

/** Without its TC the terminal's word gives nothing back: the chip's next balance does (design 4.1, 4.12). */
function debitedWithoutProof(record: Record, { moved, resolved }: Facts): Judgement {
  if (record.resolvesSequence === undefined) return accept(moved === undefined ? 'keep-undecided' : 'none');
  if (resolved === undefined || !isSamePayment(record, resolved)) return dispute('resolves-unknown');
  return resolved.state === 'not-debited' ? dispute('contradicts-evidence') : accept('none');
}

function foundNotDebited(record: Record, { resolved }: Facts): Judgement {
  if (resolved === undefined || record.card?.token !== resolved.token) return dispute('resolves-unknown');
  if (resolved.state === 'open') return accept('close-undecided');
  return resolved.state === 'not-debited' ? accept('none') : dispute('contradicts-evidence');
}

const isSamePayment = ({ card, chip, amountMinor }: Record, resolved: Undecided): boolean =>
  card?.token === resolved.token &&
  card.panSequence === resolved.panSequence &&
  (chip === undefined ? card.atc : atcOf(chip)) === resolved.atc &&
  amountMinor === resolved.amountMinor;

function mayHaveDebited({ chip }: Record, { cryptogram, moved }: Facts): Judgement {
  if (chip !== undefined && cryptogram !== 'genuine') return dispute('wrong-cryptogram');
  return accept(moved === undefined ? 'keep-undecided' : 'none');
}
