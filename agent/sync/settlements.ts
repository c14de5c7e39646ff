import type { Logger } from 'pino';
import { type SettlementItem, settlementsPage } from '../../clearing/contract/index.ts';
import type { BatchState, Identity, Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { faultOfSettlement, isSettlementSigned } from './acknowledgement.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import type { Troubles } from './troubles.ts';

export interface SettlementParts {
  readonly queue: Pick<Queue, 'batches' | 'identity'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly troubles: Troubles;
  readonly timeoutMs: number;
  /** A batch has changed its state. */
  readonly changed: () => void;
}

const CURSOR = 'settlement-cursor';
const PAGE_BYTES = 2 * 1024 * 1024;

/** Fetches what has settled since the last time, while a batch of this terminal waits for it. */
export async function settlementRound(parts: SettlementParts, signal: AbortSignal): Promise<Round> {
  const { queue, client, log, timeoutMs } = parts;
  const me = queue.identity.get();
  const waiting = queue.batches.list({ state: 'accepted', limit: 1 });
  if (me === undefined || !('items' in waiting) || waiting.items.length === 0) return { kind: 'done' };

  const cursor = queue.identity.setting(CURSOR) || undefined;
  const path = `/v1/settlements${cursor === undefined ? '' : `?after=${encodeURIComponent(cursor)}`}`;
  const answer = await client.send({
    method: 'GET',
    path,
    answer: settlementsPage,
    fresh: true,
    timeoutMs,
    signal,
    maxBytes: PAGE_BYTES,
  });
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'refused' && answer.code === 'bad-cursor' && cursor !== undefined) {
    // Given out before the centre was put back from a copy: its list begins anew, and what is known of it stays.
    log.warn('the host does not know where its list was left; it is read from the beginning');
    queue.identity.setSetting(CURSOR, '');
    return { kind: 'more' };
  }
  if (answer.kind === 'refused') {
    log.error({ code: answer.code }, 'the host refuses to say what has settled');
    return { kind: 'failed' };
  }
  const { items, next } = answer.value;
  if (!items.every((item) => isSettlementSigned(item, me))) {
    log.error('a settlement is not signed by the host; the page is asked for again');
    return { kind: 'failed' };
  }
  for (const item of items) settle(item, me, parts);
  // One that came before its acknowledgement is asked for again, once the upload has fetched that.
  const early = items.some(({ batchId }) => isUnacknowledged(queue.batches.get(batchId)?.state));
  if (early || next === null || next === cursor || items.length === 0) return { kind: 'done' };
  queue.identity.setSetting(CURSOR, next);
  return { kind: 'more' };
}

const isUnacknowledged = (state: BatchState | undefined): boolean => state === 'sealed' || state === 'submitted';

/** A signed settlement that contradicts the terminal's own book is for people: it is logged, and the next one goes on. */
function settle(item: SettlementItem, me: Identity, { queue, clock, log, troubles, changed }: SettlementParts): void {
  const batch = queue.batches.get(item.batchId);
  const fields = { batch: item.batchId, reference: item.reference };
  if (batch !== undefined && batch.state !== 'accepted') return;
  // Of a folder that is no longer there: the terminal was declared lost, and enrolled anew from an empty one.
  if (batch === undefined && item.epoch < me.epoch) return;
  const fault = batch ? faultOfSettlement(item, batch, queue.batches.records(batch.id), me) : 'unknown-batch';
  if (batch === undefined || fault !== undefined) {
    troubles.note('settlement-contradicts', item.batchId, { ...fields, fault });
    return;
  }
  queue.batches.settled(batch.id, { document: item }, utc(clock.now()));
  log.info({ ...fields, totalMinor: item.totalMinor }, 'batch settled');
  changed();
}
