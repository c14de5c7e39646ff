import { TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { equalBytes, type Fen, parseAmount } from '../values/index.ts';
import { connectivityOf } from './terminal-type.ts';
import { TRANSACTION_TYPE } from './transaction-type.ts';

/** Electronic cash over the contact interface (JR/T 0025.13). */
export interface ElectronicCashOffer {
  /** 9F02. */
  readonly amount: Fen;
  /** 9C, the byte. */
  readonly transactionType: number;
  /** 9F7B, where the terminal has one. */
  readonly transactionLimit?: Fen;
  /** 9F1B, which stands in for it. */
  readonly floorLimit?: Fen;
}

/** Does the terminal offer electronic cash: is 9F7A in the PDOL 01? A purchase below the limit; no limit, no offer. */
export function offersElectronicCash(offer: ElectronicCashOffer): boolean {
  const limit = offer.transactionLimit ?? offer.floorLimit;
  return offer.transactionType === TRANSACTION_TYPE.purchase && limit !== undefined && offer.amount < limit;
}

/** `malformed`: what the card says of its path contradicts itself, and the transaction ends before it can take money. */
export type ElectronicCashPath = 'electronic-cash' | 'debit-credit' | 'malformed';

const AUTHORISATION_CODE_LENGTH = 6;

/**
 * Which path did the card take? Known once its records are read: 9F74 is there on the electronic-cash path alone
 * (JR/T 0025.13 §7.4.2). `offered` is what 9F7A told it, `currencyCode` 5F2A: the balance is in the application's currency
 * (9F42), so a card that takes this path in another contradicts itself.
 */
export function electronicCashPath(
  card: DataObjects,
  { offered, currencyCode }: { readonly offered: boolean; readonly currencyCode: Uint8Array },
): ElectronicCashPath {
  const code = card.get(TAG.ecAuthorisationCode);
  if (!offered || code === undefined) return 'debit-credit';
  const currency = card.get(TAG.applicationCurrency);
  const foreign = currency !== undefined && !equalBytes(currency, currencyCode);
  return code.length !== AUTHORISATION_CODE_LENGTH || foreign ? 'malformed' : 'electronic-cash';
}

export interface ElectronicCashFacts {
  /** 9F02. */
  readonly amount: Fen;
  /** 9F79 and 9F6D as GET DATA gave them, 6 bytes each; undefined where the card gave none. */
  readonly balance: Uint8Array | undefined;
  readonly resetThreshold: Uint8Array | undefined;
  /** 9F78 and 9F77, where they were asked for; the card keeps them itself. */
  readonly singleLimit?: Uint8Array;
  readonly balanceLimit?: Uint8Array;
  /** 9F35, the byte. */
  readonly terminalType: number;
  /** Can online PIN be asked for here? */
  readonly onlinePin: boolean;
}

/** `offline`: a TC, the chip pays. `online-with-pin`: ask online PIN, then an ARQC; without the PIN, a TC after all. */
export type ElectronicCashAction = 'offline' | 'online-with-pin' | 'online' | 'declined' | 'malformed';

const exceeds = (amount: Fen, limit: Uint8Array | undefined): boolean => {
  const parsed = limit && parseAmount(limit);
  return parsed !== undefined && amount > parsed;
};

/**
 * What a transaction on the electronic-cash path asks of the card, once action analysis alone would ask for a TC
 * (JR/T 0025.13 §7.4.4); with any other result the path is left and that result stands. A balance that stays at the reset
 * threshold or above is spent offline. Below it, a terminal that can goes online with the PIN, so that the card is loaded
 * anew. A card whose balance or own limits cannot bear the amount should not have taken this path: the host decides.
 * Never throws on card data.
 */
export function electronicCashAction(facts: ElectronicCashFacts): ElectronicCashAction {
  const balance = facts.balance && parseAmount(facts.balance);
  const threshold = facts.resetThreshold && parseAmount(facts.resetThreshold);
  if (balance === undefined || threshold === undefined) return 'malformed';
  const offlineOnly = connectivityOf(facts.terminalType) === 'offline-only';
  const { amount, singleLimit, balanceLimit } = facts;
  if (amount > balance || exceeds(amount, singleLimit) || exceeds(balance, balanceLimit)) {
    return offlineOnly ? 'declined' : 'online';
  }
  if (balance - amount >= threshold || offlineOnly || !facts.onlinePin) return 'offline';
  return 'online-with-pin';
}
