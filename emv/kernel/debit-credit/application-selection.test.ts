import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../values/index.ts';
import { MAX_CANDIDATES, MAX_DIRECTORIES, MAX_DIRECTORY_RECORDS, MAX_ROUNDS, MAX_SELECTIONS } from '../bounds.ts';
import type { Outcome } from '../outcome.ts';
import { type Requests, runStepSync, type Step } from '../requests.ts';
import type { Exchange, Script } from '../testing/golden-cards.ts';
import { inWords, play } from '../testing/play.ts';
import { buildCandidates, selectApplication } from './application-selection.ts';

const parameters = (aid: string, partialSelection = false) => ({
  aid: hex(aid),
  partialSelection,
  version: hex('0030'),
});
const DEBIT = parameters('A000000333010101');
const CASH = parameters('A000000333010106');
const SCHEME = parameters('A0000003330101', true);

const exchange =
  (name: string, command: string) =>
  (answer: string): Exchange => ({ name, command, answer: answer.replaceAll(' ', '') });
const pse = exchange('pse', '00A404000E315041592E5359532E444446303100');
const ddf = exchange('ddf', '00A4040005D156000001' + '00');
const record = (number: number, answer: string) => exchange(`record ${number}`, `00B20${number}0C00`)(answer);
const deep = (number: number, answer: string) => exchange(`deep ${number}`, `00B20${number}1400`)(answer);
const debit = exchange('debit', '00A4040008A00000033301010100');
const cash = exchange('cash', '00A4040008A00000033301010600');
const scheme = exchange('scheme', '00A4040007A000000333010100');
const next = exchange('next', '00A4040207A000000333010100');
const nextDebit = exchange('next debit', '00A4040208A00000033301010100');

const PSE_FCI = '6F15 840E315041592E5359532E4444463031 A503880101 9000';
const DDF_FCI = '6F0C 8405D156000001 A503880102 9000';
const DEBIT_FCI = '6F12 8408A000000333010101 A506 500443415244 9000';
const CASH_FCI = '6F12 8408A000000333010106 A506 500443415348 9000';
const LONGER_FCI = '6F13 8409A00000033301010101 A506 500443415244 9000';
/** 87 of debit, of cash. */
const entries = (debitPriority: string, cashPriority: string): string =>
  `702A 6113 4F08A000000333010101 500443415244 8701${debitPriority} 6113 4F08A000000333010106 500443415348 8701${cashPriority} 9000`;
const END = '6A83';

function* select(applications: readonly (typeof DEBIT)[]): Step<Outcome | { kind: 'aid'; aid: string }> {
  const candidates = yield* buildCandidates(applications);
  if (candidates.kind !== 'candidates') return candidates;
  const selected = yield* selectApplication(candidates);
  return selected.kind === 'selected' ? { kind: 'aid', aid: toHex(selected.application.aid) } : selected;
}

/** How it ended, and what was asked; an offer to the cardholder in brackets. */
function said(
  script: Script,
  applications: readonly (typeof DEBIT)[] = [DEBIT, CASH],
  answer: Requests['confirm-application']['answer'] = { kind: 'cancelled' },
): string {
  const { result, asked, questions } = play(select(applications), script, {
    answers: { 'confirm-application': answer },
  });
  const offered = questions.flatMap((one) =>
    one.name === 'confirm-application'
      ? [`[${one.applications.map(({ label, aid }) => `${label} ${toHex(aid).slice(-2)}`).join(', ')}]`]
      : [],
  );
  return [result.kind === 'aid' ? result.aid : inWords(result), '←', ...asked, ...offered].join(' ');
}

describe('a card with a payment system environment', () => {
  it('gives its applications in its own order of priority', () => {
    const card = [pse(PSE_FCI), record(1, entries('02', '01')), record(2, END), cash(CASH_FCI)];
    expect(said(card)).toBe('A000000333010106 ← pse record 1 record 2 cash');
  });

  it('an application without an order comes last; equals stay as they stand', () => {
    const card = [pse(PSE_FCI), record(1, entries('00', '0F')), record(2, END), cash(CASH_FCI)];
    expect(said(card)).toBe('A000000333010106 ← pse record 1 record 2 cash');
    const equal = [pse(PSE_FCI), record(1, entries('01', '01')), record(2, END), debit(DEBIT_FCI)];
    expect(said(equal)).toBe('A000000333010101 ← pse record 1 record 2 debit');
  });

  it('what the terminal does not have is no candidate', () => {
    const card = [pse(PSE_FCI), record(1, entries('02', '01')), record(2, END), debit(DEBIT_FCI)];
    expect(said(card, [DEBIT])).toBe('A000000333010101 ← pse record 1 record 2 debit');
  });

  it('a directory that it refers to is read after its own', () => {
    const card = [
      pse(PSE_FCI),
      record(1, '7009 6107 9D05D156000001 9000'),
      record(2, END),
      ddf(DDF_FCI),
      deep(1, entries('02', '01')),
      deep(2, END),
      cash(CASH_FCI),
    ];
    expect(said(card)).toBe('A000000333010106 ← pse record 1 record 2 ddf deep 1 deep 2 cash');
  });

  it('a directory that refers to itself ends', () => {
    const loop = '7009 6107 9D05D156000001 9000';
    const card = [
      pse(PSE_FCI),
      record(1, loop),
      record(2, END),
      ...[1, 2, 3].flatMap(() => [ddf(DDF_FCI), deep(1, loop), deep(2, END)]),
      debit(DEBIT_FCI),
      cash('6A82'),
      debit(DEBIT_FCI),
    ];
    expect(said(card)).toMatch(/^A000000333010101/);
  });

  it.each([
    ['no record template', '6103 4F0100 9000'],
    ['an answer that is none', '9000'],
    ['another status word', '6985'],
    ['broken TLV', '70059000'],
  ])('with a faulty directory (%s) the terminal tries its own list', (_, answer) => {
    const card = [pse(PSE_FCI), record(1, answer), debit(DEBIT_FCI), cash('6A82'), debit(DEBIT_FCI)];
    expect(said(card)).toBe('A000000333010101 ← pse record 1 debit cash debit');
  });

  it('with nothing for this terminal in it, the terminal tries its own list', () => {
    const card = [pse(PSE_FCI), record(1, END), debit('6A82'), cash('6A82')];
    expect(said(card)).toBe('declined no-common-application none ← pse record 1 debit cash');
  });
});

describe('a card without one', () => {
  it.each(['6A82', '6283', '6F00', '9000'])('answers %s: every AID of the terminal is tried', (answer) => {
    const card = [pse(answer), debit(DEBIT_FCI), cash(CASH_FCI), debit(DEBIT_FCI)];
    expect(said(card)).toBe('A000000333010101 ← pse debit cash debit');
  });

  it('a blocked card ends it, whether it says so at its directory or at an application', () => {
    expect(said([pse('6A81')])).toBe('declined card-blocked none ← pse');
    expect(said([pse('6A82'), debit('6A81')])).toBe('declined card-blocked none ← pse debit');
  });

  it('a blocked application is no candidate, and is the reason when there is no other', () => {
    const blocked = DEBIT_FCI.replace('9000', '6283');
    expect(said([pse('6A82'), debit(blocked), cash('6A82')])).toBe(
      'declined application-blocked none ← pse debit cash',
    );
    expect(said([pse('6A82'), debit(blocked), cash(CASH_FCI), cash(CASH_FCI)])).toMatch(/^A000000333010106/);
  });

  it('partial selection asks for the next occurrence until there is none', () => {
    const card = [pse('6A82'), scheme(DEBIT_FCI), next(CASH_FCI), next('6A82'), debit(DEBIT_FCI)];
    expect(said(card, [SCHEME])).toBe('A000000333010101 ← pse scheme next next debit');
  });

  it('without partial selection a longer name is passed over', () => {
    const card = [pse('6A82'), debit(LONGER_FCI), nextDebit(DEBIT_FCI), debit(DEBIT_FCI)];
    expect(said(card, [DEBIT])).toBe('A000000333010101 ← pse debit next debit debit');
  });

  it('a name that does not begin as asked is none', () => {
    expect(said([pse('6A82'), debit(CASH_FCI)], [DEBIT])).toBe('declined no-common-application none ← pse debit');
  });
});

describe('final selection', () => {
  const directory = (debitPriority: string, cashPriority: string): Script => [
    pse(PSE_FCI),
    record(1, entries(debitPriority, cashPriority)),
    record(2, END),
  ];

  it('asks the cardholder where the best application wants it, and takes the chosen one', () => {
    const card = [...directory('82', '81'), cash(CASH_FCI)];
    expect(said(card, undefined, { kind: 'confirmed', index: 0 })).toBe(
      'A000000333010106 ← pse record 1 record 2 confirm-application cash [CASH 06, CARD 01]',
    );
    const other = [...directory('82', '81'), debit(DEBIT_FCI)];
    expect(said(other, undefined, { kind: 'confirmed', index: 1 })).toMatch(/^A000000333010101/);
  });

  it('does not ask when the best one needs no confirmation', () => {
    expect(said([...directory('82', '01'), cash(CASH_FCI)])).toBe('A000000333010106 ← pse record 1 record 2 cash');
  });

  it('chosen none, or one that was not offered: cancelled', () => {
    expect(said(directory('82', '81'))).toMatch(/^cancelled cancelled/);
    expect(said(directory('82', '81'), undefined, { kind: 'confirmed', index: 7 })).toMatch(/^cancelled cancelled/);
  });

  it('a card that leaves before it is chosen is torn, not cancelled', () => {
    expect(said(directory('82', '81'), undefined, { kind: 'torn' })).toMatch(/^torn/);
  });

  it.each<[string, string, string]>([
    ['blocked', CASH_FCI.replace('9000', '6283'), 'declined application-blocked none'],
    ['refused', '6985', 'declined card-error none'],
    ['not its own name', DEBIT_FCI, 'declined card-error none'],
    ['no FCI', '9000', 'declined card-error none'],
  ])('%s gives way to the next, and is the reason when there is none', (_, answer, reason) => {
    expect(said([...directory('02', '01'), cash(answer), debit(DEBIT_FCI)])).toMatch(/^A000000333010101/);
    expect(said([...directory('02', '01'), cash(answer)], [CASH])).toMatch(new RegExp(`^${reason}`));
  });

  it('a card that is blocked now ends it', () => {
    expect(said([...directory('02', '01'), cash('6A81')])).toMatch(/^declined card-blocked none/);
  });
});

it('whatever a card answers: an end within the bound', () => {
  const bound = (MAX_DIRECTORIES + MAX_DIRECTORY_RECORDS + MAX_SELECTIONS + MAX_CANDIDATES) * MAX_ROUNDS;
  const answers = fc.oneof(
    fc.constantFrom(
      PSE_FCI,
      DDF_FCI,
      DEBIT_FCI,
      CASH_FCI,
      LONGER_FCI,
      entries('01', '02'),
      END,
      '6A82',
      '6C10',
      '6110',
    ),
    fc.constantFrom('7009 6107 9D05D156000001 9000', '6283'),
    fc.uint8Array({ minLength: 2, maxLength: 60 }).map(toHex),
  );
  fc.assert(
    fc.property(fc.array(answers, { minLength: 1, maxLength: 20 }), (list) => {
      let exchanges = 0;
      const result = runStepSync(select([DEBIT, CASH, SCHEME]), (request) => {
        if (request.name !== 'exchange') return { kind: 'confirmed', index: 0 };
        return { kind: 'answered', response: hex(list[exchanges++ % list.length] ?? '6F00') };
      });
      expect(exchanges).toBeLessThanOrEqual(bound);
      expect(['aid', 'declined', 'cancelled']).toContain(result.kind);
    }),
  );
});
