/**
 * What the register API and the sandbox send, parsed once at the edge. Fields the page does not use are left out; a
 * document that lacks what the page needs is undefined.
 */

const PAYMENT_STATES = [
  'awaiting-card',
  'card-present',
  'awaiting-pin',
  'authorising',
  'present-again',
  'approved',
  'declined',
  'cancelled',
  'undecided',
  'failed',
] as const;
const PAYMENT_KINDS = ['purchase', 'load', 'balance'] as const;
const READER_STATES = ['empty', 'card', 'unresponsive', 'unplugged'] as const;
const DEBITED = ['none', 'chip', 'account', 'unknown'] as const;

export type PaymentKind = (typeof PAYMENT_KINDS)[number];
export type PaymentState = (typeof PAYMENT_STATES)[number];
export type ReaderState = (typeof READER_STATES)[number];

/** A sentence in both languages of the page. */
interface BilingualText {
  readonly zh: string;
  readonly en: string;
}

export interface Payment {
  readonly id: string;
  readonly kind: PaymentKind;
  readonly state: PaymentState;
  /** 0 for a balance inquiry. */
  readonly amountMinor: number;
  readonly reference: string;
  readonly reason?: string;
  readonly reasonText?: BilingualText;
  readonly card?: { readonly maskedPan: string; readonly label: string; readonly balanceMinor?: number };
  readonly offline: boolean;
  readonly fundedBy?: 'chip' | 'account';
  readonly debited: (typeof DEBITED)[number];
  /** What the card owed for earlier payments when it came. */
  readonly debtMinor?: number;
  readonly record?: { readonly epoch: number; readonly sequence: number; readonly batchId?: string };
  /** RFC 3339. */
  readonly createdAt: string;
}

interface Reader {
  readonly name: string;
  readonly role: string;
  readonly state: ReaderState;
}

export interface Status {
  readonly terminal?: string;
  readonly readers: readonly Reader[];
  readonly clearing: { readonly reachable: boolean; readonly lastContactAt?: string };
  readonly queue: {
    readonly unacknowledgedCount: number;
    readonly unacknowledgedSumMinor: number;
    /** Seconds since the oldest of them was recorded. */
    readonly oldestAgeS?: number;
  };
  readonly limits: { readonly transactionMinor?: number };
  readonly openIntent: boolean;
}

/** RFC 9457 problem details. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

export interface SandboxCard {
  readonly id: string;
  readonly title: BilingualText;
  readonly balanceMinor?: number;
  readonly maskedPan: string;
  readonly story: BilingualText;
}

/** A document that has not been looked at: any of the fields may be anything. */
type Unread<T> = { readonly [K in keyof T]?: unknown };

const unread = <T>(value: unknown): Unread<T> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Unread<T>) : undefined;

/** Lists come as one page with a cursor to the next. */
interface List {
  readonly items: readonly unknown[];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const wholeNumber = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? Number(value) : undefined);

const oneOf = <T extends string>(words: readonly T[], value: unknown): T | undefined =>
  words.find((word) => word === value);

/** An object without the properties that are undefined. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** A sentence given for both languages, or one for both. */
function parseText(value: unknown): BilingualText | undefined {
  if (typeof value === 'string') return { zh: value, en: value };
  const zh = text(unread<BilingualText>(value)?.zh);
  const en = text(unread<BilingualText>(value)?.en);
  return zh !== undefined && en !== undefined ? { zh, en } : undefined;
}

function parseCardSeen(value: unknown): Payment['card'] {
  const fields = unread<NonNullable<Payment['card']>>(value);
  if (fields === undefined) return undefined;
  const balanceMinor = wholeNumber(fields.balanceMinor);
  return present({ maskedPan: text(fields.maskedPan) ?? '', label: text(fields.label) ?? '', balanceMinor });
}

function parseRecordPlace(value: unknown): Payment['record'] {
  const fields = unread<NonNullable<Payment['record']>>(value);
  const epoch = wholeNumber(fields?.epoch);
  const sequence = wholeNumber(fields?.sequence);
  if (epoch === undefined || sequence === undefined) return undefined;
  return present({ epoch, sequence, batchId: text(fields?.batchId) });
}

export function parsePayment(value: unknown): Payment | undefined {
  const fields = unread<Payment>(value);
  const id = text(fields?.id);
  const state = oneOf(PAYMENT_STATES, fields?.state);
  const amountMinor = wholeNumber(fields?.amountMinor);
  if (fields === undefined || id === undefined || state === undefined || amountMinor === undefined) return undefined;
  return present({
    id,
    kind: oneOf(PAYMENT_KINDS, fields.kind) ?? 'purchase',
    state,
    amountMinor,
    reference: text(fields.reference) ?? '',
    reason: text(fields.reason),
    reasonText: parseText(fields.reasonText),
    card: parseCardSeen(fields.card),
    offline: fields.offline === true,
    fundedBy: oneOf(['chip', 'account'], fields.fundedBy),
    debited: oneOf(DEBITED, fields.debited) ?? 'none',
    debtMinor: wholeNumber(
      unread<{ readonly amountMinor: number }>((fields as Unread<{ debt: unknown }>).debt)?.amountMinor,
    ),
    record: parseRecordPlace(fields.record),
    createdAt: text(fields.createdAt) ?? '',
  });
}

/** The newest page of payments; one that cannot be read is left out and does not hide the rest. */
export function parsePaymentList(value: unknown): readonly Payment[] | undefined {
  const items = unread<List>(value)?.items;
  return Array.isArray(items) ? items.map(parsePayment).filter((item) => item !== undefined) : undefined;
}

function parseReader(value: unknown): Reader | undefined {
  const fields = unread<Reader>(value);
  const name = text(fields?.name);
  const state = oneOf(READER_STATES, fields?.state);
  if (name === undefined || state === undefined) return undefined;
  return { name, role: text(fields?.role) ?? '', state };
}

export function parseStatus(value: unknown): Status | undefined {
  const fields = unread<Status>(value);
  const queue = unread<Status['queue']>(fields?.queue);
  const clearing = unread<Status['clearing']>(fields?.clearing);
  const unacknowledgedCount = wholeNumber(queue?.unacknowledgedCount);
  const unacknowledgedSumMinor = wholeNumber(queue?.unacknowledgedSumMinor);
  if (!fields || !clearing || unacknowledgedCount === undefined || unacknowledgedSumMinor === undefined) {
    return undefined;
  }
  const readers = Array.isArray(fields.readers) ? fields.readers : [];
  const oldestAgeS = queue?.oldestAgeS;
  return present({
    terminal: text(fields.terminal),
    readers: readers.map(parseReader).filter((reader) => reader !== undefined),
    clearing: present({ reachable: clearing.reachable === true, lastContactAt: text(clearing.lastContactAt) }),
    queue: present({
      unacknowledgedCount,
      unacknowledgedSumMinor,
      oldestAgeS: typeof oldestAgeS === 'number' && Number.isFinite(oldestAgeS) ? oldestAgeS : undefined,
    }),
    limits: present({ transactionMinor: wholeNumber(unread<Status['limits']>(fields.limits)?.transactionMinor) }),
    openIntent: fields.openIntent === true,
  });
}

/** True for a problem document of ours: others have no stable code. */
export function hasCode(value: unknown): boolean {
  return /^[a-z][a-z-]*$/.test(text(unread<Problem>(value)?.code) ?? '');
}

/** `status` is the HTTP status; a body that is no problem document still gives one. */
export function parseProblem(status: number, value: unknown): Problem {
  const fields = unread<Problem>(value);
  return { status, code: text(fields?.code) ?? `http-${status}`, title: text(fields?.title) ?? '' };
}

function parseSandboxCard(value: unknown): SandboxCard | undefined {
  const fields = unread<SandboxCard>(value);
  const id = text(fields?.id);
  const title = parseText(fields?.title);
  if (fields === undefined || id === undefined || title === undefined) return undefined;
  return present({
    id,
    title,
    balanceMinor: wholeNumber(fields.balanceMinor),
    maskedPan: text(fields.maskedPan) ?? '',
    story: parseText(fields.story) ?? { zh: '', en: '' },
  });
}

/** The tray, as a bare array or as a list document. */
export function parseSandboxCards(value: unknown): readonly SandboxCard[] | undefined {
  const items = Array.isArray(value) ? value : unread<List>(value)?.items;
  return Array.isArray(items) ? items.map(parseSandboxCard).filter((card) => card !== undefined) : undefined;
}
