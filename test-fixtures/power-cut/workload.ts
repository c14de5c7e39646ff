import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import {
  AT,
  acknowledge,
  approval,
  IDENTITY,
  LATER,
  registration,
  sealBatch,
  settle,
} from '../../offline-queue/test-support.ts';
import type { Draw } from '../fuzz/draw.ts';

type Outcome = 'approved' | 'declined' | 'undecided';

/** One transaction of a queue, with the name under which it is told. */
export interface Step {
  readonly name: string;
  take(queue: Queue): void;
  /** Its first sync, if there is any, may be that of another file than the queue's. */
  readonly manyFiles?: true;
}

/** A card's token by number. */
export const token = (number: number): string => number.toString(16).toUpperCase().padStart(64, '0');

const text = (length: number): string => 'x'.repeat(length);
const range = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => token(from + at));

/** From a few bytes to many pages. */
const sizeOf = (draw: Draw): number => draw.pick([10, 700, 700, 3_000, 9_000, 20_000]);

/** What can be done next with the queue as it is: any of it makes sense, and is one transaction. */
export function nextSteps(queue: Queue, draw: Draw): readonly Step[] {
  if (queue.identity.get() === undefined) return [{ name: 'enrol', take: (q) => q.identity.enrol(IDENTITY) }];
  return [...paymentSteps(queue, draw), ...syncSteps(queue, draw), ...keySteps(queue)];
}

function paymentSteps(queue: Queue, draw: Draw): readonly Step[] {
  const [current] = queue.payments.unfinished();
  if (current === undefined) {
    const id = `p${draw.word()}`;
    const register: Step = { name: 'register', take: (q) => void q.payments.register(registration(id)) };
    return [register, register, register, ...reversalSteps(queue), ...findingSteps(queue)];
  }
  const { id } = current;
  const content = draw.bytes(sizeOf(draw));
  const open = queue.intents.pending().some(({ paymentId }) => paymentId === id);
  const save: Step = { name: 'intent', take: (q) => q.intents.save({ paymentId: id, content, at: AT }) };
  const reversal = `r ${id}`;
  const written = queue.reversals.unsent(id).length > 0;
  const write: Step = {
    name: 'reversal',
    take: (q) => q.reversals.write({ id: reversal, paymentId: id, content: content.subarray(0, 900), at: AT }),
  };
  if (!open) return [save, save, ...(written ? [] : [write]), end(current, 'declined', {})];
  const cancelled = written ? { cancelReversal: reversal } : {};
  return [
    save,
    end(current, 'approved', cancelled),
    end(current, 'approved', cancelled),
    end(current, 'undecided', {}),
  ];
}

function end({ id }: StoredPayment, outcome: Outcome, more: { readonly cancelReversal?: string }): Step {
  const intent = outcome === 'undecided' ? 'undecided' : 'close';
  const take = (queue: Queue): void =>
    void queue.commitOutcome({ ...approval(id, { outcome }), state: outcome, intent, ...more });
  return { name: outcome, take };
}

/** Late findings about undecided payments. */
function findingSteps(queue: Queue): readonly Step[] {
  const undecided = queue.intents.pending().find(({ state }) => state === 'undecided');
  if (undecided?.recordSequence === undefined) return [];
  const { paymentId, recordSequence: resolvesSequence } = undecided;
  const found = approval(paymentId, { outcome: 'declined-after-debit', resolvesSequence });
  return [{ name: 'finding', take: (q) => void q.commitOutcome({ ...found, state: 'declined' }) }];
}

function reversalSteps(queue: Queue): readonly Step[] {
  const [due] = queue.reversals.due();
  if (due === undefined) return [];
  return due.attempts === 0
    ? [{ name: 'reversal sent', take: (q) => q.reversals.attempted(due.id, AT) }]
    : [{ name: 'reversal acknowledged', take: (q) => q.reversals.acknowledged(due.id, AT) }];
}

function syncSteps(queue: Queue, draw: Draw): readonly Step[] {
  const { version } = queue.hotlist.status();
  const change = {
    version: version + 1,
    full: draw.oneIn(4),
    add: range(draw.below(40), 1 + draw.below(300)),
    remove: range(draw.below(40), draw.below(20)),
    at: AT,
  };
  const [name, size] = draw.oneIn(3) ? (['large', 100_000] as const) : (['small', 40] as const);
  const value = text(draw.below(size)) + draw.word();
  return [
    { name: 'hotlist', take: (q) => q.hotlist.apply(change) },
    { name: `${name} setting`, take: (q) => q.identity.setSetting(name, value) },
    ...batchSteps(queue),
  ];
}

function batchSteps(queue: Queue): readonly Step[] {
  const batches = queue.batches.list({ limit: 100_000 });
  const all = 'items' in batches ? batches.items : [];
  const last = all.at(-1)?.lastSequence ?? 0;
  const steps: Step[] = [];
  if (queue.records.head().sequence > last)
    steps.push({ name: 'seal', take: (q) => void sealBatch(q, `b${last + 1}`, 7) });
  const batch = all.find(({ state }) => state !== 'settled');
  if (batch?.state === 'sealed') steps.push({ name: 'submitted', take: (q) => q.batches.submitted(batch.id, AT) });
  if (batch?.state === 'submitted') steps.push({ name: 'accepted', take: (q) => acknowledge(q, batch) });
  if (batch?.state === 'accepted') steps.push({ name: 'settled', take: (q) => settle(q, batch, LONG_AGO) });
  const [settled, archived] = [batch ? batch.firstSequence - 1 : last, queue.archive.list().at(-1)?.last.sequence ?? 0];
  const archive: Step = {
    name: 'archived',
    manyFiles: true,
    take: (q) => void q.archive.step({ onlineMs: ONLINE_MS, at: LATER }),
  };
  return settled > archived ? [...steps, archive, archive] : steps;
}

/** Old enough to leave for an archive. */
const LONG_AGO = '2026-01-01T00:00:00.000Z';
const ONLINE_MS = 30 * 86_400_000;

/** A rotation begins now and then, and goes on beside everything else. */
function keySteps({ keys }: Queue): readonly Step[] {
  if (!keys.underWay()) return [{ name: 'keys changed', manyFiles: true, take: (q) => void q.keys.begin() }];
  const step: Step = { name: 'sealed anew', manyFiles: true, take: (q) => void q.keys.goOn() };
  return [step, step, step, step];
}
