import type { OdaFailure } from '../oda/index.ts';
import type { CivilDate, Fen, Pan } from '../values/index.ts';

export type CardInterface = 'contact' | 'contactless';

/** What a card told about itself, without having been made to pay. Byte strings are raw values. */
export interface CardReport {
  /** The directory that it has: PSE on contacts, PPSE over the air. */
  readonly directory: 'PSE' | 'PPSE' | undefined;
  readonly applications: readonly ApplicationReport[];
  /** It answered 6A81 to the SELECT of its directory: its issuer has blocked the whole card. */
  readonly blocked: boolean;
  /** The card left before everything was read: the report is what had been read by then. */
  readonly torn: boolean;
}

export interface ApplicationReport {
  /** 84 of the FCI. */
  readonly aid: Uint8Array;
  readonly label: string;
  /** Did the directory name it, or was it found under a name that is known anyway? */
  readonly foundBy: 'directory' | 'name';
  /** SELECT warned with 6283: its issuer has blocked it. */
  readonly blocked: boolean;
  readonly fci: Uint8Array;
  readonly processing: Processing;
  readonly pan: Pan | undefined;
  readonly panSequence: number | undefined;
  /** 5F24, else the last day of track 2's month. */
  readonly expiry: CivilDate | undefined;
  /** 5F25. */
  readonly effective: CivilDate | undefined;
  readonly electronicCash: ElectronicCash;
  /** 9F36 before GET PROCESSING OPTIONS, and 9F13. */
  readonly atc: number | undefined;
  readonly lastOnlineAtc: number | undefined;
  /** 9F17. */
  readonly pinTriesLeft: number | undefined;
  readonly authentication: CardAuthentication;
  /** Payments and loads, newest first; undefined where the card has no such log. */
  readonly log: readonly LogEntry[] | undefined;
  readonly loadLog: readonly LogEntry[] | undefined;
  readonly records: readonly InspectedRecord[];
  /** Everything else by tag: from GET DATA, from the answer to GPO and from records; the first that came. */
  readonly data: ReadonlyMap<number, Uint8Array>;
}

/** What came of GET PROCESSING OPTIONS with amount 0. */
export type Processing =
  /** The full flow, whose records can all be read; only GENERATE AC, which is never sent, would pay. */
  | { readonly kind: 'debit-credit'; readonly aip: Uint8Array; readonly afl: Uint8Array }
  /** qPBOC with the card's decision. After a TC the last record is left alone. */
  | {
      readonly kind: 'qpboc';
      readonly decision: 'tc' | 'arqc' | 'aac';
      readonly aip: Uint8Array | undefined;
      readonly afl: Uint8Array | undefined;
    }
  /** It refuses, with this status word. */
  | { readonly kind: 'refused'; readonly sw: number }
  | { readonly kind: 'unreadable' };

/** Fen; undefined where the card does not tell. */
interface ElectronicCash {
  /** 9F79. */
  readonly balance: Fen | undefined;
  /** 9F77. */
  readonly balanceLimit: Fen | undefined;
  /** 9F78. */
  readonly singleLimit: Fen | undefined;
  /** 9F6D. */
  readonly resetThreshold: Fen | undefined;
}

/** How a card with a key of its own shows to be genuine: DDA, CDA (EMV Book 3, §10.3); fDDA with qPBOC (JR/T 0025.12-2013 annex B). */
export type CertificateMethod = 'dda' | 'cda' | 'fdda';

/** The CA key that a chain begins at, and the algorithm of the issuer's key. */
interface GenuineIssuer {
  readonly caKeyIndex: number;
  readonly issuerAlgorithm: 'rsa' | 'sm2';
}

interface GenuineCertificates extends GenuineIssuer {
  readonly cardAlgorithm: 'rsa' | 'sm2';
}

/** What offline data authentication says of the card, as far as it goes without a payment. */
export type CardAuthentication =
  /** It signed a number of this inspection: it holds the key that its certificates name, and is no copy. */
  | ({ readonly kind: 'card-genuine'; readonly method: 'dda' } & GenuineCertificates)
  /** The issuer signed its records. A copy has them too. */
  | ({ readonly kind: 'data-genuine'; readonly method: 'sda' } & GenuineIssuer)
  /**
   * Its certificates are genuine, and a copy of them would pass. `method`: the one that would tell; CDA and fDDA sign payments
   * alone, and for DDA no unpredictable number was given, or the card left. Absent: the card offers none, or did not say.
   */
  | ({ readonly kind: 'certificates-genuine'; readonly method?: CertificateMethod } & GenuineCertificates)
  /** The issuer's certificate is genuine; what the card's one, or the issuer's signature, covers could not be found out. */
  | ({ readonly kind: 'issuer-genuine' } & GenuineIssuer)
  | { readonly kind: 'failed'; readonly caKeyIndex: number | undefined; readonly failure: OdaFailure }
  /** It showed no certificates. */
  | { readonly kind: 'none' };

export interface InspectedRecord {
  readonly sfi: number;
  readonly record: number;
  /** The whole answer without status word. */
  readonly data: Uint8Array;
}

/** One record of a log, split by the card's format (9F4F, DF4F). */
export interface LogEntry {
  /** Record number, 1 is the newest. */
  readonly record: number;
  /** Fields in the card's order. */
  readonly fields: readonly { readonly tag: number; readonly value: Uint8Array }[];
  /** Electronic cash before and after a load, fen; absent in a log of payments. */
  readonly balances?: { readonly before: Fen; readonly after: Fen };
}
