import type { Record } from '../../contract/record/index.ts';
import { atcOf } from '../cards/chip-check.ts';
import type { Load } from '../loads/loads.ts';
import type { Facts } from './facts-of-record.ts';
import { accept, dispute, type Judgement } from './judgement.ts';

/** The verdict on the record of a load into a chip. It is consistent, and of a known card where it moves money. */
export function judgeLoad(record: Record, facts: Facts): Judgement {
  const fault = resolvesFault(record, facts);
  if (fault !== undefined) return fault;
  if (record.outcome === 'approved') return loaded(record, facts);
  if (record.authorisationId === undefined) return accept('none');
  const { load } = facts;
  if (load === undefined || !isOfLoad(record, facts)) return dispute('authorisation-mismatch');
  if (record.outcome === 'declined') return NOT_LOADED[load.state](load);
  return accept(load.state === 'open' ? 'keep-load' : 'none');
}

/** A record that settles another must name an undecided one of the same card, kind and amount. */
export function resolvesFault(record: Record, { resolvedRecord }: Facts): Judgement | undefined {
  if (record.resolvesSequence === undefined) return undefined;
  const same =
    resolvedRecord?.kind === record.kind &&
    resolvedRecord.amountMinor === record.amountMinor &&
    resolvedRecord.token === record.card?.token;
  return same ? undefined : dispute('resolves-unknown');
}

function isOfLoad({ amountMinor, card, chip }: Record, { authorisation, load }: Facts): boolean {
  const same = load !== undefined && card?.token === load.token && card.panSequence === load.panSequence;
  // A refusal may have been written without the ARQC; what is there must be the one that was authorised.
  const sameChip = chip === undefined || (atcOf(chip) === load?.atc && chip.cryptogram === authorisation?.cryptogram);
  return same && sameChip && amountMinor === load.amountMinor;
}

type Rule = (load: Load) => Judgement;

const LOADED: { readonly [state in Load['state']]: Rule } = {
  open: () => accept('post-load'),
  waiting: () => accept('post-load'),
  loaded: ({ recorded }) => (recorded ? dispute('authorisation-used') : accept('note-load')),
  'not-loaded': ({ proven }) => dispute(proven ? 'contradicts-evidence' : 'authorisation-reversed'),
};

function loaded(record: Record, facts: Facts): Judgement {
  if (record.authorisationId === undefined) return dispute('authorisation-missing');
  if (facts.authorisation === undefined) return dispute('authorisation-unknown');
  const { load } = facts;
  if (load === undefined || !isOfLoad(record, facts)) return dispute('authorisation-mismatch');
  if (record.confirmation !== undefined && facts.confirmation !== 'genuine') return dispute('wrong-confirmation');
  return LOADED[load.state](load);
}

const NOT_LOADED: { readonly [state in Load['state']]: Rule } = {
  open: () => accept('drop-load'),
  waiting: () => accept('drop-load'),
  loaded: ({ proven }) => dispute(proven ? 'contradicts-evidence' : 'authorisation-used'),
  'not-loaded': () => accept('none'),
};
