import type { Record } from '../../contract/record/index.ts';
import type { Facts } from './facts-of-record.ts';
import { resolvesFault } from './judge-load.ts';
import { accept, dispute, type Judgement } from './judgement.ts';

/**
 * The verdict on the record of an electronic purse. It is consistent, and of a known card where it moves money. As with a TC: a TAC
 * that verifies is paid once, by the purse's number and by the PSAM's.
 */
export function judgePurse(record: Record, facts: Facts): Judgement {
  const fault = resolvesFault(record, facts);
  if (fault !== undefined) return fault;
  if (record.outcome === 'declined') return accept('none');
  if (record.outcome === 'undecided') return accept('note-undecided-purse');
  // Money goes into a purse by the host's word alone, and it has given none.
  if (record.kind === 'load') return dispute('authorisation-missing');
  if (facts.transactionCode !== 'genuine') return dispute('wrong-transaction-code');
  const { moved } = facts;
  if (record.outcome === 'approved')
    return moved === undefined ? accept('pay-from-purse') : dispute('repeated-cryptogram');
  if (moved === 'given-back' && record.resolvesSequence !== undefined) return accept('none');
  return moved === undefined ? accept('give-back-purse') : dispute('repeated-cryptogram');
}
