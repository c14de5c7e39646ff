import { TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { connectivityOf } from './terminal-type.ts';

/** TAC of one application: DF13, DF12 and DF11 of the AID parameters, 5 bytes each; an absent one is all zeros. */
export interface TerminalActionCodes {
  readonly denial?: Uint8Array;
  readonly online?: Uint8Array;
  readonly default?: Uint8Array;
}

export interface ActionFacts {
  /** 9F35, the byte. */
  readonly terminalType: number;
  readonly terminalActionCodes: TerminalActionCodes;
  /** 95, 5 bytes, as it stands now. */
  readonly tvr: Uint8Array;
}

/** What the next GENERATE AC asks for. */
export interface Action {
  readonly request: 'aac' | 'arqc' | 'tc';
  /** 8A, two characters, where the terminal decides without the host (EMV Book 4, annex A6). */
  readonly authorisationResponseCode?: 'Y1' | 'Z1' | 'Y3' | 'Z3';
}

/** What became of the ARQC. */
export type HostWord = 'approved' | 'declined' | 'no-answer';

type Purpose = keyof TerminalActionCodes;

const LENGTH = 5;

/** IAC by purpose, and the byte that stands for a missing one (EMV Book 3, §10.7). */
const ISSUER: Readonly<Record<Purpose, { readonly tag: number; readonly missing: number }>> = {
  denial: { tag: TAG.issuerActionCodeDenial, missing: 0x00 },
  online: { tag: TAG.issuerActionCodeOnline, missing: 0xff },
  default: { tag: TAG.issuerActionCodeDefault, missing: 0xff },
};

/** Is any bit of the TVR set that issuer or acquirer name for this purpose? A code of another length is none. */
function isAnyNamed(card: DataObjects, { tvr, terminalActionCodes }: ActionFacts, purpose: Purpose): boolean {
  const { tag, missing } = ISSUER[purpose];
  const given = card.get(tag);
  const issuer = given?.length === LENGTH ? given : new Uint8Array(LENGTH).fill(missing);
  const acquirer = terminalActionCodes[purpose] ?? new Uint8Array(LENGTH);
  return tvr.some((byte, at) => (byte & ((issuer[at] ?? 0) | (acquirer[at] ?? 0))) !== 0);
}

/**
 * Terminal action analysis before the first GENERATE AC (EMV Book 3, §10.7). The card: 9F0E, 9F0F, 9F0D. Denial first; then
 * a terminal that is always online asks for an ARQC, one that never is goes by the default codes, the others by the online
 * codes. Never throws on card data.
 */
export function firstAction(card: DataObjects, facts: ActionFacts): Action {
  const denied: Action = { request: 'aac', authorisationResponseCode: 'Z1' };
  const approved: Action = { request: 'tc', authorisationResponseCode: 'Y1' };
  if (isAnyNamed(card, facts, 'denial')) return denied;
  switch (connectivityOf(facts.terminalType)) {
    case 'online-only':
      return { request: 'arqc' };
    case 'offline-only':
      return isAnyNamed(card, facts, 'default') ? denied : approved;
    case 'offline-with-online-capability':
      return isAnyNamed(card, facts, 'online') ? { request: 'arqc' } : approved;
  }
}

/**
 * What the second GENERATE AC asks for, after an ARQC (EMV Book 3, §10.7 and §10.9; Book 4, §6.3.8). The host's word is
 * final, and 8A is the host's; without it the default codes decide, and an online-only terminal declines.
 */
export function secondAction(card: DataObjects, facts: ActionFacts, host: HostWord): Action {
  if (host === 'approved') return { request: 'tc' };
  if (host === 'declined') return { request: 'aac' };
  const declines = connectivityOf(facts.terminalType) === 'online-only' || isAnyNamed(card, facts, 'default');
  return declines
    ? { request: 'aac', authorisationResponseCode: 'Z3' }
    : { request: 'tc', authorisationResponseCode: 'Y3' };
}
