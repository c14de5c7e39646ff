/** The schema, step by step: what has been released is never changed, only added to. Step n brings version n. */
export const MIGRATIONS: readonly string[] = [
  `
  create table merchants (
    merchant text primary key,
    name text not null,
    category_code text not null
  );

  create table terminals (
    terminal text primary key,
    merchant text not null references merchants,
    last_epoch integer not null default 0 check (last_epoch >= 0)
  );

  create table enrolment_codes (
    -- SM3 of the code: who reads the database cannot enrol.
    code_hash text primary key,
    terminal text not null references terminals,
    expires_at timestamptz not null,
    used_by_key text,
    used_for_epoch integer,
    used_at timestamptz
  );

  create table epochs (
    terminal text not null references terminals,
    epoch integer not null check (epoch >= 1),
    merchant text not null references merchants,
    signing_key text not null,
    genesis_hash text not null,
    software text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    head_sequence bigint not null default 0,
    head_hash text not null,
    primary key (terminal, epoch)
  );
  create unique index one_open_epoch on epochs (terminal) where closed_at is null;

  create table cards (
    token text primary key,
    masked_pan text not null,
    expiry date not null,
    blocked boolean not null,
    hotlisted boolean not null default false,
    pin_reference text,
    pin_tries_left integer not null check (pin_tries_left >= 0),
    balance_minor bigint not null check (balance_minor >= 0),
    held_minor bigint not null default 0 check (held_minor between 0 and balance_minor)
  );

  -- Every genuine cryptogram the host has seen, whatever it came with. 'moved' says what money it moved; once set it
  -- stays, so that one (PAN, ATC) moves money once.
  create table cryptograms (
    token text not null references cards,
    pan_sequence integer not null,
    atc integer not null,
    kind text not null check (kind in ('tc', 'arqc', 'aac')),
    -- The chip's balance before this transaction took anything; null when the cryptogram does not tell.
    balance_before_minor bigint,
    moved text check (moved in ('held', 'paid', 'given-back')),
    seen_at timestamptz not null,
    primary key (token, pan_sequence, atc)
  );

  create table authorisations (
    id uuid primary key,
    number bigint generated always as identity unique,
    terminal text not null references terminals,
    -- 'void': its reversal came first.
    state text not null check (state in ('void', 'declined', 'verified', 'held', 'reversed', 'posted')),
    fingerprint text,
    payment_id text,
    amount_minor bigint,
    token text references cards,
    pan_sequence integer,
    atc integer,
    cryptogram text,
    answer jsonb,
    changed_at timestamptz not null
  );

  create table reversals (
    id uuid primary key,
    terminal text not null references terminals,
    fingerprint text not null,
    authorisation uuid not null references authorisations,
    effect text not null,
    received_at timestamptz not null
  );

  create table batches (
    id uuid primary key,
    terminal text not null,
    epoch integer not null,
    merchant text not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    record_count integer not null,
    total_minor bigint not null,
    chain_head text not null,
    merkle_root text not null,
    seal_signature text not null,
    received_at timestamptz not null,
    key_id text,
    acknowledgement_signature text,
    unique (terminal, epoch, first_sequence),
    foreign key (terminal, epoch) references epochs
  );

  create table records (
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    batch_id uuid not null references batches,
    -- The bytes that the chain covers; of an unreadable record, whatever the terminal found.
    canonical bytea not null,
    chain_hash text not null,
    sealed_pan text,
    verdict text not null check (verdict in ('accepted', 'disputed')),
    reason text check ((verdict = 'disputed') = (reason is not null)),
    -- Null when the record cannot be read.
    outcome text,
    amount_minor bigint,
    primary key (terminal, epoch, sequence)
  );
  create index records_of_batch on records (batch_id, sequence);

  -- Payments that ended before the terminal knew whether the card had paid.
  create table undecided (
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    token text not null references cards,
    pan_sequence integer not null,
    atc integer not null,
    amount_minor bigint not null,
    balance_before_minor bigint,
    state text not null check (state in ('open', 'given-back', 'not-debited', 'paid')),
    decided_at timestamptz,
    primary key (terminal, epoch, sequence),
    foreign key (terminal, epoch, sequence) references records
  );
  create index undecided_open on undecided (token, pan_sequence) where state = 'open';

  create table movements (
    movement bigint generated always as identity primary key,
    kind text not null check (kind in ('opening', 'chip-purchase', 'account-purchase', 'give-back', 'suspense')),
    -- The record that moved it; for 'give-back' the record of the debit that is undone.
    terminal text,
    epoch integer,
    sequence bigint,
    made_at timestamptz not null,
    unique (kind, terminal, epoch, sequence),
    foreign key (terminal, epoch, sequence) references records deferrable initially deferred
  );

  create table postings (
    movement bigint not null references movements,
    account text not null,
    amount_minor bigint not null check (amount_minor <> 0),
    primary key (movement, account)
  );
  create index postings_of_account on postings (account);

  create function movement_sums_to_zero() returns trigger language plpgsql as $$
  begin
    if (select sum(amount_minor) from postings where movement = new.movement) <> 0 then
      raise exception 'movement % does not sum to zero', new.movement;
    end if;
    return null;
  end $$;
  create constraint trigger movement_sums_to_zero after insert or update on postings
    deferrable initially deferred for each row execute function movement_sums_to_zero();

  -- What a terminal claims and the host does not pay.
  create table suspense_items (
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    claimant text not null check (claimant in ('merchant', 'card')),
    amount_minor bigint not null,
    reason text not null,
    primary key (terminal, epoch, sequence),
    foreign key (terminal, epoch, sequence) references records deferrable initially deferred
  );

  create table incidents (
    incident bigint generated always as identity primary key,
    kind text not null,
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    detail text not null,
    times integer not null default 1,
    first_at timestamptz not null,
    last_at timestamptz not null,
    unique (kind, terminal, epoch, sequence)
  );

  create table settlement_counter (last_number bigint not null);
  insert into settlement_counter values (0);

  create table settlements (
    -- In settlement order without gaps, since one transaction at a time holds the counter.
    number bigint primary key,
    batch_id uuid not null unique references batches,
    reference text not null unique,
    settled_at timestamptz not null,
    record_count integer not null,
    total_minor bigint not null,
    disputed bigint[] not null,
    key_id text not null,
    signature text not null,
    central_acknowledged_at timestamptz
  );

  create table hotlist_changes (
    version integer primary key,
    token text not null,
    listed boolean not null,
    made_at timestamptz not null
  );

  create table parameter_sets (
    version integer primary key,
    content jsonb not null,
    issued_at timestamptz not null
  );
  `,
  `
  -- A verified TC is paid even where the account has less: then it has a debt.
  alter table cards
    drop constraint if exists cards_balance_minor_check,
    drop constraint if exists cards_held_minor_check,
    drop constraint if exists cards_check,
    add constraint held_not_negative check (held_minor >= 0);

  alter table authorisations add column purpose text check (purpose in ('authorise', 'verify-tc', 'load'));
  create index authorisations_of_chip on authorisations (token, pan_sequence, atc);

  alter table records add column kind text check (kind in ('purchase', 'load'));
  update records set kind = 'purchase' where outcome is not null;

  -- False: the terminal knows the counter of the transaction, its cryptogram never came.
  alter table undecided add column cryptogram_seen boolean not null default true;

  -- 'unseen': the chip has paid at this ATC by its balance, and no cryptogram of it ever came.
  alter table cryptograms
    drop constraint cryptograms_kind_check,
    add constraint cryptograms_kind_check check (kind in ('tc', 'arqc', 'aac', 'unseen'));

  alter table movements
    drop constraint movements_kind_check,
    add constraint movements_kind_check check (kind in ('opening', 'chip-purchase', 'account-purchase', 'give-back',
      'suspense', 'purse-purchase', 'purse-give-back', 'load', 'load-undone'));

  -- Authorised loads. 'waiting': the terminal does not know whether the chip has taken it. 'proven': the chip itself has told.
  create table loads (
    authorisation uuid primary key references authorisations,
    token text not null references cards,
    pan_sequence integer not null,
    atc integer not null,
    amount_minor bigint not null,
    balance_before_minor bigint not null,
    state text not null check (state in ('open', 'waiting', 'loaded', 'not-loaded')),
    proven boolean not null default false,
    -- A record has said that it was loaded.
    recorded boolean not null default false,
    decided_at timestamptz,
    unique (token, pan_sequence, atc)
  );
  create index loads_unproven on loads (token, pan_sequence) where not proven;

  -- Purchases of purses that moved money. The TAC covers the PSAM's number and not the purse's, so each of them moves money once.
  create table purse_transactions (
    token text not null references cards,
    purse text not null check (purse in ('ed', 'ep')),
    sequence integer not null,
    terminal_id text not null,
    terminal_sequence bigint not null,
    moved text not null check (moved in ('paid', 'given-back')),
    seen_at timestamptz not null,
    primary key (token, purse, sequence),
    unique (token, terminal_id, terminal_sequence)
  );
  `,

  `
  -- Client certificates that were given out. A key gets its certificate again, so that an answer may be lost.
  create table client_certificates (
    terminal text not null,
    epoch integer not null,
    -- SubjectPublicKeyInfo, base64.
    public_key text not null,
    certificate text not null,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (terminal, epoch, public_key),
    foreign key (terminal, epoch) references epochs
  );
  `,

  `
  -- Changes of the hotlist are numbered together with what cards owe. 'hash' names the list at a version that was ever the newest,
  -- 'entries' says how many cards were on it.
  alter table hotlist_changes
    alter column listed drop not null,
    add column debt text not null default '',
    add column amount_minor bigint check (amount_minor >= 0),
    add column hash text,
    add column entries integer,
    add constraint listing_or_debt check ((listed is null) = (debt <> '') and (amount_minor is null) = (debt = ''));
  create index hotlist_changes_of_token on hotlist_changes (token, debt, version desc) include (listed, amount_minor);
  update hotlist_changes set
    hash = upper(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')),
    entries = (select count(*) from
      (select distinct on (token) listed from hotlist_changes order by token, version desc) as last where listed)
  where version = (select max(version) from hotlist_changes);

  alter table cryptograms
    drop constraint cryptograms_moved_check,
    add constraint cryptograms_moved_check check (moved in ('held', 'paid', 'given-back', 'owed'));

  alter table movements
    drop constraint movements_kind_check,
    add constraint movements_kind_check check (kind in ('opening', 'chip-purchase', 'account-purchase', 'give-back',
      'suspense', 'purse-purchase', 'purse-give-back', 'load', 'load-undone', 'debt', 'debt-closed', 'debt-collected'));

  -- What a card owes: a deferred authorisation that its account could not pay.
  create table debts (
    number bigint generated always as identity primary key,
    id uuid not null unique default gen_random_uuid(),
    token text not null references cards,
    merchant text not null references merchants,
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    amount_minor bigint not null check (amount_minor > 0),
    reason text not null,
    state text not null default 'open' check (state in ('open', 'collected', 'waived')),
    opened_at timestamptz not null,
    closed_at timestamptz check ((closed_at is null) = (state = 'open')),
    -- Who waived it, and why.
    note text check ((note is null) = (state <> 'waived')),
    unique (terminal, epoch, sequence),
    foreign key (terminal, epoch, sequence) references records deferrable initially deferred
  );
  create index debts_open on debts (token, number) where state = 'open';

  alter table suspense_items add column number bigint generated always as identity unique;
  `,
  `
  -- What the centre has said of a range of a terminal's records, as it was signed.
  create table comparisons (
    id uuid primary key,
    terminal text not null references terminals,
    fingerprint text not null,
    answer jsonb not null
  );
  `,
  `
  -- The operator has given up what the terminal may have recorded and not uploaded.
  alter table enrolment_codes add column lost boolean not null default false;
  `,
  `
  -- The sums are looked at once a statement and no more once a posting: whoever moves money writes all sides of it in one.
  drop trigger movement_sums_to_zero on postings;
  drop function movement_sums_to_zero;
  -- A plan is kept for long, and the first may be made while the table is empty.
  create function movements_sum_to_zero() returns trigger language plpgsql set enable_seqscan = off as $$
  declare
    unequal bigint;
  begin
    select movement into unequal from (select distinct movement from changed) as touched
      cross join lateral (select sum(amount_minor) as total from postings where postings.movement = touched.movement) as sums
      where total <> 0 limit 1;
    if found then
      raise exception 'movement % does not sum to zero', unequal;
    end if;
    return null;
  end $$;
  create trigger inserted_movements_sum_to_zero after insert on postings
    referencing new table as changed for each statement execute function movements_sum_to_zero();
  create trigger updated_movements_sum_to_zero after update on postings
    referencing new table as changed for each statement execute function movements_sum_to_zero();
  `,
  `
  -- Which operator has waived a debt; not known of those before this step.
  alter table debts add column waived_by text check (waived_by is null or state = 'waived');
  `,
  `
  -- Order in which debts were collected, from 1 without gaps: central systems pull them by it, once.
  alter table debts add column collected_number bigint unique check (collected_number is null or state = 'collected');
  update debts set collected_number = numbered.place
  from (select id, row_number() over (order by closed_at, number) as place from debts where state = 'collected') as numbered
  where debts.id = numbered.id;
  `,
  `
  -- The card's own number, sealed by the module: a record may come without it. Null until the card is loaded once more.
  alter table cards add column sealed_number text;
  `,
  `
  -- The ledger is only added to. What is wrong in it is put right by another movement, so sums need to be looked at when they are inserted alone.
  drop trigger updated_movements_sum_to_zero on postings;
  create function only_added_to() returns trigger language plpgsql as $$
  begin
    raise exception '% is only added to: nothing in it is changed or taken away', tg_table_name;
  end $$;
  create trigger postings_stay before update or delete or truncate on postings
    for each statement execute function only_added_to();
  create trigger movements_stay before update or delete or truncate on movements
    for each statement execute function only_added_to();
  `,
  `
  -- What the host has signed over a collected debt; null until it is first asked for.
  alter table debts
    add column collection_key_id text,
    add column collection_signature text,
    add constraint collection_signed check ((collection_key_id is null) = (collection_signature is null));
  `,
  `
  -- What merchants get beside the settled batches, in the order in which central systems pull it, from 1 without gaps: debts that were
  -- collected, and claims that an operator has let out of suspense. A record is in it once.
  create table collections (
    number bigint primary key,
    -- Of the debt or of the claim.
    id uuid not null unique,
    terminal text not null,
    epoch integer not null,
    sequence bigint not null,
    merchant text not null,
    token text not null,
    amount_minor bigint not null check (amount_minor > 0),
    collected_at timestamptz not null,
    -- What the host has signed over it; null until it is first asked for.
    key_id text,
    signature text,
    unique (terminal, epoch, sequence),
    foreign key (terminal, epoch, sequence) references records,
    check ((key_id is null) = (signature is null))
  );
  insert into collections
  select collected_number, id, terminal, epoch, sequence, merchant, token, amount_minor, closed_at, collection_key_id, collection_signature
  from debts where collected_number is not null;
  alter table debts drop column collected_number, drop column collection_key_id, drop column collection_signature;

  -- What an operator has decided of a claim, once: who, when, why, and out of which pot it was paid.
  alter table suspense_items
    add column id uuid not null unique default gen_random_uuid(),
    add column state text not null default 'open' check (state in ('open', 'paid', 'rejected')),
    add column settled_at timestamptz check ((settled_at is null) = (state = 'open')),
    add column settled_by text check ((settled_by is null) = (state = 'open')),
    add column note text check ((note is null) = (state = 'open')),
    add column paid_by text check (paid_by in ('chip', 'account', 'purse', 'centre')),
    add constraint paid_by_somebody check ((paid_by is null) = (state <> 'paid'));

  alter table movements
    drop constraint movements_kind_check,
    add constraint movements_kind_check check (kind in ('opening', 'chip-purchase', 'account-purchase', 'give-back',
      'suspense', 'purse-purchase', 'purse-give-back', 'load', 'load-undone', 'debt', 'debt-closed', 'debt-collected',
      'suspense-closed', 'suspense-paid'));
  `,
];
