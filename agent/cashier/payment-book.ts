import type { Payment } from './wire.ts';

/**
 * The payments the page knows, newest first. Events arrive in order; an answer to a question may be older than an event
 * that overtook it. So every event is numbered, and an answer yields to whatever was heard after the question was put.
 * Clocks have no say in it.
 */
export interface PaymentBook {
  readonly items: readonly Payment[];
  /** Number of events heard so far. */
  readonly revision: number;
  /** The number of the last event about each payment. */
  readonly heardAt: ReadonlyMap<string, number>;
}

/** Payments kept; older ones are the daemon's to show. */
export const BOOK_SIZE = 20;

export const EMPTY_BOOK: PaymentBook = { items: [], revision: 0, heardAt: new Map() };

const LIVE = new Set(['awaiting-card', 'card-present', 'awaiting-pin', 'authorising', 'present-again']);

/** True while the payment can still change by what the cashier or the cardholder does. */
export function isLive(payment: Payment): boolean {
  return LIVE.has(payment.state);
}

export function findPayment(book: PaymentBook, id: string | undefined): Payment | undefined {
  return book.items.find((item) => item.id === id);
}

/** An event: always the newest word on its payment. */
export function hear(book: PaymentBook, payment: Payment): PaymentBook {
  const revision = book.revision + 1;
  const known = book.items.some(({ id }) => id === payment.id);
  const items = known
    ? book.items.map((item) => (item.id === payment.id ? payment : item))
    : [payment, ...book.items].slice(0, BOOK_SIZE);
  const kept = new Set(items.map(({ id }) => id));
  const heardAt = new Map([...book.heardAt, [payment.id, revision] as const].filter(([id]) => kept.has(id)));
  return { items, revision, heardAt };
}

const overtaken = (book: PaymentBook, id: string, askedAt: number): boolean => (book.heardAt.get(id) ?? 0) > askedAt;

/** The answer to a question about one payment, put when the book stood at `askedAt`; from then on it counts as heard. */
export function learn(book: PaymentBook, payment: Payment, askedAt: number): PaymentBook {
  return overtaken(book, payment.id, askedAt) ? book : hear(book, payment);
}

/**
 * The newest page of payments, asked for when the book stood at `askedAt`. A result that is not on it stays; a payment
 * still live that is not on it is one that the daemon does not have.
 */
export function learnAll(book: PaymentBook, page: readonly Payment[], askedAt: number): PaymentBook {
  const current = page.map((item) => (overtaken(book, item.id, askedAt) ? (findPayment(book, item.id) ?? item) : item));
  const listed = new Set(page.map(({ id }) => id));
  const unlisted = book.items.filter(({ id }) => !listed.has(id));
  const heardSince = unlisted.filter(({ id }) => overtaken(book, id, askedAt));
  const older = unlisted.filter((item) => !overtaken(book, item.id, askedAt) && !isLive(item));
  return { ...book, items: [...heardSince, ...current, ...older].slice(0, BOOK_SIZE) };
}
