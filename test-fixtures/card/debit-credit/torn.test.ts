import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { tearAt, withFaults } from '../faults.ts';
import { firstAc, goldenDebitCard, gpoWithCash, SELECT, secondAc } from './golden-debit-card.ts';

const EXTERNAL_AUTHENTICATE = '008200000A 42756C1835A2F17D 3030';
const LOAD_80 = '04DA9F790A 000000008000 73EAEBEC';
const WRONG_PIN = '0020008008 26123457FFFFFFFF';

/** Sends commands to a card with electronic cash until it is torn away; what it remembers then. */
function torn(commands: readonly string[], at: number, when: 'before-card' | 'after-card') {
  const card = goldenDebitCard({ electronicCash: true });
  const field = withFaults(card.card, [tearAt(at, when)]);
  const answers = commands.map((command) => {
    const answer = field.transmit(hex(command));
    return typeof answer === 'string' ? answer : toHex(answer).slice(-4);
  });
  expect(answers.slice(0, at - 1).every((answer) => answer === '9000')).toBe(true);
  expect(answers.slice(at - 1).every((answer) => answer === 'gone')).toBe(true);
  card.card.power();
  return card;
}

describe('electronic cash torn at GENERATE AC', () => {
  const PAY = [SELECT, gpoWithCash('000000001250'), firstAc('40')];

  it('before the card: nothing taken, and the transaction is over', () => {
    const { says, memory } = torn(PAY, 3, 'before-card');
    expect(memory()).toMatchObject({ atc: 7, balance: 5000, log: [] });
    says(SELECT);
    expect(says(firstAc('40'))).toBe('6985');
    expect(memory().balance).toBe(5000);
  });

  it('after the card: ATC, balance and log tell that it has paid, without GPO', () => {
    const { says } = torn(PAY, 3, 'after-card');
    says(SELECT);
    expect(says('80CA9F3600')).toBe('9F360200079000');
    expect(says('80CA9F7900')).toBe('9F79060000000037509000');
    expect(says('00B2015C00')).toMatch(/^250601123000000000001250.*00079000$/);
    expect(says('00B2025C00')).toBe('6A83');
  });

  it('at GPO only the ATC has moved, or not even that', () => {
    expect(torn(PAY, 2, 'after-card').memory()).toMatchObject({ atc: 7, balance: 5000 });
    expect(torn(PAY, 2, 'before-card').memory()).toMatchObject({ atc: 6, balance: 5000 });
  });
});

describe('a load torn', () => {
  const LOAD = [
    SELECT,
    gpoWithCash('000000001250', '00'),
    firstAc('80'),
    EXTERNAL_AUTHENTICATE,
    secondAc('40'),
    LOAD_80,
  ];

  it.each([
    ['at the second cryptogram, before the card', 5, 'before-card', 5000, 6, true],
    ['at the second cryptogram, after the card', 5, 'after-card', 5000, 7, false],
    ['at PUT DATA, before the card', 6, 'before-card', 5000, 7, false],
    ['at PUT DATA, after the card', 6, 'after-card', 8000, 7, false],
  ] as const)('%s', (_, at, when, balance, lastOnlineAtc, onlineNotCompleted) => {
    const { memory } = torn(LOAD, at, when);
    expect(memory()).toMatchObject({ balance, lastOnlineAtc, onlineNotCompleted });
    expect(memory().loadLog).toHaveLength(balance === 8000 ? 1 : 0);
  });
});

it('a wrong PIN costs its try, answer seen or not', () => {
  const commands = [SELECT, gpoWithCash('000000001250'), WRONG_PIN];
  expect(torn(commands, 3, 'before-card').memory().pinTries).toBe(3);
  expect(torn(commands, 3, 'after-card').memory().pinTries).toBe(2);
});
