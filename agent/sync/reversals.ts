import type { Logger } from 'pino';
import { reversalAnswer } from '../../clearing/contract/index.ts';
import type { Queue, StoredReversal } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { decodeReversal } from '../payment/reversal-content.ts';
import { present } from '../present.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { ifSound } from './if-sound.ts';
import type { Troubles } from './troubles.ts';

export interface ReversalParts {
  readonly queue: Pick<Queue, 'reversals'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly troubles: Troubles;
  readonly timeoutMs: number;
}

type Away = Extract<ClearingAnswer<never>, { kind: 'failed' }>;

/**
 * Sends every reversal that is due, once each: until it is acknowledged it stays due, whatever the host answers, and none is
 * ever dropped (design 4.5).
 * @param leftOver ids that have been tried in vain in this round: not tried again, and added to
 * @returns the failed answer of a host that is away; undefined when every reversal was tried
 */
export async function sendReversals(
  parts: ReversalParts,
  leftOver: Set<string>,
  signal: AbortSignal,
): Promise<Away | undefined> {
  for (const reversal of parts.queue.reversals.due()) {
    if (leftOver.has(reversal.id)) continue;
    const answer = await send(reversal, parts, signal);
    if (answer?.kind === 'failed' && !answer.thisAlone) return answer;
    if (answer?.kind === 'answered') {
      parts.queue.reversals.acknowledged(reversal.id, utc(parts.clock.now()));
      parts.troubles.settled('reversal-refused', reversal.id);
    } else leftOver.add(reversal.id);
  }
  return undefined;
}

/** Undefined when the reversal cannot be read, or not be sent. */
async function send(
  { id, paymentId, content }: StoredReversal,
  { queue, client, clock, log, troubles, timeoutMs }: ReversalParts,
  signal: AbortSignal,
): Promise<ClearingAnswer<{ effect: string }> | undefined> {
  const fields = { paymentId, reversal: id };
  const body = decodeReversal(content);
  if (body === undefined) {
    troubles.note('reversal-refused', id, { ...fields, detail: 'a reversal cannot be read' });
    return undefined;
  }
  if (!ifSound(() => queue.reversals.attempted(id, utc(clock.now())))) {
    troubles.note('reversal-refused', id, {
      ...fields,
      detail: 'the row of a reversal is no longer as it was written',
    });
    return undefined;
  }
  const path = '/v1/reversals';
  const asked = { method: 'POST', path, key: id, body, fresh: true } as const;
  const answer = await client.send({ ...asked, answer: reversalAnswer, timeoutMs, signal });
  if (answer.kind === 'answered' && answer.value.id !== id)
    return { kind: 'failed', why: 'an answer to another reversal' };
  if (answer.kind === 'answered') log.info({ ...fields, effect: answer.value.effect }, 'reversal acknowledged');
  // Unless the receipt of a bundle has acknowledged it meanwhile.
  if (answer.kind === 'refused' && queue.reversals.due().some((due) => due.id === id)) {
    const { code, detail } = answer;
    troubles.note('reversal-refused', id, { ...fields, code, ...present({ detail }) });
  }
  return answer;
}
