import { amountOf, EMPTY_ENTRY, type Entry, type EntryKey, keepAmount, typeKey } from './amount.ts';
import { EMPTY_BOOK, findPayment, hear, isLive, learn, learnAll, type PaymentBook } from './payment-book.ts';
import type { AskedDocument, BilingualText, Payment, PaymentKind, Problem, SandboxCard, Status } from './wire.ts';

/** What is asked of the daemon for one sale, load or inquiry. Kept, with its key, until the answer is known. */
export interface Attempt {
  /** Idempotency-Key, a UUID. */
  readonly key: string;
  /** Unique to the attempt, so that its payment can be found without the key. */
  readonly reference: string;
  readonly kind: PaymentKind;
  /** 0 for a balance inquiry. */
  readonly amountMinor: number;
}

interface PendingAttempt extends Attempt {
  /**
   * 'sending': the answer is on its way. 'unanswered': it was lost, the same request is sent again. 'unresolved': no more
   * is sent; the next list of payments tells whether the daemon has it.
   */
  readonly phase: 'sending' | 'unanswered' | 'unresolved';
  /** The cashier has pressed cancel meanwhile. */
  readonly cancelWanted: boolean;
}

/** What the cashier should know at the amount, until the next key. */
export type Notice =
  | {
      readonly kind:
        | 'no-amount'
        | 'unreachable'
        | 'not-started'
        | 'too-late'
        | 'cancel-lost'
        | 'reply-late'
        | 'reply-lost'
        | 'not-printed';
    }
  | { readonly kind: 'refused'; readonly problem: Problem };

export interface SandboxState {
  readonly cards: readonly SandboxCard[];
  /** The card last put on the reader and not seen to leave. */
  readonly cardOnReader?: string;
  /** The card whose tap or removal is under way. */
  readonly busyCard?: string;
  readonly networkUp: boolean;
  readonly networkMode: NetworkMode;
  readonly problem?: Problem | 'unreachable';
}

export type NetworkMode = 'refuse' | 'blackhole' | 'lose-answers';

export interface PageState {
  readonly daemon: 'connecting' | 'reachable' | 'unreachable';
  readonly status?: Status;
  /** The page's clock, in milliseconds, when `status` came. */
  readonly statusAtMs: number;
  readonly entry: Entry;
  readonly attempt?: PendingAttempt;
  readonly book: PaymentBook;
  /** The payment on the screen. */
  readonly currentId?: string;
  /** The current payment was started on this page. */
  readonly ownPayment: boolean;
  readonly cancelling: boolean;
  /** The cashier is being asked whether to give a torn payment up. */
  readonly confirming: boolean;
  /** The question whose answer is on its way. */
  readonly replying?: number;
  /** The document that the current payment asks for. */
  readonly document?: AskedDocument;
  readonly notice?: Notice;
  /** What is to be said of a code that was scanned, and when it was, on the page's clock; until something else happens. */
  readonly scanned?: { readonly text: BilingualText; readonly atMs: number };
  readonly sandbox?: SandboxState;
}

export type PageEvent =
  | { readonly kind: 'daemon-lost' }
  | { readonly kind: 'status'; readonly status: Status; readonly atMs: number }
  | { readonly kind: 'payment-heard'; readonly payment: Payment }
  | { readonly kind: 'payments-listed'; readonly payments: readonly Payment[]; readonly askedAt: number }
  | { readonly kind: 'payment-learnt'; readonly payment: Payment; readonly askedAt: number }
  | { readonly kind: 'key'; readonly key: EntryKey }
  | { readonly kind: 'noticed'; readonly notice: Notice }
  | { readonly kind: 'code-scanned'; readonly text: BilingualText; readonly atMs: number }
  | { readonly kind: 'attempt-begun'; readonly attempt: Attempt }
  | { readonly kind: 'attempt-restored'; readonly attempt: Attempt }
  | { readonly kind: 'attempt-unanswered' | 'attempt-unresolved' | 'attempt-cancel-wanted' }
  | { readonly kind: 'attempt-refused'; readonly problem: Problem }
  | { readonly kind: 'cancel-begun' | 'give-up-asked' | 'give-up-dismissed' | 'next-sale' }
  | { readonly kind: 'cancel-failed'; readonly reason: 'too-late' | 'cancel-lost' }
  | { readonly kind: 'reply-begun'; readonly question: number }
  | { readonly kind: 'reply-failed'; readonly reason: 'reply-late' | 'reply-lost' }
  | { readonly kind: 'document-read'; readonly document: AskedDocument }
  | { readonly kind: 'cards'; readonly cards: readonly SandboxCard[] }
  | { readonly kind: 'card-busy'; readonly id: string }
  | { readonly kind: 'card-moved'; readonly onReader: string | undefined }
  | { readonly kind: 'network'; readonly up: boolean; readonly mode: NetworkMode }
  | { readonly kind: 'sandbox-problem'; readonly problem: Problem | 'unreachable' };

export const INITIAL_STATE: PageState = {
  daemon: 'connecting',
  statusAtMs: 0,
  entry: EMPTY_ENTRY,
  book: EMPTY_BOOK,
  ownPayment: false,
  cancelling: false,
  confirming: false,
};

type Handler<K extends PageEvent['kind']> = (state: PageState, event: Extract<PageEvent, { kind: K }>) => PageState;

/** A copy without the named optional properties. */
function without<T extends object, K extends keyof T>(value: T, ...names: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name as K))) as Omit<T, K>;
}

const isOpen = (state: PageState): boolean => state.attempt === undefined && state.currentId === undefined;

function show(state: PageState, payment: Payment, own: boolean): PageState {
  const cleared = without(state, 'notice');
  return { ...cleared, currentId: payment.id, ownPayment: own, cancelling: false, confirming: false };
}

/** The answer to the attempt is known: it became this payment. An inquiry has used up no amount. */
function adopt(state: PageState, payment: Payment): PageState {
  const entry = payment.kind === 'balance' ? state.entry : EMPTY_ENTRY;
  return show({ ...without(state, 'attempt'), entry }, payment, true);
}

/** The attempt became no payment: its amount goes back to the keypad. */
function handBack(state: PageState, notice: Notice): PageState {
  if (state.attempt === undefined) return state;
  const { kind, amountMinor } = state.attempt;
  const entry = kind === 'balance' ? state.entry : keepAmount(amountMinor);
  return { ...without(state, 'attempt'), entry, notice };
}

/** An attempt whose payment has turned up, in whatever way, is answered. */
function settleAttempt(state: PageState): PageState {
  const payment = state.book.items.find(({ reference }) => reference === state.attempt?.reference);
  return payment === undefined ? state : adopt(state, payment);
}

/** A live payment is shown, whoever started it. */
function showLive(state: PageState): PageState {
  const current = findPayment(state.book, state.currentId);
  const live = state.book.items.find(isLive);
  if (live === undefined || (current !== undefined && isLive(current))) return state;
  return show(state, live, false);
}

/** What belongs to a question goes with it. */
function forgetQuestion(state: PageState): PageState {
  const asked = findPayment(state.book, state.currentId)?.question?.id;
  const replied = state.replying === undefined || state.replying === asked ? state : without(state, 'replying');
  return replied.document === undefined || replied.document.question === asked ? replied : without(replied, 'document');
}

/** After the book changed: what is shown follows it, and the flags of a step that is over are dropped. */
function follow(state: PageState): PageState {
  const next = forgetQuestion(showLive(settleAttempt(state)));
  const current = findPayment(next.book, next.currentId);
  if (current?.state === 'present-again') return next;
  if (current !== undefined && isLive(current)) return { ...next, confirming: false };
  // A payment that the daemon does not have any more must not stand in the way of the next one.
  const shown = current === undefined ? without(next, 'currentId') : next;
  return { ...shown, confirming: false, cancelling: false };
}

/** A fresh list also tells when the daemon does not have the payment of an unresolved attempt. */
function afterList(state: PageState): PageState {
  const next = follow(state);
  return next.attempt?.phase === 'unresolved' ? handBack(next, { kind: 'not-started' }) : next;
}

function typed(state: PageState, key: EntryKey): PageState {
  const current = findPayment(state.book, state.currentId);
  if (state.attempt !== undefined || (current !== undefined && isLive(current))) return state;
  const open = current === undefined ? state : nextSale(state);
  return { ...without(open, 'notice'), entry: typeKey(open.entry, key) };
}

/** A sale that was not paid is offered again. A load is not: its amount would stand where a sale is charged. */
export function isUnpaid({ kind, state, debited }: Payment): boolean {
  return kind === 'purchase' && ['declined', 'cancelled', 'failed'].includes(state) && debited === 'none';
}

/** Back to the keypad. What was keyed before another register's payment came between is still there. */
function nextSale(state: PageState): PageState {
  const current = findPayment(state.book, state.currentId);
  if (current === undefined || isLive(current)) return state;
  const entry = state.ownPayment && isUnpaid(current) ? keepAmount(current.amountMinor) : state.entry;
  return { ...without(state, 'currentId', 'notice'), entry, ownPayment: false, confirming: false };
}

function withAttempt(state: PageState, change: Partial<PendingAttempt>): PageState {
  return state.attempt === undefined ? state : { ...state, attempt: { ...state.attempt, ...change } };
}

function withSandbox(state: PageState, change: Partial<SandboxState>): PageState {
  if (state.sandbox === undefined) return state;
  return { ...state, sandbox: { ...without(state.sandbox, 'problem'), ...change } };
}

/** Every reader empty: the card in the tray is not on one. */
function cardLeft(state: PageState): PageState {
  const gone = state.status?.readers.every((reader) => reader.state === 'empty') ?? false;
  if (!gone || state.sandbox?.cardOnReader === undefined || state.sandbox.busyCard !== undefined) return state;
  return { ...state, sandbox: without(state.sandbox, 'cardOnReader') };
}

function newTray(status: Status | undefined, cards: readonly SandboxCard[]): SandboxState {
  return { cards, networkUp: status?.clearing.reachable ?? true, networkMode: 'refuse' };
}

const HANDLERS: { readonly [K in PageEvent['kind']]: Handler<K> } = {
  'daemon-lost': (state) => ({ ...state, daemon: 'unreachable', cancelling: false }),
  status: (state, { status, atMs }) => cardLeft({ ...state, daemon: 'reachable', status, statusAtMs: atMs }),
  'payment-heard': (state, { payment }) => follow({ ...without(state, 'scanned'), book: hear(state.book, payment) }),
  'payments-listed': (state, { payments, askedAt }) =>
    afterList({ ...state, book: learnAll(state.book, payments, askedAt) }),
  'payment-learnt': (state, { payment, askedAt }) => follow({ ...state, book: learn(state.book, payment, askedAt) }),
  key: (state, { key }) => typed(without(state, 'scanned'), key),
  'code-scanned': (state, { text, atMs }) => ({ ...state, scanned: { text, atMs } }),
  noticed: (state, { notice }) => ({ ...state, notice }),
  'attempt-begun': (state, { attempt }) =>
    isOpen(state)
      ? { ...without(state, 'notice'), attempt: { ...attempt, phase: 'sending', cancelWanted: false } }
      : state,
  'attempt-restored': (state, { attempt }) => ({
    ...state,
    attempt: { ...attempt, phase: 'unresolved', cancelWanted: false },
  }),
  'attempt-unanswered': (state) => withAttempt(state, { phase: 'unanswered' }),
  'attempt-unresolved': (state) => withAttempt(state, { phase: 'unresolved' }),
  'attempt-cancel-wanted': (state) => withAttempt(state, { cancelWanted: true }),
  'attempt-refused': (state, { problem }) => handBack(state, { kind: 'refused', problem }),
  'cancel-begun': (state) => ({ ...without(state, 'notice'), cancelling: true, confirming: false }),
  'cancel-failed': (state, { reason }) => ({ ...state, cancelling: false, notice: { kind: reason } }),
  'give-up-asked': (state) => ({ ...state, confirming: true }),
  'give-up-dismissed': (state) => ({ ...state, confirming: false }),
  'reply-begun': (state, { question }) => ({ ...without(state, 'notice'), replying: question }),
  'reply-failed': (state, { reason }) => ({ ...without(state, 'replying'), notice: { kind: reason } }),
  'document-read': (state, { document }) => forgetQuestion({ ...state, document }),
  'next-sale': nextSale,
  cards: (state, { cards }) => ({ ...state, sandbox: { ...(state.sandbox ?? newTray(state.status, cards)), cards } }),
  'card-busy': (state, { id }) => withSandbox(state, { busyCard: id }),
  'card-moved': (state, { onReader }) =>
    state.sandbox === undefined
      ? state
      : {
          ...state,
          sandbox: {
            ...without(state.sandbox, 'busyCard', 'cardOnReader', 'problem'),
            ...(onReader !== undefined && { cardOnReader: onReader }),
          },
        },
  network: (state, { up, mode }) => withSandbox(state, { networkUp: up, networkMode: mode }),
  'sandbox-problem': (state, { problem }) =>
    state.sandbox === undefined ? state : { ...state, sandbox: { ...without(state.sandbox, 'busyCard'), problem } },
};

/** The page after one event. Pure; every decision of the page is taken here. */
export function reduce(state: PageState, event: PageEvent): PageState {
  const handler = HANDLERS[event.kind] as (state: PageState, event: PageEvent) => PageState;
  return handler(state, event);
}

/** True when it may be asked for: the daemon is there, and an amount is keyed where one is needed. */
export function mayStart(state: PageState, kind: PaymentKind): boolean {
  return state.daemon === 'reachable' && (kind === 'balance' || amountOf(state.entry) > 0);
}
