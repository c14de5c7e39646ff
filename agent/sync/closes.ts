import type { Logger } from 'pino';
import {
  type Comparison,
  type ComparisonRequest,
  comparison,
  type Difference,
  MAX_COMPARED,
} from '../../clearing/contract/index.ts';
import { claimDigest, comparisonBytes } from '../../clearing/contract/record/index.ts';
import { sm3 } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import type { FoundRecord, Identity, Queue, StoredClose } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { type Random, uuid } from '../random.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import { isSigned } from './signed.ts';

export interface CloseParts {
  readonly queue: Pick<Queue, 'batches' | 'closes' | 'records' | 'identity'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timeoutMs: number;
  /** The centre has answered for a close. */
  readonly changed: (close: number) => void;
}

/**
 * Has the centre compare every close that is not complete, record by record. A close is complete when the centre lacks
 * none of its records: until then it is compared again, whenever something was uploaded and at the loop's interval.
 */
export async function closeRound(parts: CloseParts, signal: AbortSignal): Promise<Round> {
  const me = parts.queue.identity.get();
  if (me === undefined) return { kind: 'done' };
  for (const close of parts.queue.closes.waiting()) {
    if (isBeingUploaded(close, parts)) return { kind: 'done', nextMs: UPLOAD_PATIENCE_MS };
    const failed = await compareClose(close, me, parts, signal);
    if (failed !== undefined) return failed;
  }
  return { kind: 'done' };
}

/** A batch that is still here by then is not on its way: the centre is asked all the same, and its list says what it lacks. */
const UPLOAD_PATIENCE_MS = 30_000;

/** Each acknowledgement wakes the loop. A clock that was set only makes the comparison come sooner. */
function isBeingUploaded({ last, closedAt }: StoredClose, { queue, clock }: CloseParts): boolean {
  const isIn = queue.batches
    .toUpload()
    .some(({ epoch, firstSequence }) => epoch === last.epoch && firstSequence <= last.sequence);
  return isIn && Math.abs(clock.now() - Date.parse(closedAt)) < UPLOAD_PATIENCE_MS;
}

async function compareClose(
  close: StoredClose,
  me: Identity,
  parts: CloseParts,
  signal: AbortSignal,
): Promise<Round | undefined> {
  const report: Comparison[] = [];
  for (const range of rangesOf(close, parts)) {
    let { first, last } = range;
    while (first <= last) {
      const page = await comparePage(
        { ...range, first, last: Math.min(last, first + MAX_COMPARED - 1) },
        me,
        parts,
        signal,
      );
      if ('kind' in page) return page;
      report.push(page);
      first = page.lastSequence + 1;
      last = Math.max(last, heldBehindHead(range, page, parts));
    }
  }
  for (const { epoch, sequence } of disputedBefore(close, parts)) {
    const page = await comparePage({ epoch, first: sequence, last: sequence }, me, parts, signal);
    if ('kind' in page) return page;
    if (page.differences.some(isDecided)) report.push(page);
  }
  const differences = report.flatMap((page) => page.differences);
  const complete = differences.every(({ kind }) => kind !== 'missing-at-centre');
  parts.queue.closes.compared(close.number, { report, complete }, utc(parts.clock.now()));
  parts.changed(close.number);
  const counted = { close: close.number, records: close.count, differences: differences.length, complete };
  if (differences.length === 0) parts.log.info(counted, 'close compared: terminal and centre agree');
  else parts.log.warn(counted, 'close compared: terminal and centre differ; `jdpos batch closes` lists the records');
  return undefined;
}

/** Closes before this one, and disputed records of theirs, of which the centre is asked again. */
const LOOKED_BACK = 60;
const MOST_ASKED_AGAIN = 200;

/**
 * What earlier closes left disputed, newest first: an operator of the centre decides days later, and a close that was answered stays as
 * it is, so the next one tells of it, once.
 */
function disputedBefore({ number }: StoredClose, { queue }: CloseParts) {
  const found = queue.closes.list({ limit: LOOKED_BACK });
  const before = 'items' in found ? found.items.filter((close) => close.number < number) : [];
  const known = new Set<string>();
  const disputed = before.flatMap(({ report = [] }) =>
    report.flatMap((page) => {
      const { data } = comparison.safeParse(page);
      return data?.differences.map((difference) => ({ epoch: data.epoch, difference })) ?? [];
    }),
  );
  return disputed
    .flatMap(({ epoch, difference }) => {
      const { kind, sequence } = difference;
      const name = `${epoch}-${sequence}`;
      if (kind !== 'disputed' || known.has(name)) return [];
      known.add(name);
      return isDecided(difference) ? [] : [{ epoch, sequence }];
    })
    .slice(0, MOST_ASKED_AGAIN);
}

/** Has the money of a disputed record found its way, or been given up? */
const isDecided = (difference: Difference): boolean =>
  difference.kind === 'disputed' &&
  (difference.suspense !== undefined || difference.debt === 'collected' || difference.debt === 'waived');

export interface EpochRange {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
}

const NO_SEQUENCE_BEYOND = 2 ** 32 - 1;

interface RecordSource {
  readonly queue: { readonly records: Pick<Queue['records'], 'between'> };
}

/** The part of each epoch; a close goes over an enrolment. */
export function rangesOf({ first, last }: StoredClose, { queue }: RecordSource): readonly EpochRange[] {
  const ranges: EpochRange[] = [];
  for (let epoch = first.epoch; epoch <= last.epoch; epoch++) {
    const begin = epoch === first.epoch ? first.sequence : 1;
    const end =
      epoch === last.epoch
        ? last.sequence
        : (queue.records.between(epoch, begin, NO_SEQUENCE_BEYOND).at(-1)?.sequence ?? begin - 1);
    ranges.push({ epoch, first: begin, last: end });
  }
  return ranges;
}

/** More than that is no list for people. */
const MOST_BEHIND_HEAD = 10 * MAX_COMPARED;

/** What the centre holds behind the terminal's own head was written by a terminal that is not this one any more: it is listed too. */
function heldBehindHead({ epoch }: EpochRange, { heldUpTo }: Comparison, { queue }: CloseParts): number {
  const head = queue.records.head();
  const isBehind = head.epoch === epoch && heldUpTo > head.sequence;
  return isBehind ? Math.min(heldUpTo, head.sequence + MOST_BEHIND_HEAD) : 0;
}

async function comparePage(
  { epoch, first, last }: EpochRange,
  me: Identity,
  { queue, client, random, log, timeoutMs }: CloseParts,
  signal: AbortSignal,
): Promise<Comparison | Round> {
  const records = queue.records.between(epoch, first, last).map(claimOf);
  const body: ComparisonRequest = { id: uuid(random), epoch, firstSequence: first, lastSequence: last, records };
  const answer = await client.send({
    method: 'POST',
    path: '/v1/comparisons',
    key: body.id,
    body,
    answer: comparison,
    timeoutMs,
    signal,
  });
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'refused') {
    log.error({ code: answer.code, detail: answer.detail }, 'the host refuses to compare; the close waits');
    return { kind: 'failed' };
  }
  if (isAnswerTo(body, answer.value, me)) return answer.value;
  log.error('a comparison is not signed by the host, or is another one; it is asked for again');
  return { kind: 'failed' };
}

const claimOf = ({ sequence, canonical, record }: FoundRecord): ComparisonRequest['records'][number] => ({
  sequence,
  digest: toHex(sm3(canonical)),
  ...(record && { outcome: record.outcome, amountMinor: record.amountMinor }),
});

function isAnswerTo(body: ComparisonRequest, answer: Comparison, me: Identity): boolean {
  const { terminal, epoch, firstSequence, lastSequence, keyId: _, signature, ...content } = answer;
  const bytes = () => comparisonBytes({ terminal, epoch, firstSequence, lastSequence, content });
  return (
    answer.id === body.id &&
    terminal === me.terminal &&
    epoch === body.epoch &&
    firstSequence === body.firstSequence &&
    lastSequence === body.lastSequence &&
    answer.claim === claimDigest(body.records) &&
    isSigned(me.hostAcknowledgementKey, bytes, signature)
  );
}
