import { TAG } from '../../dictionary/index.ts';
import { type Fen, parseAmount } from '../../values/index.ts';
import { selectApplication as selectContactless } from '../application-selection.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import type { Application } from '../fci.ts';
import { readObject } from '../get-data.ts';
import { debitCreditTtq } from '../pre-processing.ts';
import type { Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { buildCandidates, selectApplication } from './application-selection.ts';
import { type LoadLogEntry, type LogEntry, readLoadLog, readTransactionLog } from './card-logs.ts';
import type { CardInterface } from './dialogue.ts';

/** What a card tells of its electronic cash; what it does not give is absent. */
export interface CardBalance {
  readonly kind: 'balance';
  readonly aid: Uint8Array;
  readonly label: string;
  /** 9F79. */
  readonly balance?: Fen;
  /** 9F77, 9F78, 9F6D, 9F6B. */
  readonly balanceLimit?: Fen;
  readonly transactionLimit?: Fen;
  readonly resetThreshold?: Fen;
  readonly cvmLimit?: Fen;
  /** Newest first. */
  readonly transactions: readonly LogEntry[];
  readonly loads: readonly LoadLogEntry[];
}

const AMOUNTS = {
  balance: TAG.ecBalance,
  balanceLimit: TAG.ecBalanceLimit,
  transactionLimit: TAG.ecTransactionLimit,
  resetThreshold: TAG.ecResetThreshold,
  cvmLimit: TAG.cardCvmLimit,
} as const;

type Amounts = { -readonly [K in keyof typeof AMOUNTS]?: Fen };

function* readAmounts(): Step<Amounts | 'torn'> {
  const amounts: Amounts = {};
  for (const name of Object.keys(AMOUNTS) as (keyof typeof AMOUNTS)[]) {
    const told = yield* readObject(AMOUNTS[name]);
    if (told.kind === 'torn') return 'torn';
    const amount = told.value && parseAmount(told.value);
    if (amount !== undefined) amounts[name] = amount;
  }
  return amounts;
}

function* select(
  { terminal }: TransactionInput,
  cardInterface: CardInterface,
): Step<{ kind: 'selected'; application: Application } | Ended> {
  const { applications } = terminal;
  if (applications.length === 0) return declined('no-common-application');
  if (cardInterface === 'contactless') {
    const ttq = debitCreditTtq(terminal);
    const offering = { ...terminal, contactlessDebitCredit: true };
    const allowed = applications.map((parameters) => ({ parameters, ttq }));
    return yield* selectContactless(offering, allowed);
  }
  const candidates = yield* buildCandidates(applications);
  return candidates.kind === 'candidates' ? yield* selectApplication(candidates) : candidates;
}

/**
 * What a card holds, may hold and has done (JR/T 0025.13; GET DATA and its two logs). Nothing of the card changes: there is no
 * GPO, so no counter moves and no money can.
 */
export function* balanceInquiry(input: TransactionInput, cardInterface: CardInterface): Step<CardBalance | Ended> {
  const selected = yield* select(input, cardInterface);
  if (selected.kind !== 'selected') return selected;
  const { aid, label, fci } = selected.application;
  const amounts = yield* readAmounts();
  if (amounts === 'torn') return TORN;
  const transactions = yield* readTransactionLog(fci);
  if (transactions === 'torn') return TORN;
  const loads = yield* readLoadLog(fci);
  if (loads === 'torn') return TORN;
  return { kind: 'balance', aid, label, ...amounts, transactions, loads };
}
