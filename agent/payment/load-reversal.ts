import type { CommitOutcome, Queue } from '../../offline-queue/index.ts';
import type { Ending } from './decide.ts';
import { decodeReversal, encodeReversal } from './reversal-content.ts';

type OfReversal = Pick<CommitOutcome, 'cancelReversal' | 'amendReversal'>;

/**
 * What becomes of a load's reversal (design 4.5). A load that holds needs none. One that is undecided leaves it as it was
 * written, and the centre waits for the card. Every other ending knows that the chip has nothing: the reversal says so, so
 * that the account is whole at once. One that was sent before the card told stays as it is: the record names the grant.
 */
export function reversalOfLoad(
  ending: Pick<Ending, 'state' | 'cancelReversal'>,
  paymentId: string,
  queue: Pick<Queue, 'reversals'>,
): OfReversal {
  const { state, cancelReversal } = ending;
  if (cancelReversal !== undefined) return { cancelReversal };
  const [reversal] = queue.reversals.unsent(paymentId);
  if (reversal === undefined || state === 'undecided') return {};
  if (state === 'approved') return { cancelReversal: reversal.id };
  const request = decodeReversal(reversal.content);
  if (request === undefined) return {};
  return { amendReversal: { id: reversal.id, content: encodeReversal({ ...request, notLoaded: true }) } };
}
