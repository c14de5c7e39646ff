import type { PursePurchaseOutcome, PurseRecovery } from '../../../emv/purse/index.ts';
import type { StoredIntent, StoredPayment } from '../../../offline-queue/index.ts';
import { present } from '../../present.ts';
import { cardDetail, type Decision, type Ending, type TapNotes } from '../decide.ts';
import type { Reason } from '../reason.ts';
import type { RecordFacts } from '../record-draft.ts';
import { factsOfDebit, factsOfIntent, purseCard } from './facts.ts';
import type { StoredPurseIntent } from './stored-intent.ts';
import type { PurseTerms } from './terms.ts';

type Of<K extends PursePurchaseOutcome['kind']> = Extract<PursePurchaseOutcome, { kind: K }>;
type Debited = Extract<PurseRecovery, { kind: 'debited' }>['outcome'];

/** How a purchase from a purse ended. */
export interface PurseEnd extends TapNotes {
  readonly purse: PurseTerms;
  readonly outcome: PursePurchaseOutcome;
}

/** What becomes of the payment. */
export function decidePurse({ purse: terms, outcome, ...notes }: PurseEnd): Decision {
  switch (outcome.kind) {
    case 'approved':
    case 'declined':
      return outcome.kind === 'declined' && outcome.debited === 'none'
        ? refused(outcome, terms, notes)
        : decidePurseDebited(outcome, terms, notes);
    // What is on disk decides: with an intent only the same card may come.
    case 'torn':
      return { kind: 'present-again', reason: notes.intentOpen ? 'torn' : 'transmission' };
    case 'cancelled':
      return cancelled(notes.cancelled ? 'cancelled' : outcome.reason, outcome, terms);
  }
}

function cancelled(reason: Reason, { card }: Of<'cancelled'> | Refused, terms: PurseTerms): Ending {
  const seen = card && purseCard(card, terms);
  const detail = present({ reason, debited: 'none' as const, card: cardDetail(seen) });
  return { kind: 'ending', state: 'cancelled', detail };
}

type Refused = Extract<Of<'declined'>, { debited: 'none' }>;

function refused(outcome: Refused, terms: PurseTerms, notes: TapNotes): Ending {
  if (notes.cancelled) return cancelled('cancelled', outcome, terms);
  const { reason } = outcome;
  const card = outcome.card && purseCard(outcome.card, terms);
  return present({
    kind: 'ending' as const,
    state: 'declined' as const,
    detail: present({ reason, debited: 'none' as const, card: cardDetail(card) }),
    record: present({
      outcome: 'declined' as const,
      reason,
      fundedBy: 'none' as const,
      debited: 'none' as const,
      offline: true,
      card,
      interface: notes.interface,
    }),
    pan: card?.pan,
  });
}

/** The same for a purse that has paid, or has been found to have paid. */
export function decidePurseDebited(
  outcome: Debited,
  terms: PurseTerms,
  notes: Pick<TapNotes, 'interface'>,
): Ending & Required<Pick<Ending, 'record'>> {
  const isApproved = outcome.kind === 'approved';
  const facts = factsOfDebit(outcome.debit, terms, isApproved ? undefined : outcome.finding);
  const card = cardDetail(facts.card, facts.card.balanceAfter);
  const common = { debited: 'chip', offline: true, interface: notes.interface, ...facts } as const;
  const record: RecordFacts = isApproved
    ? { outcome: 'approved', fundedBy: 'chip', ...common }
    : { outcome: 'declined-after-debit', reason: outcome.reason, fundedBy: 'none', ...common };
  return {
    kind: 'ending',
    state: isApproved ? 'approved' : 'declined',
    detail: present({
      card,
      debited: 'chip' as const,
      ...(isApproved ? { offline: true, fundedBy: 'chip' as const } : { reason: outcome.reason }),
    }),
    record,
    pan: facts.card.pan,
  };
}

/** A payment that cannot be decided here: the record has what card and PSAM said, for the centre. */
export function undecidedPurse(stored: StoredPurseIntent, reason: Reason): Ending & Required<Pick<Ending, 'record'>> {
  const facts = factsOfIntent(stored);
  return {
    kind: 'ending',
    state: 'undecided',
    detail: present({ reason, debited: 'unknown' as const, card: cardDetail(facts.card, facts.card.balanceBefore) }),
    record: { outcome: 'undecided', reason, fundedBy: 'none', debited: 'unknown', offline: true, ...facts },
    pan: facts.card.pan,
  };
}

/** An undecided payment whose card came by and told. */
interface PurseFoundLater {
  readonly earlier: StoredPayment;
  readonly kept: StoredIntent;
  readonly stored: StoredPurseIntent;
  readonly recovery: Extract<PurseRecovery, { kind: 'debited' | 'not-debited' }>;
  /** The terminal's epoch now. */
  readonly epoch: number;
  readonly interface: TapNotes['interface'];
}

/** Never approved, whatever the card says now: the cashier was told that the payment does not hold (design 4.1). */
export function purseFoundLater(found: PurseFoundLater): Ending {
  const { kept, epoch, recovery } = found;
  const resolvesSequence = kept.recordEpoch === epoch ? kept.recordSequence : undefined;
  const ending = recovery.kind === 'debited' ? foundDebited(found, recovery.outcome) : foundNotDebited(found.stored);
  return { ...ending, record: present({ ...ending.record, resolvesSequence }) };
}

function foundDebited({ earlier, stored, interface: by }: PurseFoundLater, outcome: Debited) {
  const { record, detail, ...ending } = decidePurseDebited(outcome, stored.terms, { interface: by });
  const reason = outcome.kind === 'declined' ? outcome.reason : (earlier.detail.reason ?? 'cancelled');
  return {
    ...ending,
    state: 'declined' as const,
    detail: present({ reason, debited: 'chip' as const, card: detail.card }),
    record: { ...record, outcome: 'declined-after-debit' as const, reason, fundedBy: 'none' as const },
  };
}

function foundNotDebited(stored: StoredPurseIntent): Ending & Required<Pick<Ending, 'record'>> {
  const reason: Reason = 'found-not-debited';
  const { record, detail, ...ending } = undecidedPurse(stored, reason);
  return {
    ...ending,
    state: 'cancelled',
    detail: { ...detail, debited: 'none' },
    record: { ...record, outcome: 'declined', debited: 'none' },
  };
}
