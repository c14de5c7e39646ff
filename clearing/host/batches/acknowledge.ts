import { z } from 'zod';
import { DISPUTE_REASONS } from '../../contract/batch.ts';
import type { AcknowledgementAnswer } from '../../contract/index.ts';
import { type Acknowledgement, acknowledgementBytes, type SealContent } from '../../contract/record/index.ts';
import type { Hsm, SignedWith } from '../../hsm/index.ts';
import type { HostContext } from '../context.ts';
import type { Statements, Transaction } from '../database/database.ts';
import { type BatchRow, findBatch } from './batch-store.ts';

const verdictRow = z.discriminatedUnion('verdict', [
  z.object({ sequence: z.int(), verdict: z.literal('accepted') }),
  z.object({ sequence: z.int(), verdict: z.literal('disputed'), reason: z.enum(DISPUTE_REASONS) }),
]);

type Signable = Pick<
  BatchRow,
  | 'id'
  | 'terminal'
  | 'epoch'
  | 'first_sequence'
  | 'last_sequence'
  | 'chain_head'
  | 'key_id'
  | 'acknowledgement_signature'
>;

/** The acknowledgement of a batch that is committed. It is signed once; every later answer is the same bytes. */
export async function acknowledge({ database, hsm }: HostContext, batchId: string): Promise<AcknowledgementAnswer> {
  const batch = await findBatch(database, batchId);
  if (batch === undefined) throw new Error(`batch ${batchId} is to be acknowledged and is not there`);
  return acknowledgementOf(database, hsm, batch);
}

/**
 * The same for a batch that this transaction takes in, so that one commit holds the batch and the signature over it. Nobody may see
 * it before that commit (design 4.6).
 */
export function acknowledgeNew(tx: Transaction, hsm: Hsm, seal: SealContent): Promise<AcknowledgementAnswer> {
  return acknowledgementOf(tx, hsm, {
    id: seal.batchId,
    terminal: seal.terminal,
    epoch: seal.epoch,
    first_sequence: seal.firstSequence,
    last_sequence: seal.lastSequence,
    chain_head: seal.chainHead,
    key_id: null,
    acknowledgement_signature: null,
  });
}

async function acknowledgementOf(statements: Statements, hsm: Hsm, batch: Signable): Promise<AcknowledgementAnswer> {
  const rows = await statements.rows(
    verdictRow,
    'select sequence, verdict, reason from records where batch_id = $1 order by sequence',
    [batch.id],
  );
  const content = {
    terminal: batch.terminal,
    epoch: batch.epoch,
    firstSequence: batch.first_sequence,
    lastSequence: batch.last_sequence,
    chainHash: batch.chain_head,
    verdicts: [...rows],
  } satisfies Acknowledgement;
  const signed = signatureOf(batch) ?? (await sign(statements, hsm, batch.id, acknowledgementBytes(content)));
  return { ...content, ...signed };
}

const signatureOf = ({ key_id: keyId, acknowledgement_signature: signature }: Signable): SignedWith | undefined =>
  keyId !== null && signature !== null ? { keyId, signature } : undefined;

/** Of two answers that are made at once, the first signature stays. */
async function sign(statements: Statements, hsm: Hsm, batchId: string, bytes: Uint8Array): Promise<SignedWith> {
  const made = hsm.sign('acknowledgement', bytes);
  const changed = await statements.run(
    `update batches set key_id = $2, acknowledgement_signature = $3
     where id = $1 and acknowledgement_signature is null`,
    [batchId, made.keyId, made.signature],
  );
  if (changed === 1) return made;
  const batch = await findBatch(statements, batchId);
  return (batch && signatureOf(batch)) ?? made;
}
