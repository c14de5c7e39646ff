import type { Record, RecordDraft } from '../../clearing/contract/record/index.ts';
import type { Pan, PurseSerial } from '../../emv/values/index.ts';
import type { HotlistStore } from './hotlist-store.ts';
import type { IdentityStore, KeyRotation, TlsStore } from './terminal.ts';

export type { ArrivingHotlist, HotlistPart, HotlistStore } from './hotlist-store.ts';
export type { Identity, IdentityStore, KeyRotation, TlsStore } from './terminal.ts';

/**
 * What the rest of the agent sees of the queue. Every method that writes has returned only when its transaction is
 * committed with `synchronous=FULL`; a method that throws has changed nothing.
 */
export interface Queue {
  readonly payments: PaymentStore;
  readonly intents: IntentStore;
  readonly reversals: ReversalStore;
  readonly records: RecordStore;
  readonly batches: BatchStore;
  readonly hotlist: HotlistStore;
  readonly identity: IdentityStore;
  readonly spending: SpendingStore;
  readonly tls: TlsStore;
  readonly archive: ArchiveStore;
  readonly closes: CloseStore;
  /**
   * The one way an outcome comes to be: payment state, record with its place in the chain, intent and reversal change in
   * one transaction (design 4.1, 4.3, 4.5).
   */
  commitOutcome(outcome: CommitOutcome): { payment: StoredPayment; record?: Record };
  readonly keys: KeyRotation;
  backlog(): Backlog;
  /**
   * What the centre has not acknowledged, or may still have to hear of, in words; undefined when there is nothing. Whatever
   * would end this queue refuses until then (design 4.6).
   */
  pending(): string | undefined;
  /** Quick: does the queue still have what the centre has last acknowledged? Otherwise it was cut, or is an older copy. */
  checkHead(): Extract<Verification, { kind: 'broken' }> | undefined;
  /** Checks every row: chain and gaps from genesis, seals, acknowledgements, and the rest by its tags; names the first bad one. */
  verify(): Verification;
  close(): void;
}

/** What can be read of a queue beside the agent that writes it. */
export interface ReadOnlyQueue {
  readonly payments: Pick<PaymentStore, 'get' | 'list' | 'unfinished'>;
  readonly intents: Pick<IntentStore, 'pending'>;
  readonly reversals: Pick<ReversalStore, 'due'>;
  readonly records: RecordStore;
  readonly batches: Pick<BatchStore, 'get' | 'list' | 'records' | 'unreadable' | 'toUpload' | 'disputedRecords'>;
  readonly hotlist: Pick<HotlistStore, 'contains' | 'debts' | 'status' | 'arriving'>;
  readonly identity: Pick<IdentityStore, 'get' | 'setting'>;
  readonly spending: SpendingStore;
  readonly tls: Pick<TlsStore, 'certificate'>;
  readonly archive: Pick<ArchiveStore, 'list'>;
  readonly closes: Pick<CloseStore, 'get' | 'list'>;
  backlog(): Backlog;
  pending(): string | undefined;
  verify(): Verification;
  close(): void;
}

/** A payment as the register asked for it and as it stands. `detail` is the agent's own, free of secrets. */
export interface StoredPayment {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly amountMinor: number;
  readonly reference: string;
  /** True once nothing can change it any more, save a late finding about an undecided one. */
  readonly final: boolean;
  readonly detail: PaymentDetail;
  readonly record?: { readonly epoch: number; readonly sequence: number; readonly batchId?: string };
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PaymentDetail {
  readonly reason?: string;
  readonly card?: {
    /** Absent where only the balance was asked for. */
    readonly maskedPan?: string;
    readonly label: string;
    readonly aid: string;
    readonly balanceMinor?: number;
    /** Its PIN was wrong too often: it checks none until its issuer unblocks it. */
    readonly pinBlocked?: true;
  };
  readonly offline?: boolean;
  readonly fundedBy?: 'chip' | 'account';
  readonly debited?: 'none' | 'chip' | 'account' | 'unknown';
  /** What the card owed for earlier payments when it came, fen. */
  readonly debt?: { readonly amountMinor: number };
  /** What became of its slips on paper; absent of a copy that was never to be printed. Outcomes leave it as it is. */
  readonly slips?: { readonly [copy in SlipCopy]?: SlipNote };
}

export type SlipCopy = 'merchant' | 'customer';

/** What became of one copy of a slip. */
export interface SlipNote {
  /** `printing` is noted before the first byte is sent: found so after a crash, it may be on paper. */
  readonly state: 'printing' | 'printed' | 'maybe-printed' | 'not-printed';
  /** The agent's word; absent when it is printed. */
  readonly why?: string;
  /** Printed by a printer that cannot say so. */
  readonly confirmed?: false;
  /** How many sheets of this copy may be out. */
  readonly sheets: number;
}

export interface PaymentStore {
  /** Registers a payment under its idempotency key; the same key with the same fingerprint gives the payment as it is now. */
  register(request: {
    id: string;
    key: string;
    fingerprint: string;
    kind: string;
    amountMinor: number;
    reference: string;
    state: string;
    at: string;
  }):
    | { kind: 'registered' | 'known'; payment: StoredPayment }
    | { kind: 'key-reused' }
    | { kind: 'busy'; payment: StoredPayment };
  get(id: string): StoredPayment | undefined;
  /** Newest first. `cursor` as given by the page before; undefined `next` ends. */
  list(page: {
    limit: number;
    cursor?: string;
  }): { items: readonly StoredPayment[]; next?: string } | { kind: 'bad-cursor' };
  /** Those that are not final: at most one while the agent runs. */
  unfinished(): readonly StoredPayment[];
  /** A change of state that is no outcome (awaiting-card → card-present …). */
  update(id: string, change: { state: string; detail?: PaymentDetail; final?: boolean; at: string }): StoredPayment;
  /** What becomes of a slip, in place of what was noted of this copy; the rest stays, final or not. Undefined: no such payment. */
  noteSlip(id: string, copy: SlipCopy, note: SlipNote): StoredPayment | undefined;
}

export interface StoredIntent {
  readonly paymentId: string;
  /** 'open': the payment waits for its card. 'undecided': cancelled; the card is still probed when it comes by. */
  readonly state: 'open' | 'undecided';
  /** What was given to `save`, unsealed. */
  readonly content: Uint8Array;
  readonly savedAt: string;
  /** The undecided record, once written. */
  readonly recordSequence?: number;
  readonly recordEpoch?: number;
}

export interface IntentStore {
  /** Seals and stores; replaces an open intent of the same payment. */
  save(intent: { paymentId: string; content: Uint8Array; at: string }): void;
  /** Open first, then undecided ones, oldest first. */
  pending(): readonly StoredIntent[];
}

export interface StoredReversal {
  readonly id: string;
  readonly paymentId: string;
  readonly content: Uint8Array;
  readonly attempts: number;
  readonly createdAt: string;
}

export interface ReversalStore {
  /** Written, durable, before the authorisation it would undo is sent. */
  write(reversal: { id: string; paymentId: string; content: Uint8Array; at: string }): void;
  /** Reversals to be sent, oldest first: neither cancelled by an outcome nor acknowledged; those of a payment still in progress are held back. */
  due(): readonly StoredReversal[];
  /** Those of a payment that have never left: neither cancelled nor sent. */
  unsent(paymentId: string): readonly StoredReversal[];
  attempted(id: string, at: string): void;
  acknowledged(id: string, at: string): void;
  /** The host may have lost what it had acknowledged: every reversal that it has is due again, once more. */
  dueAgain(): void;
}

export interface CommitOutcome {
  readonly paymentId: string;
  readonly state: string;
  readonly final: boolean;
  readonly detail: PaymentDetail;
  readonly at: string;
  /** The record to append, and the PAN, or the serial number of a purse, to seal beside it. */
  readonly record?: { readonly draft: RecordDraft; readonly pan?: Pan | PurseSerial };
  /** What becomes of the payment's intent. */
  readonly intent?: 'close' | 'undecided';
  /** The authorisation whose answer this outcome rests on: its reversal is cancelled. Otherwise it stays due. */
  readonly cancelReversal?: string;
  /** What a reversal that has never been sent says from now on: more is known than when it was written. */
  readonly amendReversal?: { readonly id: string; readonly content: Uint8Array };
  /** Whose breaker this refusal opens, for the day of its record. */
  readonly breaker?: 'card' | 'terminal';
}

/** What was approved without the host on one day of the terminal. */
export interface Spending {
  readonly count: number;
  readonly sumMinor: number;
  /** RFC 3339, as recorded. Of a day: its newest record, whatever became of it. Of a card: its newest payment. */
  readonly latestAt?: string;
  /** The breaker is open for the rest of the day; also when another hand has changed the row. */
  readonly tripped: boolean;
}

/**
 * Counted along with the outcomes, in their transaction, whatever epoch they are of and whether or not their records are still
 * here. The last days are kept.
 *
 * A day (`YYYY-MM-DD`, where the terminal stands) is asked for together with those after it, up to a week ahead: what was
 * approved before a clock was set back counts as well.
 */
export interface SpendingStore {
  ofTerminal(day: string): Spending;
  /** @param token card token, 64 hex digits */
  ofCard(day: string, token: string): Spending;
  /** When a card has paid last, from a week before this day to a week after it (a clock set back); RFC 3339. Undefined: it has not. */
  lastOf(day: string, token: string): string | undefined;
}

/** A record with its chain hash, as `queue show` and the upload need it. */
export interface StoredRecord {
  readonly record: Record;
  /** The canonical bytes the hash covers; kept as written. */
  readonly canonical: Uint8Array;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
  readonly batchId?: string;
  readonly verdict?: 'accepted' | 'disputed';
  readonly verdictReason?: string;
}

export interface RecordPage {
  readonly items: readonly StoredRecord[];
  readonly next?: string;
  /** Records of the page that are no longer as they were written; absent when there are none. */
  readonly unreadable?: readonly { readonly epoch: number; readonly sequence: number }[];
}

export interface RecordStore {
  get(epoch: number, sequence: number): StoredRecord | undefined;
  list(page: { limit: number; cursor?: string }): RecordPage | { kind: 'bad-cursor' };
  /** What lies in a range of an epoch, readable or not, in sequence order. */
  between(epoch: number, first: number, last: number): readonly FoundRecord[];
  head(): { epoch: number; sequence: number; hash: Uint8Array };
  /** The chain hash at a sequence of an epoch, its genesis hash at 0; undefined when no such row is here. */
  hashAt(epoch: number, sequence: number): Uint8Array | undefined;
  /** Unseals the PAN of a record, or its purse's serial number; undefined when it has none. */
  pan(epoch: number, sequence: number): Pan | PurseSerial | undefined;
}

/** A row as it lies in the queue. */
export interface FoundRecord {
  readonly sequence: number;
  readonly canonical: Uint8Array;
  /** Absent when the row no longer says what was written. */
  readonly record?: Record;
}

/** A row that no longer says what was written at its place. */
interface UnreadableRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/** A row of a batch as it goes up. */
export interface UploadRow {
  readonly sequence: number;
  /** As they were found. */
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** Does the row still say what was written at its place? */
  readonly readable: boolean;
  /** The card's token, and its number, unsealed; absent of an unreadable row, and where there was no card. */
  readonly card?: { readonly token: string; readonly number?: Pan | PurseSerial };
}

export type BatchState = 'open' | 'sealed' | 'submitted' | 'accepted' | 'settled';

export interface StoredBatch {
  readonly id: string;
  readonly state: BatchState;
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly count: number;
  /** Sum of the approved records. */
  readonly totalMinor: number;
  /** Hex of the chain hash at lastSequence. */
  readonly chainHead: string;
  /** Hex of the Merkle root over the chain hashes of the batch. */
  readonly merkleRoot: string;
  /** The terminal's SM2 signature over the seal, r then s, hex. */
  readonly signature: string;
  readonly sealedAt: string;
  /** The host's signed acknowledgement and settlement, as received. */
  readonly acknowledgement?: unknown;
  readonly settlement?: unknown;
  readonly settledAt?: string;
  /** When a central system confirmed that it has the batch. */
  readonly centralAcknowledgedAt?: string;
}

export interface BatchStore {
  /** Seals all records that are in no batch yet, `limit` at most; undefined when there are none. `sign` signs the seal bytes. */
  seal(request: {
    id: string;
    at: string;
    limit: number;
    sign: (bytes: Uint8Array) => Uint8Array;
  }): StoredBatch | undefined;
  get(id: string): StoredBatch | undefined;
  /** The batch that a record is in, whether or not the record can be read. */
  holding(epoch: number, sequence: number): StoredBatch | undefined;
  list(page: {
    state?: BatchState;
    limit: number;
    cursor?: string;
  }): { items: readonly StoredBatch[]; next?: string } | { kind: 'bad-cursor' };
  /** In sequence order, without those that can no longer be read. */
  records(id: string): readonly StoredRecord[];
  /**
   * Rows of the batch that are no longer what was written: they go up as they were found, with the hash kept beside them,
   * so that the records after them still verify (design 4.7).
   */
  unreadable(id: string): readonly UnreadableRecord[];
  /** The same rows in one pass, readable or not, as they go up. */
  rowsToUpload(id: string): readonly UploadRow[];
  /** Sealed or submitted, in sequence order, `limit` at most. */
  toUpload(limit?: number): readonly StoredBatch[];
  /** How many records of all batches the centre has disputed. */
  disputedRecords(): number;
  submitted(id: string, at: string): void;
  /**
   * Stores verdicts and the acknowledgement as received; its signature has been checked by the caller.
   * @param submits the batch that is sent next, in the same commit
   */
  accepted(
    id: string,
    acknowledgement: { document: unknown; verdicts: readonly Verdict[] },
    at: string,
    submits?: string,
  ): void;
  settled(id: string, settlement: { document: unknown }, at: string): void;
  centrallyAcknowledged(id: string, at: string): void;
}

export interface Verdict {
  readonly sequence: number;
  readonly verdict: 'accepted' | 'disputed';
  readonly reason?: string;
}

/** Settled records, and the payments that have ended with them, move into files in `<queue>.archive` (archive/README.md). */
export interface ArchiveStore {
  /**
   * Moves the oldest that have been settled for `onlineMs` by the host's own time, about five hundred records; undefined when
   * there are none. `onlineMs` is ten days at least; what was settled within ten days before `at` stays as well, whatever the
   * host's time. Throws QueueError with nothing moved.
   */
  step(request: { onlineMs: number; at: string }): ArchivedFile | undefined;
  /** Oldest first. */
  list(): readonly ArchivedFile[];
}

interface RecordAt {
  readonly epoch: number;
  readonly sequence: number;
}

/** A shift or a day: what was recorded since the close before. */
export interface StoredClose {
  /** From 1. */
  readonly number: number;
  readonly id: string;
  readonly first: RecordAt;
  readonly last: RecordAt;
  readonly count: number;
  /** Sum of the approved purchases, fen. */
  readonly totalMinor: number;
  readonly closedAt: string;
  readonly comparedAt?: string;
  /** The centre has answered for all of it, and lacks none. */
  readonly complete: boolean;
  /** What the centre has signed, as received. */
  readonly report?: readonly unknown[];
}

export interface CloseStore {
  /** Closes what was recorded since the last close; undefined when that is nothing. */
  open(request: { id: string; at: string }): StoredClose | undefined;
  get(number: number): StoredClose | undefined;
  last(): StoredClose | undefined;
  /** Newest first. */
  list(page: {
    limit: number;
    cursor?: string;
  }): { items: readonly StoredClose[]; next?: string } | { kind: 'bad-cursor' };
  /** Those that are not complete, oldest first. */
  waiting(): readonly StoredClose[];
  /** Stores what the centre says, in place of what it said before; its signatures have been checked by the caller. */
  compared(number: number, result: { report: readonly unknown[]; complete: boolean }, at: string): void;
}

export interface ArchivedFile {
  /** Name in the folder. */
  readonly file: string;
  /** SM3 of the file, hex. */
  readonly digest: string;
  readonly first: RecordAt;
  readonly last: RecordAt;
  readonly payments: number;
  readonly madeAt: string;
}

/** What is not yet at the centre: records that carry money, or may (approved, declined after debit, undecided). */
export interface Backlog {
  readonly count: number;
  /** Sum of the approved purchases; a load pays no merchant. */
  readonly sumMinor: number;
  readonly oldestAt?: string;
  /** Those approved on trust (`isDeferred`): the host has yet to see their ARQC. */
  readonly deferred: { readonly count: number; readonly sumMinor: number };
  /** All records not yet acknowledged, the declined ones as well. */
  readonly records: number;
  /** Of them, those that are no longer as they were written; of a long queue among the newest ten thousand alone. */
  readonly unreadable: number;
}

export type Verification =
  | {
      readonly kind: 'sound';
      readonly records: number;
      readonly batches: number;
      readonly head: string;
      /** Archive files, if there are any; `records` counts theirs too. */
      readonly archives?: number;
    }
  | {
      readonly kind: 'broken';
      /** Of the bad record; 0 when the bad row is no record (a payment, a setting …). */
      readonly epoch: number;
      readonly sequence: number;
      readonly fault:
        | 'changed'
        | 'missing'
        | 'reordered'
        | 'foreign'
        | 'truncated'
        | 'seal'
        | 'acknowledgement'
        | 'unreadable';
      readonly explanation: string;
    };
