import { sm2Verify } from '../../../emv/crypto/index.ts';
import { hex } from '../../../emv/values/index.ts';
import type { BatchRequest } from '../../contract/index.ts';
import { acknowledgementBytes, type SealContent } from '../../contract/record/index.ts';
import type { Hsm } from '../../hsm/index.ts';

/** What this host has signed for a batch before it lost it. */
export interface OwnWord {
  /** Sequences that it had accepted. */
  readonly accepted: ReadonlySet<number>;
}

/**
 * The host's own acknowledgement that comes back with a batch. It proves that the host has held these very records, since the chain
 * hash covers them, and what it said of each. Undefined where there is none, or it is of another batch, or not signed here.
 */
export function ownWord({ seal, acknowledged }: BatchRequest, hsm: Pick<Hsm, 'publicKeys'>): OwnWord | undefined {
  if (acknowledged === undefined) return undefined;
  const { terminal, epoch, firstSequence, lastSequence, chainHash, verdicts, signature } = acknowledged;
  const ofThisBatch =
    terminal === seal.terminal &&
    epoch === seal.epoch &&
    firstSequence === seal.firstSequence &&
    lastSequence === seal.lastSequence &&
    chainHash === seal.chainHead;
  if (!ofThisBatch) return undefined;
  const bytes = acknowledgementBytes(acknowledged);
  if (!sm2Verify(hex(hsm.publicKeys.acknowledgement), bytes, hex(signature))) return undefined;
  return { accepted: new Set(verdicts.flatMap((one) => (one.verdict === 'accepted' ? one.sequence : []))) };
}

/** What an operator must know: that records were gone, and which. */
export const lostAndBack = ({ terminal, epoch, firstSequence, lastSequence, count, totalMinor }: SealContent): string =>
  `records ${firstSequence} to ${lastSequence} of epoch ${epoch} of ${terminal} (${count}, approved: ${totalMinor} fen) had been ` +
  'acknowledged and were not in this database any more, as after it was put back from an older copy; the terminal has sent them again';
