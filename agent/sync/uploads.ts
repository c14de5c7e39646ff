import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { acknowledgement, type BatchRequest } from '../../clearing/contract/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { present } from '../present.ts';
import type { Random } from '../random.ts';
import { faultOfAcknowledgement } from './acknowledgement.ts';
import { batchRequest } from './batch-request.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import type { Counters } from './counters.ts';
import { failedRound, type Round } from './loop.ts';
import { sealUnlessMissing } from './seal-unless-missing.ts';
import type { Sealer } from './sealer.ts';
import { type LostAtHost, nothingLost, sendAgain } from './send-again.ts';
import type { Troubles } from './troubles.ts';
import type { UploadRound } from './upload-round.ts';

export interface UploadParts {
  readonly queue: Pick<Queue, 'archive' | 'batches' | 'records' | 'reversals'>;
  readonly identity: () => Identity | undefined;
  readonly sealer: Sealer;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly troubles: Troubles;
  readonly counters: Counters;
  readonly timeoutMs: number;
  /** What the host was found to have lost; absent where nobody asks it where it stands. */
  readonly lost?: LostAtHost;
  /** A batch has changed its state. */
  readonly changed: () => void;
}

/**
 * Seals what is due and sends the oldest batch that the host does not hold yet; `more` when it was acknowledged. The host
 * takes batches in order: one that fails keeps the later ones waiting, since they would be a gap. While it is busy with one,
 * the body of the next is made; that one is counted as submitted in the commit that stores the acknowledgement, so that a
 * batch of a long queue costs one wait for the disk.
 */
export async function uploadNext(parts: UploadParts, round: UploadRound, signal: AbortSignal): Promise<Round> {
  const nextMs = sealDue(parts);
  const me = parts.identity();
  if (me === undefined) return { kind: 'done' };
  const [batch, next] = waiting(parts, round, me);
  const again = { me, round, submit: (lost: StoredBatch) => submit({ batch: lost, me, round, signal }, parts) };
  if (batch === undefined) {
    const expectedSequence = parts.lost?.from();
    if (expectedSequence === undefined) return { kind: 'done', ...present({ nextMs }) };
    return sendAgain({ expectedSequence, ...again }, parts);
  }
  const { id } = batch;
  if (batch.state === 'sealed') parts.queue.batches.submitted(id, utc(parts.clock.now()));
  const sent = submit({ batch, me, round, signal }, parts);
  if (next !== undefined) {
    // The request goes out first; what becomes of it is seen below.
    sent.catch(() => {});
    await pause();
    round.prepare(next, me);
  }
  const answer = await sent;
  // The receipt of a bundle has said so meanwhile.
  if (parts.queue.batches.get(id)?.acknowledgement !== undefined) return { kind: 'more' };
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'answered') return accept({ batch, me, round, next }, answer.value, parts);
  const { code, expectedSequence } = answer;
  if (code === 'gap' && expectedSequence !== undefined) {
    const wanted = waitingAt(expectedSequence, parts, me);
    if (wanted !== undefined && !round.sentAgain.has(wanted.id)) {
      round.sentAgain.add(wanted.id);
      round.wanted = expectedSequence;
      return { kind: 'more' };
    }
    return sendAgain({ expectedSequence, refused: batch, ...again }, parts);
  }
  return refused(batch, answer, parts);
}

/** Gives the time until the next is due. */
function sealDue({ sealer, troubles }: UploadParts): number | undefined {
  let whole = true;
  const nextMs = sealUnlessMissing(sealer.sealDue, (detail) => {
    whole = false;
    troubles.note('record-missing', '', { detail });
  });
  if (whole) troubles.settled('record-missing', '');
  return nextMs;
}

/** The batch whose turn it is, and the next. They lie in the order in which they were sealed, unless another hand has changed that. */
function waiting(parts: UploadParts, { wanted }: UploadRound, me: Identity): readonly StoredBatch[] {
  const first = wanted === undefined ? undefined : waitingAt(wanted, parts, me);
  return first === undefined ? parts.queue.batches.toUpload(2) : [first];
}

/** The batch that begins with a record, if the host has not acknowledged it. */
function waitingAt(sequence: number, { queue }: UploadParts, { epoch }: Identity): StoredBatch | undefined {
  const found = queue.batches.holding(epoch, sequence);
  return found?.firstSequence === sequence && found.acknowledgement === undefined ? found : undefined;
}

interface Sending {
  readonly batch: StoredBatch;
  readonly me: Identity;
  readonly round: UploadRound;
  readonly signal: AbortSignal;
}

type Answer = ClearingAnswer<ReturnType<typeof acknowledgement.parse>>;
type Refused = Extract<Answer, { kind: 'refused' }>;

/**
 * Sends a batch. What the host's schema refuses of single records goes up once more as bytes that nobody can read, so that
 * they are parked there with their reason and the rest goes on (design 4.7).
 */
async function submit({ batch, me, round, signal }: Sending, parts: UploadParts): Promise<Answer> {
  const send = (body: BatchRequest): Promise<Answer> =>
    parts.client.send({
      method: 'POST',
      path: '/v1/batches',
      key: batch.id,
      body,
      answer: acknowledgement,
      timeoutMs: parts.timeoutMs,
      signal,
    });
  // What the host once said of the batch goes back to it, when it has lost that.
  const before = acknowledgement.safeParse(batch.acknowledgement).data;
  const whole = (body: BatchRequest): BatchRequest => (before === undefined ? body : { ...body, acknowledged: before });
  const answer = await send(whole(round.body(batch, me)));
  const misfits = answer.kind === 'refused' ? misfitsIn(answer, batch) : [];
  if (misfits.length === 0) return answer;
  parts.log.error({ batch: batch.id, records: misfits }, 'the host cannot read some records; they go up as mere bytes');
  return send(whole(batchRequest(batch, me, parts, new Set(misfits))));
}

/** Sequences of the records that the host's schema refuses. */
function misfitsIn({ code, pointers = [] }: Refused, { firstSequence, count }: StoredBatch): readonly number[] {
  if (code !== 'invalid-request') return [];
  const places = pointers.map((pointer) => /^\/records\/([0-9]{1,4})(\/|$)/.exec(pointer)?.[1]);
  // Something else is wrong as well: that is not mended by parking records.
  if (places.includes(undefined)) return [];
  return [...new Set(places.map(Number))].filter((place) => place < count).map((place) => firstSequence + place);
}

function accept(
  { batch, me, round, next }: Omit<Sending, 'signal'> & { readonly next: StoredBatch | undefined },
  document: ReturnType<typeof acknowledgement.parse>,
  { queue, clock, log, troubles, counters, changed }: UploadParts,
): Round {
  const { id } = batch;
  const fault = faultOfAcknowledgement(document, batch, me, round.hostKey(me));
  if (fault !== undefined) {
    troubles.note('acknowledgement-invalid', id, { batch: id, fault });
    return { kind: 'failed' };
  }
  const { verdicts } = document;
  queue.batches.accepted(id, { document, verdicts }, utc(clock.now()), next?.id);
  const disputed = verdicts.filter(({ verdict }) => verdict === 'disputed').length;
  counters.acknowledged(batch.count, disputed);
  log.info({ batch: id, records: batch.count, disputed }, 'batch acknowledged');
  troubles.settled('acknowledgement-invalid', id);
  troubles.settled('batch-refused', id);
  nothingLost({ troubles }, me);
  changed();
  return { kind: 'more' };
}

function refused({ id }: StoredBatch, { status, code, detail }: Refused, { troubles }: UploadParts): Round {
  troubles.note('batch-refused', id, { batch: id, status, code, ...present({ detail }) });
  return { kind: 'failed' };
}
