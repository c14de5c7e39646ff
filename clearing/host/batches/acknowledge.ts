import { z } from 'zod';
import { DISPUTE_REASONS } from '../../contract/batch.ts';
import type { AcknowledgementAnswer } from '../../contract/index.ts';
import { type Acknowledgement, acknowledgementBytes } from '../../contract/record/index.ts';
import type { SignedWith } from '../../hsm/index.ts';
import type { HostContext } from '../context.ts';
import { type BatchRow, findBatch } from './batch-store.ts';

const verdictRow = z.discriminatedUnion('verdict', [
  z.object({ sequence: z.int(), verdict: z.literal('accepted') }),
  z.object({ sequence: z.int(), verdict: z.literal('disputed'), reason: z.enum(DISPUTE_REASONS) }),
]);

/** The acknowledgement of a batch that is committed. It is signed once; every later answer is the same bytes. */
export async function acknowledge(context: HostContext, batchId: string): Promise<AcknowledgementAnswer> {
  const { database } = context;
  const batch = await findBatch(database, batchId);
  if (batch === undefined) throw new Error(`batch ${batchId} is to be acknowledged and is not there`);
  const rows = await database.rows(
    verdictRow,
    'select sequence, verdict, reason from records where batch_id = $1 order by sequence',
    [batchId],
  );
  const content = {
    terminal: batch.terminal,
    epoch: batch.epoch,
    firstSequence: batch.first_sequence,
    lastSequence: batch.last_sequence,
    chainHash: batch.chain_head,
    verdicts: [...rows],
  } satisfies Acknowledgement;
  const signed = signatureOf(batch) ?? (await sign(context, batchId, acknowledgementBytes(content)));
  return { ...content, ...signed };
}

const signatureOf = ({ key_id: keyId, acknowledgement_signature: signature }: BatchRow): SignedWith | undefined =>
  keyId !== null && signature !== null ? { keyId, signature } : undefined;

/** Of two answers that are made at once, the first signature stays. */
async function sign({ database, hsm }: HostContext, batchId: string, bytes: Uint8Array): Promise<SignedWith> {
  const made = hsm.sign('acknowledgement', bytes);
  await database.run(
    `update batches set key_id = $2, acknowledgement_signature = $3
     where id = $1 and acknowledgement_signature is null`,
    [batchId, made.keyId, made.signature],
  );
  const batch = await findBatch(database, batchId);
  return (batch && signatureOf(batch)) ?? made;
}
