// What the rules will look like; each line moves to the file named above it as it is filled in.
import type { CvmOutcome } from '../cvm/signatures.ts';
import type { DataObjects } from '../tlv/data-objects.ts';
import type { CivilDate, Fen } from '../values/index.ts';
import type { Findings, TvrBit } from './verification-results.ts';

// processing-restrictions.ts
export interface RestrictionFacts {
  /** 9F09, 2 bytes. */
  readonly terminalVersion: Uint8Array;
  /** 9F1A, 2 bytes. */
  readonly countryCode: Uint8Array;
  /** 9F35, the byte. */
  readonly terminalType: number;
  /** 9F40, 5 bytes. */
  readonly additionalCapabilities: Uint8Array;
  /** 9C, the byte. */
  readonly transactionType: number;
  /** 9F03: cashback. */
  readonly amountOther: Fen;
  readonly date: CivilDate;
}
/** The card: 9F08, 9F07, 5F28, 5F25, 5F24. */
export type ProcessingRestrictions = (card: DataObjects, facts: RestrictionFacts) => readonly TvrBit[];

// terminal-risk-management.ts
export interface RandomSelection {
  /** DF15, below the floor limit. */
  readonly threshold: Fen;
  /** DF17, 0 to 99. */
  readonly targetPercent: number;
  /** DF16, targetPercent to 99. */
  readonly maximumTargetPercent: number;
  /** Fresh for this transaction, 1 to 99. */
  readonly random: number;
}
export interface RiskFacts {
  readonly terminalType: number;
  readonly amount: Fen;
  /** 9F1B. */
  readonly floorLimit: Fen;
  /** Of this PAN in the terminal's log; 0 where there is none. */
  readonly loggedAmount: Fen;
  readonly randomSelection?: RandomSelection;
  readonly onExceptionFile: boolean;
  readonly merchantForcedOnline: boolean;
  /** Values of 9F36 and 9F13 from GET DATA; undefined where the card gave none. Asked for only when `needsVelocityChecking`. */
  readonly atc: Uint8Array | undefined;
  readonly lastOnlineAtc: Uint8Array | undefined;
}
/** Are both 9F14 and 9F23 there? Then GET DATA 9F36 and 9F13. */
export type NeedsVelocityChecking = (card: DataObjects) => boolean;
/** The card: 82, 9F14, 9F23. AIP byte 1 bit 4 off: only exception file and merchant's wish. */
export type TerminalRiskManagement = (card: DataObjects, facts: RiskFacts) => Findings;

// action-analysis.ts
/** 5 bytes each: DF13, DF12, DF11 of the AID parameters; absent: zeros. */
export interface TerminalActionCodes {
  readonly denial?: Uint8Array;
  readonly online?: Uint8Array;
  readonly default?: Uint8Array;
}
export interface ActionFacts {
  readonly terminalType: number;
  readonly terminalActionCodes: TerminalActionCodes;
  /** 95, 5 bytes. */
  readonly tvr: Uint8Array;
}
/** What GENERATE AC asks for, and 8A as far as the terminal sets it: two characters. */
export interface Action {
  readonly request: 'aac' | 'arqc' | 'tc';
  readonly authorisationResponseCode?: 'Y1' | 'Z1' | 'Y3' | 'Z3';
}
/** The card: 9F0E, 9F0F, 9F0D. */
export type FirstAction = (card: DataObjects, facts: ActionFacts) => Action;
export type HostWord = 'approved' | 'declined' | 'no-answer';
/** After an ARQC. With the host's word there is no code of the terminal's: 8A is the host's. */
export type SecondAction = (card: DataObjects, facts: ActionFacts, host: HostWord) => Action;

// electronic-cash.ts
export interface ElectronicCashOffer {
  readonly amount: Fen;
  readonly transactionType: number;
  /** 5F2A, 2 bytes. */
  readonly currencyCode: Uint8Array;
  /** 9F7B and 9F1B, as far as the terminal has them. */
  readonly transactionLimit?: Fen;
  readonly floorLimit?: Fen;
}
/** 9F7A for the PDOL: 01 or 00. */
export type OffersElectronicCash = (offer: ElectronicCashOffer) => boolean;
/** After READ RECORD, from 9F74. 'malformed' ends the transaction. */
export type ElectronicCashPath = (
  card: DataObjects,
  offered: boolean,
) => 'electronic-cash' | 'debit-credit' | 'malformed';
/** Values from GET DATA 9F79 and 9F6D. */
export interface ElectronicCashFacts {
  readonly amount: Fen;
  readonly balance: Uint8Array | undefined;
  readonly resetThreshold: Uint8Array | undefined;
  readonly terminalType: number;
  /** Can online PIN be asked for? */
  readonly onlinePin: boolean;
}
/** Asked when `FirstAction` says 'tc'. 'online-with-pin': ask online PIN; bypassed or no pad: 'offline'. */
export type ElectronicCashAction = (facts: ElectronicCashFacts) => 'offline' | 'online' | 'online-with-pin';

export type { CvmOutcome };
