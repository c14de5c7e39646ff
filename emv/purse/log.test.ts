import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { purseBalance } from './balance.ts';
import { parseLogRecord, purseLog } from './log.ts';
import { APPLICATION, BALANCE_BEFORE, type Exchange, SELECTED } from './testing/golden-purse.ts';
import { play, until } from './testing/play.ts';

const RECORD = '0007000064000004E20601020304050620250601123015';

describe('a log record', () => {
  it('is sequence, overdraft, amount, type, terminal, date and time', () => {
    const entry = parseLogRecord(hex(RECORD)) ?? expect.fail('no entry');
    expect(entry).toMatchObject({ sequence: 7, overdraftLimit: 100, amount: 1_250, type: 6 });
    expect(toHex(entry.terminalId)).toBe('010203040506');
    expect([entry.date, entry.time]).toEqual([
      { year: 2025, month: 6, day: 1 },
      { hour: 12, minute: 30, second: 15 },
    ]);
  });

  it.each([
    ['an empty one', '00'.repeat(23)],
    ['a blank one', 'FF'.repeat(23)],
    ['a byte less', RECORD.slice(0, -2)],
    ['a byte more', `${RECORD}00`],
  ])('%s is none', (_, record) => {
    expect(parseLogRecord(hex(record))).toBeUndefined();
  });

  it('any bytes: never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => void parseLogRecord(bytes)));
  });
});

const records = (...answers: readonly string[]): readonly Exchange[] =>
  answers.map((answer, at) => ({
    name: `log ${at + 1}`,
    to: 'card',
    command: `00B2${(at + 1).toString(16).padStart(2, '0').toUpperCase()}C417`,
    answer,
  }));

describe('the log of a card', () => {
  const read = (...answers: readonly string[]) =>
    play(purseLog(APPLICATION), [...SELECTED, ...records(...answers)]).result;

  it('is read until a record is not there; empty ones are left out', () => {
    expect(read(`${RECORD}9000`, `${'00'.repeat(23)}9000`, '6A83')).toMatchObject({
      kind: 'log',
      entries: [{ sequence: 7 }],
    });
    expect(read('6A82')).toMatchObject({ kind: 'log', entries: [] });
  });

  it('has ten records at most', () => {
    expect(read(...Array(10).fill(`${RECORD}9000`))).toMatchObject({ kind: 'log', entries: Array(10).fill({}) });
  });

  it('of a card that is none, or leaves', () => {
    expect(play(purseLog(APPLICATION), until(SELECTED, 'adf', '6A82')).result).toMatchObject({
      reason: 'no-common-application',
    });
    const torn = play(purseLog(APPLICATION), [...SELECTED, ...records(`${RECORD}9000`)], { tearAt: 3 });
    expect(torn.result).toEqual({ kind: 'torn', at: 'before-intent' });
  });
});

describe('a balance', () => {
  it('comes with the card, also an expired one', () => {
    const { result, asked } = play(purseBalance(APPLICATION), [...SELECTED, BALANCE_BEFORE]);
    expect(result).toMatchObject({ kind: 'balance', balance: 5_000, card: { applicationType: 2 } });
    expect(asked).toEqual(['ddf', 'adf', 'file 15', 'balance']);
    const file = SELECTED.find(({ name }) => name === 'file 15')?.answer.replace('20991231', '20240102') ?? '';
    expect(play(purseBalance(APPLICATION), until(SELECTED, 'file 15', file, BALANCE_BEFORE)).result.kind).toBe(
      'balance',
    );
  });

  it.each([
    ['6985', { kind: 'declined', reason: 'card-declined' }],
    ['0013889000', { kind: 'declined', reason: 'card-error' }],
    ['', { kind: 'torn', at: 'before-intent' }],
  ])('%s is none', (answer, said) => {
    expect(play(purseBalance(APPLICATION), [...SELECTED, { ...BALANCE_BEFORE, answer }]).result).toMatchObject(said);
  });

  it('may be as large as four bytes', () => {
    const most = { ...BALANCE_BEFORE, answer: 'FFFFFFFF9000' };
    expect(play(purseBalance(APPLICATION), [...SELECTED, most]).result).toMatchObject({ balance: 4_294_967_295 });
  });
});
