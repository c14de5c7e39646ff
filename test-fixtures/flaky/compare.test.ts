import { describe, expect, it } from 'vitest';
import { type Aftermath, disagreements } from './compare.ts';

const HASH = 'AB'.repeat(32);

/** What three books say that agree: a sale by chip, one by account, one that is given back, and one that was refused. */
function agreeing() {
  const cases = [
    { card: 'rich', outcome: 'approved', state: 'approved', fundedBy: 'chip', debited: 'chip', amountMinor: 40 },
    {
      card: 'over-cvm-limit',
      outcome: 'approved',
      state: 'approved',
      fundedBy: 'account',
      debited: 'account',
      amountMinor: 7,
    },
    {
      card: 'forged-fdda',
      outcome: 'declined-after-debit',
      state: 'declined',
      fundedBy: 'none',
      debited: 'chip',
      amountMinor: 5,
    },
    { card: 'poor', outcome: 'declined', state: 'declined', fundedBy: 'none', debited: 'none', amountMinor: 9 },
  ];
  const kinds = ['chip-purchase', 'account-purchase', 'give-back'];
  return {
    sold: cases.map(({ card, state, fundedBy, debited, amountMinor }, at) => ({
      card,
      payment: { id: `p${at}`, state, debited, amountMinor, ...(fundedBy !== 'none' && { fundedBy }) },
    })),
    before: new Map([
      ['rich', 100],
      ['forged-fdda', 50],
      ['poor', 4],
    ]),
    after: new Map([
      ['rich', 60],
      ['forged-fdda', 45],
      ['poor', 4],
    ]),
    terminal: {
      records: cases.map(({ outcome, fundedBy, debited, amountMinor }, at) => ({
        record: { sequence: at + 1, paymentId: `p${at}`, outcome, fundedBy, debited, amountMinor },
        hash: HASH,
        verdict: 'accepted',
      })),
      verification: 'sound',
      reversalsDue: 0,
    },
    centre: {
      records: cases.map((_, at) => ({
        sequence: at + 1,
        hash: HASH,
        verdict: 'accepted',
        reason: null as string | null,
      })),
      movements: kinds.map((kind, at) => ({ sequence: at + 1, kind, amount: cases[at]?.amountMinor ?? 0 })),
      incidents: [] as { kind: string; sequence: number; detail: string }[],
      settledRecords: 4,
      audit: {
        faults: [] as string[],
        chipDebitsMinor: 45,
        merchantsMinor: 47,
        heldMinor: 0,
        suspenseMinor: 0,
        undecidedOpen: 0,
      },
    },
  };
}

type Books = ReturnType<typeof agreeing>;

const found = (spoil: (books: Books) => unknown): readonly string[] => {
  const books = agreeing();
  spoil(books);
  return disagreements(books as unknown as Aftermath);
};

describe('the comparison after the storm', () => {
  it('finds nothing where all agree', () => {
    expect(found(() => {})).toEqual([]);
  });

  it.each<[string, (books: Books) => unknown, string]>([
    ['a fen less on a chip', ({ after }) => after.set('rich', 59), 'chip of rich'],
    ['a chip that was not charged', ({ after }) => after.set('forged-fdda', 50), 'chip of forged-fdda'],
    [
      'a payment that nobody recorded',
      ({ terminal }) => terminal.records.pop() && terminal.records.pop(),
      'is nothing',
    ],
    [
      'a payment that is told otherwise',
      ({ sold }) => Object.assign(sold[0]?.payment ?? {}, { amountMinor: 41 }),
      'p0',
    ],
    ['an approval told as a refusal', ({ sold }) => Object.assign(sold[1]?.payment ?? {}, { state: 'declined' }), 'p1'],
    [
      'a payment recorded twice',
      ({ terminal }) => Object.assign(terminal.records[1]?.record ?? {}, { paymentId: 'p0' }),
      'two records',
    ],
    ['a record missing at the centre', ({ centre }) => centre.records.splice(1, 1), 'record 2 is missing'],
    [
      'a record too many there',
      ({ centre }) => centre.records.push({ sequence: 5, hash: HASH, verdict: 'accepted', reason: null }),
      'holds 5',
    ],
    [
      'other bytes there',
      ({ centre }) => Object.assign(centre.records[0] ?? {}, { hash: '' }),
      'record 1 is another one',
    ],
    [
      'a gap in the sequence',
      ({ terminal }) => Object.assign(terminal.records[2]?.record ?? {}, { sequence: 4 }),
      'record 3 is missing',
    ],
    [
      'a dispute',
      ({ centre }) => Object.assign(centre.records[0] ?? {}, { verdict: 'disputed', reason: 'unreadable' }),
      'disputed',
    ],
    [
      'a verdict that the terminal has not',
      ({ terminal }) => Object.assign(terminal.records[0] ?? {}, { verdict: undefined }),
      'undefined at the terminal',
    ],
    [
      'money moved twice',
      ({ centre }) => centre.movements.push({ sequence: 2, kind: 'account-purchase', amount: 7 }),
      'record 2 should have moved',
    ],
    [
      'money moved for a refusal',
      ({ centre }) => centre.movements.push({ sequence: 4, kind: 'chip-purchase', amount: 9 }),
      'record 4',
    ],
    ['money not moved', ({ centre }) => centre.movements.pop(), 'record 3'],
    ['a broken chain', ({ terminal }) => Object.assign(terminal, { verification: 'changed' }), 'queue: changed'],
    ['a reversal that is still due', ({ terminal }) => Object.assign(terminal, { reversalsDue: 1 }), 'reversals'],
    ['a hold that is left', ({ centre }) => Object.assign(centre.audit, { heldMinor: 7 }), 'held'],
    ['suspense', ({ centre }) => Object.assign(centre.audit, { suspenseMinor: 7 }), 'suspense'],
    ['an undecided payment', ({ centre }) => Object.assign(centre.audit, { undecidedOpen: 1 }), 'undecided'],
    ['merchants with too little', ({ centre }) => Object.assign(centre.audit, { merchantsMinor: 46 }), 'merchants'],
    ['chip debits unknown there', ({ centre }) => Object.assign(centre.audit, { chipDebitsMinor: 40 }), 'chips paid'],
    ['books that do not add up', ({ centre }) => centre.audit.faults.push('a fault'), 'a fault'],
    ['an incident', ({ centre }) => centre.incidents.push({ kind: 'x', sequence: 1, detail: 'd' }), 'incident x'],
    ['records that never settled', ({ centre }) => Object.assign(centre, { settledRecords: 3 }), 'only 3'],
  ])('finds %s', (_name, spoil, words) => {
    expect(found(spoil).join('\n')).toContain(words);
  });
});
