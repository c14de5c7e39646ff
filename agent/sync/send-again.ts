import type { Logger } from 'pino';
import type { AcknowledgementAnswer } from '../../clearing/contract/index.ts';
import { type Identity, type Queue, QueueError, type StoredBatch } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import { someOf } from '../some-of.ts';
import { contradictions, faultOfAcknowledgement } from './acknowledgement.ts';
import type { ClearingAnswer } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import type { Troubles } from './troubles.ts';
import type { UploadRound } from './upload-round.ts';

/** Acknowledged records that the host does not hold any more, found without anything new to be sent. */
export interface LostAtHost {
  /** Sequence of the first of them; undefined when none is known to be lost. */
  from(): number | undefined;
  /** It holds them again, up to this one. */
  heldAgain(sequence: number): void;
}

interface Lost {
  /** What the host expects next. */
  readonly expectedSequence: number;
  /** What it refuses as a gap; absent when there was nothing new to be sent. */
  readonly refused?: StoredBatch;
  readonly me: Identity;
  readonly round: UploadRound;
  /** Sends a batch, and with it what the host had signed for it. */
  readonly submit: (batch: StoredBatch) => Promise<ClearingAnswer<AcknowledgementAnswer>>;
}

interface Parts {
  readonly queue: Pick<Queue, 'archive' | 'batches' | 'reversals'>;
  readonly troubles: Troubles;
  readonly log: Logger;
  readonly lost?: LostAtHost;
}

/**
 * The host stands before what it had acknowledged: it has lost that since, as a centre does that was restored from a copy, and gets it
 * again, archived or not, with its own signature of before. What it says of those records now must be what it said then.
 */
export async function sendAgain(lost: Lost, parts: Parts): Promise<Round> {
  const { troubles } = parts;
  const { expectedSequence, refused, me, round } = lost;
  const missing = missingBatch(lost, parts);
  if (missing === undefined) {
    const detail = `the host expects record ${expectedSequence} of epoch ${me.epoch}, which begins no batch that it had acknowledged`;
    troubles.note('batch-refused', refused?.id ?? subjectOf(me), { code: 'gap', detail });
    return { kind: 'failed' };
  }
  const { id, firstSequence: first, lastSequence: last } = missing;
  const isFirst = round.sentAgain.size === 0;
  round.sentAgain.add(id);
  // What was reversed may be held again there. Before the last batch goes, since with it the host has nothing to be asked for any more.
  if (isLastLost(missing, parts)) parts.queue.reversals.dueAgain();
  const answer = await submitReadable(missing, lost);
  const remedy = answer.kind === 'unreadable' ? ` ${answer.remedy}` : '';
  const detail = isFirst ? `${whatIsLost(lost, parts)}${remedy}` : undefined;
  if (remedy !== '') nothingLost(parts, me);
  troubles.note('records-lost-at-host', subjectOf(me), { batch: id, first, last, ...present({ detail }) });
  if (answer.kind === 'unreadable') return { kind: 'failed' };
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'refused') {
    const { status, code, detail: why } = answer;
    troubles.note('batch-refused', subjectOf(me), { batch: id, status, code, ...present({ detail: why }) });
    return { kind: 'failed' };
  }
  return heldAgain(missing, answer.value, lost, parts);
}

/** There is one at a time, and what is wrong with a batch that is sent again ends with it. */
const subjectOf = ({ epoch }: Pick<Identity, 'epoch'>): string => `epoch ${epoch}`;

/** The host was seen to hold all that it has acknowledged. */
export function nothingLost({ troubles }: Pick<Parts, 'troubles'>, me: Pick<Identity, 'epoch'>): void {
  for (const code of ['records-lost-at-host', 'batch-refused', 'acknowledgement-invalid'] as const)
    troubles.settled(code, subjectOf(me));
}

/** An archive file that is not there, or not the one that was written, keeps what is newer from going up: it is named. */
async function submitReadable(
  batch: StoredBatch,
  { submit }: Lost,
): Promise<ClearingAnswer<AcknowledgementAnswer> | { readonly kind: 'unreadable'; readonly remedy: string }> {
  try {
    return await submit(batch);
  } catch (error) {
    if (!(error instanceof QueueError && error.code === 'bad-archive')) throw error;
    return { kind: 'unreadable', remedy: `It cannot be sent, and nothing newer either: ${error.message}` };
  }
}

function heldAgain(
  batch: StoredBatch,
  document: AcknowledgementAnswer,
  { me }: Lost,
  { queue, troubles, log, lost }: Parts,
): Round {
  const { id, epoch, firstSequence: first, lastSequence: last } = batch;
  const fault = faultOfAcknowledgement(document, batch, me);
  if (fault !== undefined) {
    troubles.note('acknowledgement-invalid', subjectOf(me), { batch: id, fault });
    return { kind: 'failed' };
  }
  log.warn({ batch: id, first, last }, 'the host holds again what it had lost');
  troubles.settled('acknowledgement-invalid', subjectOf(me));
  troubles.settled('batch-refused', subjectOf(me));
  const changed = contradictions(document, batch);
  if (changed !== undefined) {
    const detail = `the centre, which had lost them, now says of records ${first} to ${last} of epoch ${epoch}: ${changed}. What it had signed before stays here; the centre must compare`;
    troubles.note('acknowledgement-contradicts', id, { batch: id, detail });
  }
  lost?.heldAgain(last);
  if (isLastLost(batch, { queue })) nothingLost({ troubles }, me);
  return { kind: 'more' };
}

/** What the host has acknowledged ends with this one. */
const isLastLost = ({ epoch, lastSequence }: StoredBatch, { queue }: Pick<Parts, 'queue'>): boolean =>
  acknowledgedAt(queue, epoch, lastSequence + 1) === undefined;

type Batches = Pick<Queue, 'batches'>;

/** The batch that holds a record, if the host has acknowledged it. */
export function acknowledgedAt({ batches }: Batches, epoch: number, sequence: number): StoredBatch | undefined {
  const batch = batches.holding(epoch, sequence);
  return batch?.acknowledgement === undefined ? undefined : batch;
}

/** What the host has acknowledged from a record on, batch by batch. */
export function* acknowledgedFrom(queue: Batches, epoch: number, sequence: number): Generator<StoredBatch> {
  let batch = acknowledgedAt(queue, epoch, sequence);
  for (; batch !== undefined; batch = acknowledgedAt(queue, epoch, batch.lastSequence + 1)) yield batch;
}

/** The acknowledged batch that begins with what the host expects; undefined too when it has had it in this round. */
function missingBatch({ expectedSequence, me, round }: Lost, { queue }: Parts): StoredBatch | undefined {
  const batch = acknowledgedAt(queue, me.epoch, expectedSequence);
  if (batch?.firstSequence !== expectedSequence) return undefined;
  return round.sentAgain.has(batch.id) ? undefined : batch;
}

/** More files than these in a sentence help nobody. */
const MAX_NAMED = 3;

/** For whoever looks after the terminal: from where to where, how many, how much, and where it lies here. */
function whatIsLost({ expectedSequence, me }: Lost, { queue }: Parts): string {
  let [count, totalMinor, next] = [0, 0, expectedSequence];
  for (const batch of acknowledgedFrom(queue, me.epoch, expectedSequence)) {
    count += batch.count;
    totalMinor += batch.totalMinor;
    next = batch.lastSequence + 1;
  }
  const files = queue.archive
    .list()
    .filter(({ first, last }) => first.epoch <= me.epoch && isBehind(last, me.epoch, expectedSequence))
    .map(({ file }) => file);
  const archived =
    files.length === 0
      ? ''
      : ` Of the archive: ${someOf(files, MAX_NAMED)}, without card numbers, which the centre has.`;
  return `The centre has lost records ${expectedSequence} to ${next - 1} of epoch ${me.epoch} (${count} records, ${(totalMinor / 100).toFixed(2)} yuan), which it had acknowledged; they are sent again.${archived}`;
}

const isBehind = (last: { readonly epoch: number; readonly sequence: number }, epoch: number, sequence: number) =>
  last.epoch > epoch || (last.epoch === epoch && last.sequence >= sequence);
