import type { Logger } from 'pino';
import type { ParametersContent } from '../../clearing/contract/index.ts';
import type { PinEntry } from '../../drivers/index.ts';
import type {
  CardBalance,
  CardInterface,
  CardSeen,
  ChipData,
  HostAnswer,
  Intent,
  OnlinePin,
  Outcome,
  Recovery,
  Step,
  TransactionInput,
} from '../../emv/kernel/index.ts';
import type { CaKeys, KeyCache } from '../../emv/oda/index.ts';
import type { Fen, Pan } from '../../emv/values/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { CardRefusal } from '../risk/card-limits.ts';
import type { TrustRefusal } from '../risk/deferral.ts';
import type { Allowance, TerminalRefusal } from '../risk/offline-limits.ts';
import type { Book } from './book.ts';
import type { CardLimits } from './card-session.ts';
import type { CardWatch } from './card-watch.ts';
import type { PaymentKind } from './payment-kind.ts';
import type { SamSlot } from './purse/sam-slot.ts';
import type { Questions } from './questions.ts';
import type { StepName } from './steps.ts';
import type { Traces } from './traces.ts';

/** The kernel as payments use it (emv/kernel). */
export interface Kernel {
  /** A card in the field. */
  purchase(input: TransactionInput): Step<Outcome>;
  /** A card in the slot. */
  contactPurchase(input: TransactionInput): Step<Outcome>;
  load(input: TransactionInput, cardInterface: CardInterface): Step<Outcome>;
  balanceInquiry(
    input: TransactionInput,
    cardInterface: CardInterface,
  ): Step<CardBalance | Exclude<Outcome, { kind: 'approved' }>>;
  recover(intent: Intent, input: TransactionInput): Step<Recovery>;
  /** The PAN of a card that has one of these applications. */
  identify(aids: readonly Uint8Array[]): Step<Pan | 'torn' | undefined>;
  encodeIntent(intent: Intent): Uint8Array;
  /** Undefined when the bytes are no intent. */
  decodeIntent(content: Uint8Array): Intent | undefined;
  /** Card and cryptogram as the intent has them. */
  describeIntent(intent: Intent): { readonly card: CardSeen; readonly chip?: ChipData } | undefined;
}

/** One question to the host about one card. */
export interface AuthorisationCall {
  /** UUID; the same call keeps it. */
  readonly id: string;
  readonly purpose: 'authorise' | 'load' | 'verify-tc';
  readonly paymentId: string;
  readonly amountMinor: number;
  /** RFC 3339 with offset. */
  readonly at: string;
  readonly card: CardSeen;
  readonly chip: ChipData;
  readonly pin?: OnlinePin;
}

/** The host, for one question. Never throws: whatever goes wrong on the way is no answer. */
export interface OnlineHost {
  authorise(call: AuthorisationCall, signal: AbortSignal): Promise<HostAnswer>;
}

/** How the terminal stands at this moment. */
export interface Standing {
  /** Undefined until the terminal is enrolled and has its parameters: nothing can be sold before. */
  readiness(): { readonly identity: Identity; readonly parameters: ParametersContent } | undefined;
  clockState(): 'trusted' | 'untrusted';
  hotlist(): { readonly version: number; readonly ageS?: number };
  /** What holds now in place of given floor limits, all by one look at how the terminal stands (agent/risk). */
  floorsNow(): (floor: Fen) => Fen;
  /**
   * May this amount be approved without the host (agent/risk)? Asked once the card is known, before the command that makes it pay
   * (design 4.12).
   * @param floor the limit of the parameters, before anything shrinks it
   * @param token card token, 64 hex digits; absent while the card is not known
   */
  offline(amount: Fen, floor: Fen, token?: string): Allowance<TerminalRefusal | CardRefusal>;
  /** May an ARQC be approved on trust while the host is away: of any card, and of this one (agent/risk)? */
  deferralOffered(amount: Fen): boolean;
  deferral(amount: Fen, card: { readonly token: string; readonly onlinePin: boolean }): Allowance<TrustRefusal>;
  /** Can the host be asked? */
  onlineCapable(): boolean;
}

export interface PaymentLimits extends CardLimits {
  readonly awaitCardMs: number;
  readonly presentAgainMs: number;
  readonly pinEntryMs: number;
}

/** What payments are made with. */
export interface Tools {
  readonly queue: Queue;
  readonly kernel: Kernel;
  /** The CA keys of the parameters that hold now. */
  readonly caKeys: (parameters: ParametersContent) => CaKeys;
  /** Keys of cards' chains that have been recovered since the start. */
  readonly keyCache: KeyCache;
  readonly watch: CardWatch;
  readonly sam: SamSlot;
  readonly book: Book;
  readonly questions: Questions;
  readonly standing: Standing;
  readonly host: OnlineHost;
  readonly pinEntry?: PinEntry;
  readonly clock: Clock;
  readonly timeZone: string;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: PaymentLimits;
  readonly software: string;
  /** What passed between terminal and card in the latest payment. */
  readonly traces: Traces;
  /** Aborts when the agent ends; payments in progress stay as they are on disk. */
  readonly stopping: AbortSignal;
  step(name: StepName, paymentId: string): Promise<void>;
}

/** A payment in progress. */
export interface Sale {
  readonly id: string;
  readonly kind: PaymentKind;
  readonly amount: Fen;
  /** The same, as records and the host have it. */
  readonly amountMinor: number;
  readonly reference: string;
  /** Aborted when the cashier cancels. */
  readonly cancel: AbortController;
  readonly log: Logger;
}
