import { z } from 'zod';
import { equalBytes } from '../../../emv/values/index.ts';
import type { AcknowledgementAnswer, BatchRequest } from '../../contract/index.ts';
import { sealContentBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { clearingProblem } from '../problems.ts';
import { assertOpen, type Terminal } from '../terminals/authenticate.ts';
import { hashAt } from '../terminals/chain-position.ts';
import { acknowledge, acknowledgeNew } from './acknowledge.ts';
import { applyRecords, RecordFailure } from './apply.ts';
import { type BatchRow, findBatch, insertBatch, sealOf } from './batch-store.ts';
import { type CheckedBatch, checkNext, faultOfOverlap, faultOfSeal, type Head } from './check-batch.ts';
import { lostAndBack, type OwnWord, ownWord } from './own-word.ts';

/**
 * Takes a batch in: all of it in one transaction, or nothing. Sending the same batch again changes nothing and gets the same
 * acknowledgement, which leaves this function only once the batch is held (design 4.6).
 */
export async function receiveBatch(
  context: HostContext,
  terminal: Terminal,
  request: BatchRequest,
): Promise<AcknowledgementAnswer> {
  const { database, log } = context;
  const { batchId } = request.seal;
  const fields = { terminal: terminal.terminal, epoch: terminal.epoch, batch: batchId };
  const fault = faultOfSeal(request, terminal);
  if (fault !== undefined) throw fault;
  const before = ownWord(request, context.hsm);
  const attempt = (carefully: boolean) =>
    database.transaction((tx) => receive(tx, context, terminal, { ...request, carefully, before }));
  const checked = await attempt(false).catch((error: unknown) => {
    if (!(error instanceof RecordFailure)) throw error;
    return attempt(true);
  });
  if (checked.kind === 'refused') {
    if (checked.grave) log.error({ ...fields, code: checked.problem.code, at: checked.sequence }, 'batch refused');
    throw checked.problem;
  }
  if (checked.kind === 'held') return acknowledge(context, batchId);
  if (before === undefined) log.info({ ...fields, records: request.seal.count }, 'batch received');
  else log.error(fields, `${lostAndBack(request.seal)}; find out what else is missing (docs/operations.md)`);
  return checked.acknowledgement;
}

type Attempt = Omit<BatchRequest, 'acknowledged'> & {
  readonly carefully: boolean;
  /** The host's own word of before, proven. */
  readonly before: OwnWord | undefined;
};

type Received =
  | Extract<CheckedBatch, { kind: 'refused' }>
  | { readonly kind: 'held' }
  /** The acknowledgement is nobody's before the commit. */
  | { readonly kind: 'stored'; readonly acknowledgement: AcknowledgementAnswer };

async function receive(tx: Transaction, context: HostContext, terminal: Terminal, request: Attempt): Promise<Received> {
  const head = await lockEpoch(tx, terminal);
  const sameId = await findBatch(tx, request.seal.batchId);
  if (sameId !== undefined && isHeld(sameId, terminal, request)) return { kind: 'held' };
  assertOpen({ ...terminal, closed: head.closed });
  const checked =
    request.seal.firstSequence > head.sequence
      ? checkNext(request, head)
      : await compareWithHeld(tx, terminal, request, head);
  if (checked.kind === 'refused') {
    if (checked.grave) await noteRefusal(tx, terminal, checked, moment(context.now()));
    return checked;
  }
  // A batch id that this terminal used before for other records would have been an overlap; above the head it is a mix-up.
  if (sameId !== undefined) {
    throw clearingProblem('id-reused', { detail: 'this terminal has sent another batch with this id' });
  }
  await store(tx, context, terminal, request, checked);
  return { kind: 'stored', acknowledgement: await acknowledgeNew(tx, context.hsm, request.seal) };
}

const NONE: ReadonlySet<number> = new Set();

/** Batches of one terminal wait for each other here. */
async function lockEpoch(tx: Transaction, { terminal, epoch }: Terminal): Promise<Head & { readonly closed: boolean }> {
  return tx.one(
    z.object({ sequence: z.int(), hash: z.string(), closed: z.boolean() }),
    `select head_sequence as sequence, head_hash as hash, closed_at is not null as closed
     from epochs where terminal = $1 and epoch = $2 for update`,
    [terminal, epoch],
  );
}

/** The seal commits to every byte of the records, so the same seal is the same batch. */
function isHeld(held: BatchRow, terminal: Terminal, { seal }: BatchRequest): boolean {
  if (equalBytes(sealContentBytes(sealOf(held)), sealContentBytes(seal))) return true;
  if (held.terminal !== terminal.terminal) throw clearingProblem('id-reused', { detail: 'another batch has this id' });
  // The same terminal seals one batch in two ways: its records decide whether that is a fork.
  return false;
}

async function compareWithHeld(
  tx: Transaction,
  { terminal, epoch }: Terminal,
  request: BatchRequest,
  head: Head,
): Promise<CheckedBatch> {
  const { firstSequence } = request.seal;
  const before = await hashAt(tx, terminal, epoch, firstSequence - 1);
  if (before === undefined) throw new Error(`record ${firstSequence - 1} is missing below the head of ${terminal}`);
  const rows = await tx.rows(
    z.object({ sequence: z.int(), hash: z.string() }),
    `select sequence, chain_hash as hash from records where terminal = $1 and epoch = $2 and sequence >= $3`,
    [terminal, epoch, firstSequence],
  );
  return faultOfOverlap(request, head, before, new Map(rows.map(({ sequence, hash }) => [sequence, hash])));
}

async function store(
  tx: Transaction,
  context: HostContext,
  terminal: Terminal,
  request: Attempt,
  { records }: Extract<CheckedBatch, { kind: 'fits' }>,
): Promise<void> {
  const { seal, signature, carefully, before } = request;
  const at = moment(context.now());
  await insertBatch(tx, { ...seal, merchant: terminal.merchant, signature, receivedAt: at });
  if (before !== undefined) {
    const { terminal: name, epoch, firstSequence: sequence } = seal;
    await noteIncident(tx, { kind: 'records-lost', terminal: name, epoch, sequence, detail: lostAndBack(seal), at });
  }
  const acceptedBefore = before?.accepted ?? NONE;
  await applyRecords(tx, context, terminal, { id: seal.batchId, chained: records, carefully, acceptedBefore });
  await tx.run('update epochs set head_sequence = $3, head_hash = $4 where terminal = $1 and epoch = $2', [
    terminal.terminal,
    terminal.epoch,
    seal.lastSequence,
    seal.chainHead,
  ]);
}

const noteRefusal = (
  tx: Transaction,
  { terminal, epoch }: Terminal,
  { problem, sequence }: Extract<CheckedBatch, { kind: 'refused' }>,
  at: string,
) =>
  noteIncident(tx, {
    kind: `batch-${problem.code}`,
    terminal,
    epoch,
    sequence,
    detail: problem.message,
    at,
  });
