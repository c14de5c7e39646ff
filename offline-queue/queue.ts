import type { Record, RecordDraft } from '../clearing/contract/record/index.ts';
import type { Pan, PurseSerial } from '../emv/values/index.ts';

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
  /**
   * The one way an outcome comes to be: payment state, record with its place in the chain, intent and reversal change in
   * one transaction (design 4.1, 4.3, 4.5).
   */
  commitOutcome(outcome: CommitOutcome): { payment: StoredPayment; record?: Record };
  readonly keys: KeyRotation;
  backlog(): Backlog;
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
  readonly batches: Pick<BatchStore, 'get' | 'list' | 'records' | 'unreadable' | 'toUpload'>;
  readonly hotlist: Pick<HotlistStore, 'contains' | 'status'>;
  readonly identity: Pick<IdentityStore, 'get' | 'setting'>;
  backlog(): Backlog;
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
  };
  readonly offline?: boolean;
  readonly fundedBy?: 'chip' | 'account';
  readonly debited?: 'none' | 'chip' | 'account' | 'unknown';
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

export interface RecordStore {
  get(epoch: number, sequence: number): StoredRecord | undefined;
  list(page: {
    limit: number;
    cursor?: string;
  }): { items: readonly StoredRecord[]; next?: string } | { kind: 'bad-cursor' };
  head(): { epoch: number; sequence: number; hash: Uint8Array };
  /** The chain hash at a sequence of an epoch, its genesis hash at 0; undefined when no such row is here. */
  hashAt(epoch: number, sequence: number): Uint8Array | undefined;
  /** Unseals the PAN of a record, or its purse's serial number; undefined when it has none. */
  pan(epoch: number, sequence: number): Pan | PurseSerial | undefined;
}

/** A row that no longer says what was written at its place. */
interface UnreadableRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
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
  /** Sealed or submitted, in sequence order. */
  toUpload(): readonly StoredBatch[];
  submitted(id: string, at: string): void;
  /** Stores verdicts and the acknowledgement as received; its signature has been checked by the caller. */
  accepted(id: string, acknowledgement: { document: unknown; verdicts: readonly Verdict[] }, at: string): void;
  settled(id: string, settlement: { document: unknown }, at: string): void;
  centrallyAcknowledged(id: string, at: string): void;
}

export interface Verdict {
  readonly sequence: number;
  readonly verdict: 'accepted' | 'disputed';
  readonly reason?: string;
}

export interface HotlistStore {
  /** By card token, 64 hex digits. */
  contains(token: string): boolean;
  status(): { version: number; updatedAt?: string; entries: number };
  /** Applies a delta or, with `full`, replaces the list; in one transaction. */
  apply(change: {
    version: number;
    full: boolean;
    add: readonly string[];
    remove: readonly string[];
    at: string;
  }): void;
}

/** Who this terminal is. Secrets are sealed under the master key. */
export interface IdentityStore {
  get(): Identity | undefined;
  /** Throws QueueError `unacknowledged` or `epoch-used`; the same identity again is no change. */
  enrol(identity: Identity): void;
  /**
   * Notes, before the centre is asked, the code of an enrolment: after a crash it must be asked again with the same code and key.
   * Throws QueueError `unacknowledged`. Until the enrolment has ended nothing may be sold: the centre may have closed the epoch.
   */
  beginEnrolment(code: string): void;
  /** The code of an enrolment that has begun and is neither done (`enrol`) nor given up. */
  enrolmentUnderWay(): string | undefined;
  /** The centre has refused it for good. */
  giveUpEnrolment(): void;
  /** SM2 private key for an enrolment under way: sealed when it is made, the same until `enrol` (32 bytes). */
  nextSigningKey(): Uint8Array;
  /** Small named values (sync cursors, parameters); not for secrets. */
  setting(name: string): string | undefined;
  setSetting(name: string, value: string): void;
}

export interface Identity {
  readonly terminal: string;
  readonly merchant: string;
  readonly epoch: number;
  /** 32 bytes: what the chain starts from. */
  readonly genesisHash: Uint8Array;
  /** SM2 private key, 32 bytes, with which this terminal signs. */
  readonly signingKey: Uint8Array;
  /** 32 bytes: HMAC-SM3 key of card tokens. */
  readonly cardTokenKey: Uint8Array;
  /** SM2 public keys of the host, X then Y, 64 bytes each. */
  readonly hostAcknowledgementKey: Uint8Array;
  readonly hostHotlistKey: Uint8Array;
  readonly hostParameterKey: Uint8Array;
  /** To which PANs are sealed. */
  readonly hostSealingKey: Uint8Array;
}

/**
 * Other keys while the agent works: a new data key, and a new master key where the key store makes its own. Rows are sealed
 * and tagged anew in small transactions; until the last one both data keys open. A rotation that a crash has ended goes on.
 */
export interface KeyRotation {
  underWay(): boolean;
  /** Begins one, unless one is under way. Throws what the key store says; then nothing has changed. */
  begin(): { readonly masterKey: 'new' | 'same' };
  /** Does the next small part. `waits`: a reader must end before what was erased is gone from the log as well. */
  goOn(): 'more' | 'waits' | 'done';
}

/** What is not yet at the centre: records that carry money, or may (approved, declined after debit, undecided). */
export interface Backlog {
  readonly count: number;
  /** Sum of the approved purchases; a load pays no merchant. */
  readonly sumMinor: number;
  readonly oldestAt?: string;
  /** All records not yet acknowledged, the declined ones as well. */
  readonly records: number;
}

export type Verification =
  | { readonly kind: 'sound'; readonly records: number; readonly batches: number; readonly head: string }
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
