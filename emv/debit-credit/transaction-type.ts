import type { Fen } from '../values/index.ts';

/** 9C: the first two digits of the processing code (ISO 8583). */
export const TRANSACTION_TYPE = {
  purchase: 0x00,
  cash: 0x01,
  purchaseWithCashback: 0x09,
} as const;

/** 9C and 9F03 as far as rules ask for them. */
export interface TransactionKind {
  /** 9C, the byte. */
  readonly transactionType: number;
  /** 9F03: the cashback in it. */
  readonly amountOther: Fen;
}

export function isCash({ transactionType }: TransactionKind): boolean {
  return transactionType === TRANSACTION_TYPE.cash;
}

export function isPurchase({ transactionType }: TransactionKind): boolean {
  return transactionType === TRANSACTION_TYPE.purchase || transactionType === TRANSACTION_TYPE.purchaseWithCashback;
}

export function hasCashback({ transactionType, amountOther }: TransactionKind): boolean {
  return (
    transactionType === TRANSACTION_TYPE.purchaseWithCashback ||
    (transactionType === TRANSACTION_TYPE.purchase && amountOther > 0)
  );
}
