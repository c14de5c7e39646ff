import type { Payment } from '../scenarios/sandbox-under-test.ts';
import { allRecords, type CentreBooks, withQueue } from './books.ts';

/** A card as the tray shows it. */
export interface CardState {
  readonly id: string;
  readonly balanceMinor: number;
  readonly maskedPan: string;
}

export interface Compared {
  readonly records: number;
  readonly byOutcome: { readonly [outcome: string]: number };
  /** What left the chips, and what merchants got from either pot. */
  readonly chipDebitsMinor: number;
  readonly merchantsMinor: number;
  /** Everything that does not add up (design 4.11); none is good. */
  readonly faults: readonly string[];
}

export interface ToCompare {
  readonly stateDir: string;
  readonly before: readonly CardState[];
  readonly after: readonly CardState[];
  /** What the register was told, by payment. */
  readonly told: ReadonlyMap<string, Payment>;
  readonly centre: CentreBooks;
}

/** Holds cards, terminal, centre and what was told against each other, to the fen. */
export function compareAll({ stateDir, before, after, told, centre }: ToCompare): Compared {
  return withQueue(stateDir, (queue) => {
    const faults: string[] = [];
    const require = (right: boolean, fault: string): void => {
      if (!right) faults.push(fault);
    };
    const verification = queue.verify();
    require(verification.kind === 'sound', `the queue is not sound: ${JSON.stringify(verification)}`);
    require(queue.intents.pending().length === 0, 'an intent is left');
    require(queue.reversals.due().length === 0, 'a reversal is left');

    const stored = allRecords(queue);
    const records = stored.map(({ record }) => record);
    records.forEach(({ sequence }, at) => {
      require(sequence === at + 1, `record ${at + 1} is missing: ${sequence} is in its place`);
    });
    const sum = (fits: (record: (typeof records)[number]) => boolean): number =>
      records.filter(fits).reduce((total, { amountMinor }) => total + amountMinor, 0);

    let chipDebitsMinor = 0;
    for (const card of before) {
      const debited = card.balanceMinor - (after.find(({ id }) => id === card.id)?.balanceMinor ?? 0);
      const recorded = sum((record) => record.card?.maskedPan === card.maskedPan && hasPaid(record));
      require(debited === recorded, `${card.id} was debited ${debited} fen, the records say ${recorded}`);
      chipDebitsMinor += debited;
    }

    const approved = sum(({ outcome }) => outcome === 'approved');
    const { audit } = centre;
    for (const fault of audit.faults) faults.push(`the centre's books: ${fault}`);
    require(audit.merchantsMinor === approved, `merchants have ${audit.merchantsMinor} fen, approved are ${approved}`);
    require(audit.heldMinor === 0, `${audit.heldMinor} fen are still held`);
    const disputed = centre.records.filter(({ verdict }) => verdict !== 'accepted').length;
    require(disputed === 0, `the centre disputes ${disputed} records`);
    const here = records.map(
      ({ epoch, sequence, outcome, amountMinor }) => `${epoch}/${sequence} ${outcome} ${amountMinor}`,
    );
    const there = centre.records.map((row) => `${row.epoch}/${row.sequence} ${row.outcome} ${row.amount_minor}`);
    here.forEach((line, at) => {
      require(line === there[at], `terminal has ${line}, centre ${there[at] ?? 'nothing'}`);
    });
    require(here.length === there.length, `terminal has ${here.length} records, centre ${there.length}`);

    for (const payment of told.values()) {
      const kept = queue.payments.get(payment.id);
      const same = kept?.record?.sequence === payment.record?.sequence && kept?.state === payment.state;
      const found = payment.state === 'undecided' && kept?.final;
      require(same || found === true, `payment ${payment.id} was told ${payment.state}, and is ${kept?.state}`);
    }
    return { records: records.length, byOutcome: counted(records), chipDebitsMinor, merchantsMinor: approved, faults };
  });
}

/** Has the chip paid by this record? */
export const hasPaid = ({ outcome, fundedBy }: { readonly outcome: string; readonly fundedBy: string }): boolean =>
  (outcome === 'approved' && fundedBy === 'chip') || outcome === 'declined-after-debit';

function counted(records: readonly { readonly outcome: string }[]): { [outcome: string]: number } {
  const counts: { [outcome: string]: number } = {};
  for (const { outcome } of records) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
