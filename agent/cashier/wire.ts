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
const STOP_REASONS = ['enrolling', 'forked', 'restored', 'superseded'] as const;
const SLIP_STATES = ['waiting', 'printing', 'printed', 'maybe-printed', 'not-printed'] as const;
const DEVICE_STATES = ['ready', 'unplugged', 'refused', 'unresponsive', 'attention'] as const;
const DEBITED = ['none', 'chip', 'account', 'unknown'] as const;

export type PaymentKind = (typeof PAYMENT_KINDS)[number];
export type PaymentState = (typeof PAYMENT_STATES)[number];
type StopReason = (typeof STOP_REASONS)[number];
export type ReaderState = (typeof READER_STATES)[number];
type SlipState = (typeof SLIP_STATES)[number];
type DeviceState = (typeof DEVICE_STATES)[number];
export type SlipCopy = 'merchant' | 'customer';

/** A sentence in both languages of the page. */
export interface BilingualText {
  readonly zh: string;
  readonly en: string;
}

/** What somebody is to say while the card waits; `id` is its number. */
export type Question =
  | { readonly id: number; readonly kind: 'application'; readonly candidates: readonly Candidate[] }
  | { readonly id: number; readonly kind: 'id-document'; readonly documentType: BilingualText }
  | { readonly id: number; readonly kind: 'pin'; readonly triesLeft?: number; readonly mayBypass: boolean };

interface Candidate {
  readonly index: number;
  /** Empty when the card gives none. */
  readonly label: string;
  readonly aid: string;
}

/** The number on the document that is asked for. It is on the screen while it is needed, and nowhere else. */
export interface AskedDocument {
  readonly question: number;
  readonly number: string;
}

/** What became of one copy of a slip. */
export interface Slip {
  readonly state: SlipState;
  readonly whyText?: BilingualText;
  /** The printer cannot say whether it is on paper. */
  readonly unconfirmed: boolean;
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
  readonly card?: {
    readonly maskedPan: string;
    readonly label: string;
    readonly balanceMinor?: number;
    /** Only when it is so. */
    readonly pinBlocked?: true;
  };
  readonly question?: Question;
  readonly offline: boolean;
  readonly fundedBy?: 'chip' | 'account';
  readonly debited: (typeof DEBITED)[number];
  /** What the card owed for earlier payments when it came. */
  readonly debtMinor?: number;
  readonly record?: { readonly epoch: number; readonly sequence: number; readonly batchId?: string };
  /** Copies of its slip that were to be printed. */
  readonly slips?: { readonly [C in SlipCopy]?: Slip };
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
  /** Absent where the terminal has none. */
  readonly printer?: DeviceState;
  readonly queue: {
    readonly unacknowledgedCount: number;
    readonly unacknowledgedSumMinor: number;
    /** Seconds since the oldest of them was recorded. */
    readonly oldestAgeS?: number;
  };
  readonly limits: { readonly transactionMinor?: number };
  readonly openIntent: boolean;
  /** Why nothing may be sold; 'other' where it is a reason that the page does not know. */
  readonly stopped?: StopReason | 'other';
  /** The PIN is typed on this page. */
  readonly pinOnScreen: boolean;
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

/** What the daemon makes of a code that was scanned, as a sentence for the cashier. */
export const parseScannedCode = (value: unknown): BilingualText | undefined =>
  parseText(unread<{ readonly reasonText: BilingualText }>(value)?.reasonText);

function parseCardSeen(value: unknown): Payment['card'] {
  const fields = unread<NonNullable<Payment['card']>>(value);
  if (fields === undefined) return undefined;
  const balanceMinor = wholeNumber(fields.balanceMinor);
  const pinBlocked = fields.pinBlocked === true ? (true as const) : undefined;
  return present({
    maskedPan: text(fields.maskedPan) ?? '',
    label: text(fields.label) ?? '',
    balanceMinor,
    pinBlocked,
  });
}

function parseCandidate(value: unknown): Candidate | undefined {
  const fields = unread<Candidate>(value);
  const index = wholeNumber(fields?.index);
  return index === undefined ? undefined : { index, label: text(fields?.label) ?? '', aid: text(fields?.aid) ?? '' };
}

type UnreadQuestion = {
  readonly [K in 'id' | 'kind' | 'candidates' | 'documentType' | 'triesLeft' | 'mayBypass']?: unknown;
};

/** One of a kind that the page does not know is none: its payment can still be watched and cancelled. */
function parseQuestion(value: unknown): Question | undefined {
  const fields = unread<UnreadQuestion>(value) as UnreadQuestion | undefined;
  const id = wholeNumber(fields?.id);
  if (fields === undefined || id === undefined) return undefined;
  const { kind, candidates } = fields;
  if (kind === 'application' && Array.isArray(candidates)) {
    return { id, kind, candidates: candidates.map(parseCandidate).filter((one) => one !== undefined) };
  }
  if (kind === 'id-document') return { id, kind, documentType: parseText(fields.documentType) ?? { zh: '', en: '' } };
  if (kind !== 'pin') return undefined;
  return present({
    id,
    kind: 'pin' as const,
    triesLeft: wholeNumber(fields.triesLeft),
    mayBypass: fields.mayBypass === true,
  });
}

export function parseDocument(value: unknown): AskedDocument | undefined {
  const fields = unread<AskedDocument>(value);
  const question = wholeNumber(fields?.question);
  const number = text(fields?.number);
  return question === undefined || number === undefined ? undefined : { question, number };
}

function parseRecordPlace(value: unknown): Payment['record'] {
  const fields = unread<NonNullable<Payment['record']>>(value);
  const epoch = wholeNumber(fields?.epoch);
  const sequence = wholeNumber(fields?.sequence);
  if (epoch === undefined || sequence === undefined) return undefined;
  return present({ epoch, sequence, batchId: text(fields?.batchId) });
}

function parseSlip(value: unknown): Slip | undefined {
  const fields = unread<{ state: unknown; whyText: unknown; confirmed: unknown }>(value);
  const state = oneOf(SLIP_STATES, fields?.state);
  if (state === undefined) return undefined;
  return present({ state, whyText: parseText(fields?.whyText), unconfirmed: fields?.confirmed === false });
}

function parseSlips(value: unknown): Payment['slips'] {
  const copies = unread<NonNullable<Payment['slips']>>(unread<{ copies: unknown }>(value)?.copies);
  return copies && present({ merchant: parseSlip(copies.merchant), customer: parseSlip(copies.customer) });
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
    question: parseQuestion(fields.question),
    offline: fields.offline === true,
    fundedBy: oneOf(['chip', 'account'], fields.fundedBy),
    debited: oneOf(DEBITED, fields.debited) ?? 'none',
    debtMinor: wholeNumber(
      unread<{ readonly amountMinor: number }>((fields as Unread<{ debt: unknown }>).debt)?.amountMinor,
    ),
    record: parseRecordPlace(fields.record),
    slips: parseSlips((fields as Unread<{ receipt: unknown }>).receipt),
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

function parseStopped(value: unknown): Status['stopped'] {
  const fields = unread<{ readonly reason: string }>(value);
  return fields && (oneOf(STOP_REASONS, fields.reason) ?? 'other');
}

function parsePrinter(devices: unknown): DeviceState | undefined {
  const all = Array.isArray(devices) ? devices : [];
  const printer = all
    .map((device) => unread<{ kind: string; state: string }>(device))
    .find((device) => device?.kind === 'printer');
  return oneOf(DEVICE_STATES, printer?.state);
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
    printer: parsePrinter((fields as Unread<{ devices: unknown }>).devices),
    queue: present({
      unacknowledgedCount,
      unacknowledgedSumMinor,
      oldestAgeS: typeof oldestAgeS === 'number' && Number.isFinite(oldestAgeS) ? oldestAgeS : undefined,
    }),
    limits: present({ transactionMinor: wholeNumber(unread<Status['limits']>(fields.limits)?.transactionMinor) }),
    openIntent: fields.openIntent === true,
    stopped: parseStopped(fields.stopped),
    pinOnScreen: hasPadOnScreen((fields as Unread<{ devices: unknown }>).devices),
  });
}

/** The daemon names a PIN pad that is on the screen by where it is. */
function hasPadOnScreen(devices: unknown): boolean {
  if (!Array.isArray(devices)) return false;
  return devices.some((device) => {
    const fields = unread<{ readonly kind: string; readonly name: string }>(device);
    return fields?.kind === 'pin-pad' && fields.name === 'on-screen';
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
