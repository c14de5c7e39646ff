import { isDeferred, type Record, type RecordChip } from '../../contract/record/index.ts';
import { amountOf, atcOf, CNY } from '../cards/chip-check.ts';

interface Form {
  readonly fundedBy: Record['fundedBy'];
  readonly debited: Record['debited'];
  /** The cryptogram that must be there. */
  readonly cryptogram?: 'tc' | 'arqc';
  /** May it settle an undecided record? */
  readonly resolves?: true;
  /** No host was asked. */
  readonly offline?: true;
}

type Forms = { readonly [outcome in Record['outcome']]: readonly Form[] };

const PURCHASE: Forms = {
  approved: [
    { fundedBy: 'chip', debited: 'chip', cryptogram: 'tc' },
    // With the host's authorisation, or on trust while it was away.
    { fundedBy: 'account', debited: 'account', cryptogram: 'arqc' },
    // Full debit/credit without electronic cash, approved by the card alone.
    { fundedBy: 'account', debited: 'account', cryptogram: 'tc', offline: true },
  ],
  declined: [{ fundedBy: 'none', debited: 'none', resolves: true }],
  'declined-after-debit': [{ fundedBy: 'none', debited: 'chip', cryptogram: 'tc', resolves: true }],
  undecided: [{ fundedBy: 'none', debited: 'unknown', cryptogram: 'tc' }],
};

const LOAD: Forms = {
  approved: [{ fundedBy: 'account', debited: 'account', cryptogram: 'arqc', resolves: true }],
  declined: [{ fundedBy: 'none', debited: 'none', resolves: true }],
  'declined-after-debit': [],
  undecided: [{ fundedBy: 'none', debited: 'unknown', cryptogram: 'arqc' }],
};

const PURSE_PURCHASES: readonly string[] = ['05', '06'];
const PURSE_LOADS: readonly string[] = ['01', '02'];

/** Does the record say one thing only? */
export function isConsistent(record: Record): boolean {
  const { outcome, resolvesSequence, sequence, kind } = record;
  const form = (kind === 'load' ? LOAD : PURCHASE)[outcome].find((one) => isOfForm(record, one));
  if (form === undefined) return false;
  if (resolvesSequence !== undefined && (!form.resolves || resolvesSequence >= sequence)) return false;
  if (form.cryptogram === undefined) return true;
  if (record.purse !== undefined) return isOfPurse(record);
  if (record.card === undefined || record.chip === undefined) return outcome === 'undecided' || isWithoutProof(record);
  return record.amountMinor > 0 && isOfAmount(record.chip, record.amountMinor) && isConfirmed(record, record.chip);
}

/** A purse has no cryptogram to tell one form from another. */
const isOfForm = ({ fundedBy, debited, chip, offline }: Record, form: Form): boolean =>
  form.fundedBy === fundedBy &&
  form.debited === debited &&
  (form.offline === undefined || form.offline === offline) &&
  (form.cryptogram === undefined || chip === undefined || form.cryptogram === chip.cryptogramType);

/** The chip has paid and its TC is lost with the card: its counter says which transaction it was. */
export const isWithoutProof = ({ kind, outcome, amountMinor, card, chip, purse }: Record): boolean =>
  kind === 'purchase' &&
  outcome === 'declined-after-debit' &&
  amountMinor > 0 &&
  card?.atc !== undefined &&
  chip === undefined &&
  purse === undefined;

const isOfAmount = (chip: RecordChip, amountMinor: number): boolean =>
  amountOf(chip) === amountMinor && chip.currencyCode === CNY;

/**
 * What the host has approved, the card has not refused; both are of one transaction. Where an ARQC was approved on trust, the card was
 * asked for its AAC, since nobody could be reached.
 */
function isConfirmed(record: Record, chip: RecordChip): boolean {
  const { outcome, confirmation } = record;
  if (outcome !== 'approved' || confirmation === undefined) return true;
  const expected = isDeferred(record) ? 'aac' : 'tc';
  return confirmation.cryptogramType === expected && Number.parseInt(confirmation.atc, 16) === atcOf(chip);
}

function isOfPurse({ card, chip, purse, kind, outcome, fundedBy, amountMinor }: Record): boolean {
  if (card === undefined || chip !== undefined || purse === undefined || amountMinor === 0) return false;
  const types = kind === 'load' ? PURSE_LOADS : PURSE_PURCHASES;
  if (!types.includes(purse.transactionType)) return false;
  if (kind === 'load') return true;
  // MAC2 is the card's word to the PSAM: a purchase that the PSAM refuses is declined after debit.
  return outcome !== 'approved' || (fundedBy === 'chip' && purse.mac2Verdict !== 'wrong');
}
