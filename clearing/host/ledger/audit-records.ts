import type { MovementKind } from './ledger.ts';

/** What must hold record by record: two wrongs of the same sum would be right in a sum. */
export interface RecordRule {
  /** Counts what is wrong. */
  readonly sql: string;
  /** What it has counted. */
  readonly words: string;
}

/** What a claim may be paid with. */
const PAYING: readonly MovementKind[] = [
  'chip-purchase',
  'account-purchase',
  'purse-purchase',
  'give-back',
  'purse-give-back',
  'load',
  'suspense-paid',
];

/**
 * How many movements of these kinds the record at `place` (an alias) has made, each of its whole amount.
 * @param side which account must have given (`-`) or got (`+`) it, in SQL
 */
const movedFor = (place: string, kinds: readonly MovementKind[], side = `p.amount_minor > 0`): string =>
  `(select count(*) from movements m join postings p using (movement)
    where m.kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}) and m.terminal = ${place}.terminal
      and m.epoch = ${place}.epoch and m.sequence = ${place}.sequence and abs(p.amount_minor) = ${place}.amount_minor and ${side})`;

/** What merchants have got for each record, against what they have coming for it. */
const MERCHANTS = `
  with due as (
    select r.terminal, r.epoch, r.sequence, 'merchant:' || b.merchant as account,
      case when r.verdict = 'accepted' and r.outcome = 'approved' and r.kind = 'purchase' then r.amount_minor
        when s.state = 'paid' and s.claimant = 'merchant' then s.amount_minor
        when d.state = 'collected' then d.amount_minor end as amount
    from records r join batches b on b.id = r.batch_id
      left join suspense_items s on (s.terminal, s.epoch, s.sequence) = (r.terminal, r.epoch, r.sequence)
      left join debts d on (d.terminal, d.epoch, d.sequence) = (r.terminal, r.epoch, r.sequence)),
  paid as (
    select m.terminal, m.epoch, m.sequence, p.account, sum(p.amount_minor) as amount
    from movements m join postings p using (movement) where p.account like 'merchant:%' group by 1, 2, 3, 4)
  select count(*) from (select * from due where amount > 0) as due
    full join paid using (terminal, epoch, sequence, account) where due.amount is distinct from paid.amount`;

/** The list for central systems against the debts and claims that it is of, and its numbers. */
const LISTED = `
  with paid as (
    select id, terminal, epoch, sequence, merchant, amount_minor from debts where state = 'collected'
    union all
    select s.id, s.terminal, s.epoch, s.sequence, b.merchant, s.amount_minor
    from suspense_items s join records r using (terminal, epoch, sequence) join batches b on b.id = r.batch_id
    where s.state = 'paid' and s.claimant = 'merchant')
  select (select count(*) from paid full join collections c using (id, terminal, epoch, sequence, merchant, amount_minor)
      where paid.* is null or c.number is null)
    + (select coalesce(max(number), 0) - count(*) from collections)`;

const CLAIMS = `
  select count(*) from suspense_items s
  where ${movedFor('s', ['suspense'], `p.account like 'contested:' || s.claimant || ':%'`)} <> 1
    or ${movedFor('s', ['suspense-closed'])} <> case s.state when 'open' then 0 else 1 end
    or ${movedFor('s', PAYING)} <> case s.state when 'paid' then 1 else 0 end
    or (s.state = 'paid' and ${movedFor(
      's',
      PAYING,
      `p.amount_minor < 0 and replace(split_part(p.account, ':', 1), 'issuer', 'centre') = s.paid_by`,
    )} <> 1)`;

const DEBTS = `
  select count(*) from debts d
  where ${movedFor('d', ['debt'], `p.account = 'debt:' || d.token`)} <> 1
    or ${movedFor('d', ['debt'], `p.account = 'owed:' || d.merchant`)} <> 1
    or ${movedFor('d', ['debt-closed'])} <> case d.state when 'open' then 0 else 1 end
    or ${movedFor('d', ['debt-collected'])} <> case d.state when 'collected' then 1 else 0 end`;

/** What was signed of each batch against its records; what has settled, in its order. */
const SETTLEMENTS = `
  with held as (
    select batch_id, count(*) filter (where verdict = 'accepted') as records,
      coalesce(sum(amount_minor) filter (where verdict = 'accepted' and outcome = 'approved' and kind = 'purchase'), 0) as total,
      coalesce(array_agg(sequence order by sequence) filter (where verdict = 'disputed'), '{}') as disputed
    from records group by batch_id)
  select (select count(*) from settlements s left join held using (batch_id)
      where (s.record_count, s.total_minor, s.disputed) is distinct from (held.records, held.total, held.disputed))
    + (select abs(last_number - (select count(*) from settlements)) from settlement_counter)`;

const HOLDS = `
  select count(*) from cards c full join
      (select token, sum(amount_minor) as held from authorisations where state = 'held' group by token) as a using (token)
    where coalesce(c.held_minor, 0) <> coalesce(a.held, 0)`;

/** Loads with an authorisation, by chip: the movement of one that the chip itself has told of names no record. */
const LOADS = `
  select count(*) from
      (select 'chip:' || token as account, sum(amount_minor) as amount from loads where state = 'loaded' group by token) as said
    full join
      (select p.account, sum(p.amount_minor) as amount from movements m join postings p using (movement)
        where m.kind in ('load', 'load-undone') and p.account like 'chip:%' group by 1 having sum(p.amount_minor) <> 0) as moved
      using (account)
    where said.amount is distinct from moved.amount`;

export const RECORD_RULES: readonly RecordRule[] = [
  { sql: MERCHANTS, words: 'records have not paid their merchant what was decided of them' },
  { sql: CLAIMS, words: 'claims have not moved what was decided of them, or have moved it more than once' },
  { sql: DEBTS, words: 'debts have not moved what has become of them' },
  { sql: LISTED, words: 'collected debts and paid claims are not listed as they are, or not listed, or out of number' },
  { sql: SETTLEMENTS, words: 'settlements are not what their records come to, or are missing' },
  { sql: HOLDS, words: 'cards do not hold what is authorised on them' },
  { sql: LOADS, words: 'chips were not loaded with what their loads say' },
];
