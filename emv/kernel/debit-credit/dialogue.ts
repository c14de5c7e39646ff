import { type Findings, TerminalVerificationResults, TransactionStatusInformation } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { buildDol, type DataObjects, type DolEntry } from '../../tlv/index.ts';
import type { Fen } from '../../values/index.ts';
import type { ReadingPlan } from '../afl.ts';
import type { CardData } from '../card-data.ts';
import type { Application } from '../fci.ts';
import { splitDol } from '../terminal-data.ts';
import type { ApplicationParameters, TransactionInput } from '../transaction.ts';

/** Which way the card is connected. */
export type CardInterface = 'contact' | 'contactless';

/** What the terminal can tell a card: its own data, and before them what the steps have found. */
export class TerminalValues implements DataObjects {
  readonly #own: DataObjects;
  readonly #found = new Map<number, Uint8Array>();

  constructor(own: DataObjects) {
    this.#own = own;
  }

  get(tag: number): Uint8Array | undefined {
    return this.#found.get(tag) ?? this.#own.get(tag);
  }

  set(tag: number, value: Uint8Array): void {
    this.#found.set(tag, value);
  }
}

/**
 * One transaction of full debit/credit from GPO on. What is known of it fills up from step to step: the card's data with its
 * records, the terminal's with results, TVR and TSI with what the steps find.
 */
export interface Dialogue {
  readonly input: TransactionInput;
  readonly cardInterface: CardInterface;
  readonly application: Application;
  readonly parameters: ApplicationParameters;
  /** PDOL values as sent in GPO, without 83 and length. */
  readonly pdolValues: Uint8Array;
  /** The whole answer to GPO. */
  readonly gpoAnswer: Uint8Array;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  readonly plan: ReadingPlan;
  /** 9F79 before GPO, where it was asked for. */
  readonly balanceBefore: Fen | undefined;
  readonly data: CardData;
  readonly terminal: TerminalValues;
  readonly tvr: TerminalVerificationResults;
  readonly tsi: TransactionStatusInformation;
}

export function newDialogue(facts: Omit<Dialogue, 'tvr' | 'tsi'>): Dialogue {
  const tvr = new TerminalVerificationResults();
  const tsi = new TransactionStatusInformation();
  // EMV Book 4, §6.3.4.5: no verification has been performed.
  facts.terminal.set(TAG.cvmResults, Uint8Array.of(0x3f, 0x00, 0x00));
  return { ...facts, tvr, tsi };
}

/** Sets the bits that a step has found. */
export function note({ tvr, tsi }: Dialogue, findings: Partial<Findings>): void {
  tvr.set(...(findings.tvr ?? []));
  tsi.set(...(findings.tsi ?? []));
}

/** The values that a DOL of the card asks for, from terminal and card as they are known now (EMV Book 3, §5.4). */
export function dolValues({ terminal, data, tvr, tsi }: Dialogue, entries: readonly DolEntry[]): Uint8Array {
  return buildDol(entries, (tag) => {
    if (tag === TAG.tvr) return tvr.bytes;
    if (tag === TAG.tsi) return tsi.bytes;
    return terminal.get(tag) ?? data.get(tag);
  });
}

/** Was the card told that electronic cash is offered (9F7A)? */
export function electronicCashOffered({ application, pdolValues }: Dialogue): boolean {
  return splitDol(application.pdol, pdolValues)?.get(TAG.ecSupport)?.at(-1) === 1;
}
