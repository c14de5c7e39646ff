import type { CardRecord } from '../card-record.ts';
import type { Sent } from '../transaction.ts';
import type { DebitCreditProfile } from './profile.ts';

/** What full debit/credit keeps without power, beside balance, ATC, PIN tries and log of the application. */
export interface StoredDebitCredit {
  /** The reference PIN, digits. */
  readonly pin: string;
  /** Blocked by a script, by the PIN try limit, or from the start. */
  readonly blocked: boolean;
  /** 9F13. */
  readonly lastOnlineAtc: number;
  /** Approved offline since it was last online, in fen and in transactions abroad. */
  readonly offlineAmount: number;
  readonly offlineAbroad: number;
  /** What the card verification results of the next transactions tell of this one. */
  readonly onlineNotCompleted: boolean;
  readonly issuerAuthenticationFailed: boolean;
  readonly issuerAuthenticationMissing: boolean;
  readonly blockedByPin: boolean;
  readonly sdaFailed: boolean;
  readonly ddaFailed: boolean;
  /** Script commands carried out since it was last online, 15 at most, and whether one was not. */
  readonly scripts: number;
  readonly scriptFailed: boolean;
  /** What PUT DATA and UPDATE RECORD have written; the rest is as issued. */
  readonly data: readonly DataObject[];
  readonly records: readonly CardRecord[];
  /** Newest first, 10 entries at most. */
  readonly loadLog: readonly Uint8Array[];
}

interface DataObject {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** One transaction from GPO on; lost with the power. */
export interface DebitCreditTransaction {
  /** `options`: before the first cryptogram. `online`: an ARQC was given, the second is awaited. `ended`: the last one was given. */
  readonly stage: 'options' | 'online' | 'ended';
  readonly over: 'contact' | 'contactless';
  /** Does it use SM, as the terminal said that it supports it (DF69)? */
  readonly sm: boolean;
  /** Is the card ready to pay from its chip? */
  readonly electronicCash: boolean;
  /** Everything the terminal has sent by PDOL and CDOLs; the latest counts. */
  readonly sent: Sent;
  /** The values of PDOL and CDOLs, one behind the other: what CDA signs. */
  readonly values: Uint8Array;
  /** Of the first GENERATE AC: what ARPC and script MACs are bound to. */
  readonly cryptogram?: Uint8Array;
  /** Was an online transaction still not completed when this one began? */
  readonly lastOnlineNotCompleted: boolean;
  /** Did it end, or go online, in a way that lets the issuer write? */
  readonly takesScripts: boolean;
  readonly issuerAuthentication: 'none' | 'good' | 'failed';
  readonly pin: 'none' | 'good' | 'failed';
  readonly dda: boolean;
  /** Of GET CHALLENGE; holds for the next command alone. */
  readonly challenge?: Uint8Array | undefined;
}

/** Memory as the issuer leaves it. */
export function issuedDebitCredit(profile: DebitCreditProfile, atc: number, blocked: boolean): StoredDebitCredit {
  return {
    pin: profile.pin,
    blocked,
    lastOnlineAtc: profile.issued.newCard ? 0 : atc,
    offlineAmount: 0,
    offlineAbroad: 0,
    onlineNotCompleted: false,
    issuerAuthenticationFailed: false,
    issuerAuthenticationMissing: false,
    blockedByPin: false,
    sdaFailed: false,
    ddaFailed: false,
    scripts: 0,
    scriptFailed: false,
    data: [],
    records: [],
    loadLog: [],
  };
}
