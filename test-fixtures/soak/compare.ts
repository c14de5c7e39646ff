import { allRecords, type CardState, hasPaid, withQueue } from '../kill-rounds/index.ts';
import type { Payment } from '../scenarios/sandbox-under-test.ts';

/** What the centre was sent of a batch. */
export interface SentBatch {
  readonly records: number;
  readonly totalMinor: number;
}

export interface AfterSoak {
  readonly stateDir: string;
  readonly before: readonly CardState[];
  readonly after: readonly CardState[];
  readonly told: ReadonlyMap<string, Pick<Payment, 'state' | 'record'>>;
  readonly sent: ReadonlyMap<string, SentBatch>;
}

export interface Books {
  readonly records: number;
  readonly chipDebitsMinor: number;
  readonly approvedMinor: number;
  /** What does not add up; nothing is as it should be. */
  readonly faults: readonly string[];
}

/** Holds chips, terminal, what the register was told and what the centre was sent against each other, to the fen. */
export function compareBooks({ stateDir, before, after, told, sent }: AfterSoak): Books {
  return withQueue(stateDir, (queue) => {
    const faults: string[] = [];
    const require = (right: boolean, fault: string): void => {
      if (!right) faults.push(fault);
    };
    const verification = queue.verify();
    require(verification.kind === 'sound', `the queue is not sound: ${JSON.stringify(verification)}`);
    require(queue.intents.pending().length === 0, `${queue.intents.pending().length} intents are left`);
    require(queue.reversals.due().length === 0, 'a reversal is left');

    const records = allRecords(queue).map(({ record }) => record);
    records.forEach(({ sequence }, at) => {
      require(sequence === at + 1, `record ${at + 1} is missing: ${sequence} is in its place`);
    });
    const paidOf = new Map<string, number>();
    for (const record of records.filter(hasPaid)) {
      const pan = record.card?.maskedPan ?? '';
      paidOf.set(pan, (paidOf.get(pan) ?? 0) + record.amountMinor);
    }
    let chipDebitsMinor = 0;
    for (const { id, balanceMinor, maskedPan } of before) {
      const left = after.find((card) => card.id === id)?.balanceMinor ?? 0;
      const recorded = paidOf.get(maskedPan) ?? 0;
      const unexplained = balanceMinor - left - recorded;
      const open = stillUndecided(records, maskedPan);
      require(isSumOfSome(
        unexplained,
        open,
      ), `${id} lost ${balanceMinor - left} fen, its records say ${recorded}, and undecided are ${JSON.stringify(open)}`);
      chipDebitsMinor += balanceMinor - left;
    }
    const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
    const approvedMinor = sum(
      records.filter(({ outcome }) => outcome === 'approved').map(({ amountMinor }) => amountMinor),
    );
    const batches = [...sent.values()];
    const [sentRecords, sentMinor] = [sum(batches.map((b) => b.records)), sum(batches.map((b) => b.totalMinor))];
    require(sentRecords === records.length, `the centre was sent ${sentRecords} records of ${records.length}`);
    require(sentMinor === approvedMinor, `the centre was sent ${sentMinor} fen, approved are ${approvedMinor}`);
    for (const [id, payment] of told) {
      const kept = queue.payments.get(id);
      const same = kept?.state === payment.state && kept.record?.sequence === payment.record?.sequence;
      const found = payment.state === 'undecided' && kept?.final;
      require(same || found === true, `payment ${id} was told ${payment.state}, and is ${kept?.state}`);
    }
    return { records: records.length, chipDebitsMinor, approvedMinor, faults };
  });
}

type SoakRecord = ReturnType<typeof allRecords>[number]['record'];

/** Amounts that a card was asked for and nobody here can tell whether it paid: the centre finds out from its next ATC and balance. */
function stillUndecided(records: readonly SoakRecord[], maskedPan: string): readonly number[] {
  const resolved = new Set(records.map(({ resolvesSequence }) => resolvesSequence));
  return records
    .filter(({ outcome, sequence }) => outcome === 'undecided' && !resolved.has(sequence))
    .filter(({ card }) => card?.maskedPan === maskedPan)
    .map(({ amountMinor }) => amountMinor);
}

/** Is `total` the sum of none, some or all of the amounts? */
export function isSumOfSome(total: number, amounts: readonly number[]): boolean {
  const sums = new Set([0]);
  for (const amount of amounts) for (const sum of [...sums]) sums.add(sum + amount);
  return sums.has(total);
}
