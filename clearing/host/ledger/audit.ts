import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import { RECORD_RULES } from './audit-records.ts';
import type { MovementKind } from './ledger.ts';

const sums = z.object({
  chip_purchases: z.int(),
  account_purchases: z.int(),
  purse_purchases: z.int(),
  given_back: z.int(),
  purse_given_back: z.int(),
  loads: z.int(),
  loads_undone: z.int(),
  loads_decided: z.int(),
  overdrawn: z.int(),
  loads_waiting: z.int(),
  merchants: z.int(),
  suspense: z.int(),
  suspense_items: z.int(),
  debts: z.int(),
  debts_opened: z.int(),
  debts_open: z.int(),
  debts_collected: z.int(),
  collected: z.int(),
  claims: z.int(),
  claims_paid: z.int(),
  centre_paid: z.int(),
  claims_opened: z.int(),
  debts_noted: z.int(),
  listed: z.int(),
  owed: z.int(),
  all_postings: z.int(),
  approved_accepted: z.int(),
  approved_disputed: z.int(),
  held_on_cards: z.int(),
  held_by_authorisations: z.int(),
  wrong_balances: z.int(),
  undecided_open: z.int(),
  /** By the rules for single records: how many break each, in their order. */
  wrong: z.array(z.int()),
});

/** What has been moved for one reason. */
const moved = (kind: MovementKind): string => `coalesce((select sum(p.amount_minor)
      from postings p join movements m using (movement) where m.kind = '${kind}' and p.amount_minor > 0), 0)::bigint`;

/** Every sum that `audit` compares, in one statement so that all are of one moment. */
const SUMS = `
  select
    ${moved('chip-purchase')} as chip_purchases,
    ${moved('account-purchase')} as account_purchases,
    ${moved('purse-purchase')} as purse_purchases,
    ${moved('give-back')} as given_back,
    ${moved('purse-give-back')} as purse_given_back,
    ${moved('load')} as loads,
    ${moved('load-undone')} as loads_undone,
    coalesce((select sum(amount_minor) from loads where state = 'loaded'), 0)::bigint as loads_decided,
    coalesce(-(select sum(balance_minor) from cards where balance_minor < 0), 0)::bigint as overdrawn,
    (select count(*) from loads where state = 'waiting') as loads_waiting,
    coalesce((select sum(amount_minor) from postings where account like 'merchant:%'), 0)::bigint as merchants,
    coalesce(-(select sum(amount_minor) from postings where account = 'suspense'), 0)::bigint as suspense,
    coalesce((select sum(amount_minor) from suspense_items where state = 'open'), 0)::bigint as suspense_items,
    coalesce((select sum(amount_minor) from suspense_items), 0)::bigint as claims,
    coalesce((select sum(amount_minor) from suspense_items
      where state = 'paid' and claimant = 'merchant'), 0)::bigint as claims_paid,
    coalesce((select sum(p.amount_minor) from postings p join movements m using (movement)
      where m.kind = 'suspense-paid' and p.account like 'merchant:%'), 0)::bigint as centre_paid,
    ${moved('suspense')} as claims_opened,
    ${moved('debt')} as debts_noted,
    coalesce((select sum(amount_minor) from collections), 0)::bigint as listed,
    coalesce(-(select sum(amount_minor) from postings where account like 'debt:%'), 0)::bigint as debts,
    coalesce((select sum(amount_minor) from postings where account like 'owed:%'), 0)::bigint as owed,
    coalesce((select sum(amount_minor) from debts), 0)::bigint as debts_opened,
    coalesce((select sum(amount_minor) from debts where state = 'open'), 0)::bigint as debts_open,
    coalesce((select sum(amount_minor) from debts where state = 'collected'), 0)::bigint as debts_collected,
    ${moved('debt-collected')} as collected,
    coalesce((select sum(amount_minor) from postings), 0)::bigint as all_postings,
    coalesce((select sum(amount_minor) from records
      where outcome = 'approved' and verdict = 'accepted' and kind = 'purchase'), 0)::bigint as approved_accepted,
    coalesce((select sum(amount_minor) from records
      where outcome = 'approved' and verdict = 'disputed'), 0)::bigint as approved_disputed,
    coalesce((select sum(held_minor) from cards), 0)::bigint as held_on_cards,
    coalesce((select sum(amount_minor) from authorisations where state = 'held'), 0)::bigint as held_by_authorisations,
    (select count(*) from cards c where c.balance_minor <>
      coalesce((select sum(amount_minor) from postings where account = 'account:' || c.token), 0)) as wrong_balances,
    (select count(*) from undecided where state = 'open') as undecided_open,
    json_build_array(${RECORD_RULES.map(({ sql }) => `(${sql})`).join(',\n    ')}) as wrong`;

/** The books at one moment. Amounts in fen. */
export interface Audit {
  /** Nothing in `faults`. */
  readonly balanced: boolean;
  /** What does not add up, in words. */
  readonly faults: readonly string[];
  /** Purchases that chips paid (TCs). */
  readonly chipPurchasesMinor: number;
  /** Purchases that accounts paid (posted authorisations). */
  readonly accountPurchasesMinor: number;
  /** Chip debits that were no purchase after all, credited to the accounts of their cards. */
  readonly givenBackMinor: number;
  /** All that chips have spent: purchases and what was given back. */
  readonly chipDebitsMinor: number;
  /** Purchases that purses paid (TACs). */
  readonly pursePurchasesMinor: number;
  /** The same for purses. */
  readonly purseGivenBackMinor: number;
  /** What went from accounts into chips, less what chips have proven not to have taken. */
  readonly loadedMinor: number;
  /** What cards owe for deferred authorisations: open, and collected so far. */
  readonly debtsMinor: number;
  readonly collectedMinor: number;
  /** What accounts are below zero. */
  readonly overdrawnMinor: number;
  readonly merchantsMinor: number;
  /** Authorised, neither posted nor reversed. */
  readonly heldMinor: number;
  /** Claimed by terminals, not paid, and nobody has decided. */
  readonly suspenseMinor: number;
  /** What an operator has paid merchants of such claims, whoever bore it. */
  readonly claimsPaidMinor: number;
  readonly undecidedOpen: number;
  /** Loads that wait for their chip. */
  readonly loadsWaiting: number;
}

async function sumUp(tx: Transaction): Promise<z.output<typeof sums>> {
  // It goes through everything, and grows with it: a million records take some ten seconds.
  await tx.run('set local statement_timeout = 0');
  return tx.one(sums, SUMS);
}

/** Adds up the books (design 4.11): who was paid, from which pot, what is held and what is in suspense; in all, and record by record. */
export async function audit(database: Pick<Database, 'transaction'>): Promise<Audit> {
  const found = await database.transaction(sumUp);
  const rules: readonly (readonly [boolean, string])[] = [
    [found.all_postings === 0, `the postings sum to ${found.all_postings} instead of zero`],
    [
      found.merchants ===
        found.chip_purchases + found.account_purchases + found.purse_purchases + found.collected + found.centre_paid,
      `merchants have ${found.merchants}, pots paid ${found.chip_purchases}, ${found.account_purchases} and ${found.purse_purchases}, debts ${found.collected}, the centre ${found.centre_paid}`,
    ],
    [
      found.merchants === found.approved_accepted + found.debts_collected + found.claims_paid,
      `merchants have ${found.merchants}, accepted approvals are ${found.approved_accepted}, collected debts ${found.debts_collected}, paid claims ${found.claims_paid}`,
    ],
    [
      found.approved_disputed <= found.claims + found.debts_opened,
      `disputed approvals are ${found.approved_disputed}, in suspense was ${found.claims}, debts were ${found.debts_opened}`,
    ],
    [
      found.suspense === found.suspense_items,
      `in suspense is ${found.suspense}, what is listed there comes to ${found.suspense_items}`,
    ],
    [
      found.claims_opened === found.claims && found.debts_noted === found.debts_opened,
      `claims came to ${found.claims_opened} and debts to ${found.debts_noted}, what is known of comes to ${found.claims} and ${found.debts_opened}`,
    ],
    [
      found.listed === found.debts_collected + found.claims_paid,
      `central systems are told of ${found.listed}, collected debts are ${found.debts_collected}, paid claims ${found.claims_paid}`,
    ],
    [
      found.debts === found.debts_open && found.owed === found.debts_open,
      `cards owe ${found.debts} and merchants are owed ${found.owed}, open debts are ${found.debts_open}`,
    ],
    [
      found.collected === found.debts_collected,
      `accounts paid ${found.collected} for debts, collected debts are ${found.debts_collected}`,
    ],
    [
      found.held_on_cards === found.held_by_authorisations,
      `cards hold ${found.held_on_cards}, authorisations ${found.held_by_authorisations}`,
    ],
    [
      found.loads - found.loads_undone === found.loads_decided,
      `chips were loaded with ${found.loads} less ${found.loads_undone}, loads that took place are ${found.loads_decided}`,
    ],
    [found.wrong_balances === 0, `${found.wrong_balances} accounts do not have what was posted to them`],
  ];
  const broken = RECORD_RULES.flatMap(({ words }, nth) =>
    found.wrong[nth] === 0 ? [] : `${found.wrong[nth]} ${words}`,
  );
  const faults = [...rules.filter(([holds]) => !holds).map(([, words]) => words), ...broken];
  return {
    balanced: faults.length === 0,
    faults,
    chipPurchasesMinor: found.chip_purchases,
    accountPurchasesMinor: found.account_purchases,
    givenBackMinor: found.given_back,
    pursePurchasesMinor: found.purse_purchases,
    purseGivenBackMinor: found.purse_given_back,
    loadedMinor: found.loads - found.loads_undone,
    debtsMinor: found.debts_open,
    collectedMinor: found.collected,
    overdrawnMinor: found.overdrawn,
    chipDebitsMinor: found.chip_purchases + found.given_back,
    merchantsMinor: found.merchants,
    heldMinor: found.held_on_cards,
    suspenseMinor: found.suspense,
    claimsPaidMinor: found.claims_paid,
    undecidedOpen: found.undecided_open,
    loadsWaiting: found.loads_waiting,
  };
}
