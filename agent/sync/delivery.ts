import { failedRound, type Round } from './loop.ts';
import { type ReversalParts, sendReversals } from './reversals.ts';
import { uploadRound } from './upload-round.ts';
import { type UploadParts, uploadNext } from './uploads.ts';

/**
 * What goes out, in one order: every reversal that is due, then one batch, and again, so that a reversal that has come due
 * meanwhile goes before the next batch. Offline approvals have no advice of their own: their records in a batch are it. A
 * reversal that the host refuses, or breaks on, holds up nothing; a host that does not answer ends the round.
 */
export async function deliveryRound(
  reversals: ReversalParts,
  uploads: UploadParts,
  signal: AbortSignal,
): Promise<Round> {
  const leftOver = new Set<string>();
  const round = uploadRound(uploads);
  try {
    while (!signal.aborted) {
      const away = await sendReversals(reversals, leftOver, signal);
      if (away !== undefined) return failedRound(away);
      const uploaded = await uploadNext(uploads, round, signal);
      if (uploaded.kind === 'failed') return uploaded;
      if (uploaded.kind === 'done') return leftOver.size === 0 ? uploaded : { kind: 'failed' };
    }
    return { kind: 'failed' };
  } finally {
    round.wipe();
  }
}
