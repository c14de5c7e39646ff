import type { BatchStatus, SettlementsPage } from '../../contract/index.ts';
import { acknowledge } from '../batches/acknowledge.ts';
import { findBatch } from '../batches/batch-store.ts';
import type { HostContext } from '../context.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import { cursorOf, placeOf, settlementItem, settlementOf, settlementsAfter } from './settlement-rows.ts';

/** What has settled of one terminal, in any of its epochs. */
export async function settlementsOf(
  { database }: HostContext,
  { terminal }: Terminal,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<SettlementsPage> {
  const from = await placeOf(database, after);
  if (from === undefined) throw clearingProblem('bad-cursor', { detail: 'leave out `after` to begin at the oldest' });
  const rows = await settlementsAfter(database, { after: from, limit, terminal });
  const last = rows.at(-1);
  return { items: rows.map(settlementItem), next: last === undefined ? null : cursorOf(last) };
}

/** What became of a batch. One of another terminal is as unknown as one that never was. */
export async function batchStatusOf(context: HostContext, { terminal }: Terminal, id: string): Promise<BatchStatus> {
  const batch = await findBatch(context.database, id);
  if (batch === undefined || batch.terminal !== terminal) throw clearingProblem('batch-unknown');
  const acknowledgement = await acknowledge(context, id);
  const settled = await settlementOf(context.database, id);
  const receivedAt = batch.received_at;
  if (settled === undefined) return { id, state: 'accepted', receivedAt, acknowledgement };
  return { id, state: 'settled', receivedAt, acknowledgement, settlement: settlementItem(settled) };
}
