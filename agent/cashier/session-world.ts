import type { Reply } from './question.ts';
import type { Answer, RegisterClient } from './register-client.ts';
import { startSession } from './session.ts';
import type { Attempt } from './state.ts';
import type { Keep } from './store.ts';
import { viewOf } from './view.ts';
import type { AskedDocument, Payment, Status } from './wire.ts';

export const STATUS: Status = {
  readers: [{ name: 'reader', role: 'contactless', state: 'empty' }],
  clearing: { reachable: true },
  queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0 },
  limits: {},
  openIntent: false,
  pinOnScreen: false,
};
export const REFUSED = {
  kind: 'refused',
  problem: { status: 409, code: 'payment-in-progress', title: 'Busy' },
} as const;
export const UNKNOWN = { kind: 'unknown' } as const;
export const answered = <T>(value: T): Answer<T> => ({ kind: 'answered', value });

export const paymentOf = (attempt: Attempt, change: Partial<Payment> = {}): Payment => ({
  id: `payment of ${attempt.key}`,
  kind: attempt.kind,
  state: 'awaiting-card',
  amountMinor: attempt.amountMinor,
  reference: attempt.reference,
  offline: false,
  debited: 'none',
  createdAt: '',
  ...change,
});

const keepIn = (kept: Map<string, string>): Keep => ({
  get: (name) => kept.get(name),
  set: (name, value) => kept.set(name, value),
  remove: (name) => kept.delete(name),
});

type StartAnswer = Answer<Payment> | Promise<Answer<Payment>>;

interface World {
  readonly kept?: Map<string, string>;
  readonly start?: (attempt: Attempt, n: number) => StartAnswer;
  readonly status?: () => Answer<Status>;
  readonly listed?: () => Answer<readonly Payment[]>;
  /** What becomes of an answer to a question. */
  readonly replied?: (reply: Reply) => Answer<Payment> | Promise<Answer<Payment>>;
  readonly document?: () => Answer<AskedDocument>;
}

/** A page without a browser: its daemon, clock, timers and events are the test's. */
export async function page({ kept = new Map(), start, status, listed, replied, document }: World = {}) {
  const starts: Attempt[] = [];
  const cancelled: string[] = [];
  const replies: Reply[] = [];
  const timers = new Set<{ readonly dueMs: number; readonly work: () => void }>();
  const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  let nowMs = Date.UTC(2026, 10, 24, 2, 5);
  let keys = 0;
  const client: RegisterClient = {
    startPayment: async (attempt) => {
      starts.push(attempt);
      return start?.(attempt, starts.length) ?? answered(paymentOf(attempt));
    },
    cancelPayment: async (id) => {
      cancelled.push(id);
      const payment = session.state().book.items.find((item) => item.id === id);
      return payment === undefined ? UNKNOWN : answered({ ...payment, state: 'cancelled' });
    },
    answer: async (_id, reply) => {
      replies.push(reply);
      return replied?.(reply) ?? UNKNOWN;
    },
    printSlip: async () => UNKNOWN,
    document: async () => document?.() ?? UNKNOWN,
    payments: async () => listed?.() ?? answered([]),
    status: async () => status?.() ?? answered(STATUS),
    sandboxCards: async () => ({ kind: 'refused', problem: { status: 404, code: 'not-found', title: '' } }),
    tapCard: async () => UNKNOWN,
    removeCard: async () => UNKNOWN,
    setNetwork: async () => UNKNOWN,
    enterPin: async () => UNKNOWN,
    typePin: async () => UNKNOWN,
  };
  const session = startSession({
    client,
    stream: {
      open: () => ({ addEventListener: (type, listener) => listeners.set(type, listener), close: () => {} }),
      after: (delayMs, work) => {
        const timer = { dueMs: nowMs + delayMs, work };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    keep: keepIn(kept),
    uuid: () => `00000000-0000-4000-8000-${String(++keys).padStart(12, '0')}`,
    now: () => nowMs,
  });
  /** Lets everything that was answered take effect. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  return {
    session,
    starts,
    cancelled,
    replies,
    settle,
    view: () => viewOf(session.state()),
    key: (digits: string) => {
      for (const digit of digits) session.type(digit as '0');
    },
    hear: async (payment: Payment) => {
      listeners.get('payment')?.({ data: JSON.stringify(payment) });
      await settle();
    },
    fire: async (type: string, data?: object) => {
      listeners.get(type)?.({ data: JSON.stringify(data) });
      await settle();
    },
    /** Moves the clock and runs what is due. */
    pass: async (ms: number) => {
      nowMs += ms;
      for (const timer of [...timers].filter(({ dueMs }) => dueMs <= nowMs)) {
        timers.delete(timer);
        timer.work();
      }
      await settle();
    },
  };
}

/** An answer that the test gives when it wants to. */
export function later<T>() {
  let give: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}
