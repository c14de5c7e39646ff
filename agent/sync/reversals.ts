import type { Logger } from 'pino';
import { reversalAnswer } from '../../clearing/contract/index.ts';
import type { Queue, StoredReversal } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { decodeReversal } from '../payment/reversal-content.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';

export interface ReversalParts {
  readonly queue: Pick<Queue, 'reversals'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeoutMs: number;
}

/**
 * Sends every reversal that is due, until each is acknowledged: whatever the host answers, none is ever dropped (design
 * 4.5). One that the host refuses does not hold up the others.
 */
export async function reversalRound(parts: ReversalParts, signal: AbortSignal): Promise<Round> {
  let allAcknowledged = true;
  for (const reversal of parts.queue.reversals.due()) {
    const answer = await send(reversal, parts, signal);
    if (answer?.kind === 'failed') return failedRound(answer);
    if (answer?.kind === 'answered') parts.queue.reversals.acknowledged(reversal.id, utc(parts.clock.now()));
    else allAcknowledged = false;
  }
  return allAcknowledged ? { kind: 'done' } : { kind: 'failed' };
}

/** Undefined when the reversal cannot be read. */
async function send(
  { id, paymentId, content }: StoredReversal,
  { queue, client, clock, log, timeoutMs }: ReversalParts,
  signal: AbortSignal,
): Promise<ClearingAnswer<{ effect: string }> | undefined> {
  const fields = { paymentId, reversal: id };
  const body = decodeReversal(content);
  if (body === undefined) {
    log.error(fields, 'a reversal cannot be read; it stays due');
    return undefined;
  }
  queue.reversals.attempted(id, utc(clock.now()));
  const path = '/v1/reversals';
  const answer = await client.send({ method: 'POST', path, key: id, body, answer: reversalAnswer, timeoutMs, signal });
  if (answer.kind === 'answered' && answer.value.id !== id)
    return { kind: 'failed', why: 'an answer to another reversal' };
  if (answer.kind === 'answered') log.info({ ...fields, effect: answer.value.effect }, 'reversal acknowledged');
  if (answer.kind === 'refused')
    log.error({ ...fields, code: answer.code }, 'the host refuses a reversal; it stays due');
  return answer;
}
