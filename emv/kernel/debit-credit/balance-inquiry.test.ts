import { describe, expect, it } from 'vitest';
import { hex } from '../../values/index.ts';
import { dialogueInput } from '../testing/dialogue.ts';
import type { Exchange, Script } from '../testing/golden-cards.ts';
import { play, withAnswer } from '../testing/play.ts';
import { balanceInquiry } from './balance-inquiry.ts';

const exchange = (name: string, command: string, answer: string): Exchange => ({
  name,
  command,
  answer: answer.replaceAll(' ', ''),
});

/** Both logs in the FCI: file 11 with ten records, file 12 with ten. */
const FCI = '6F28 8408A000000333010101 A51C 500443415244 870101 9F38039F6604 BF0C0A 9F4D020B0A DF4D020C0A';
const select = exchange('select', '00A4040008A00000033301010100', `${FCI} 9000`);

/** 2025-05-31 18:05:09, 12.50, merchant JIANGDU, ATC 6. */
const PAYMENT =
  '250531 180509 000000001250 000000000000 0156 0156 4A49414E474455 20202020202020202020202020 00 0006 9000';
/** 9F79 from 0.00 to 50.00, at 08:00:00, ATC 5. */
const LOADED = '9F79 000000000000 000000005000 250530 080000 0156 4A49414E474455 20202020202020202020202020 0005 9000';

const CARD: Script = [
  exchange('ppse', '00A404000E325041592E5359532E444446303100', '6A82'),
  select,
  exchange('9F79', '80CA9F7900', '9F7906 000000003750 9000'),
  exchange('9F77', '80CA9F7700', '9F7706 000000100000 9000'),
  exchange('9F78', '80CA9F7800', '9F7806 000000050000 9000'),
  exchange('9F6D', '80CA9F6D00', '9F6D06 000000001000 9000'),
  exchange('9F6B', '80CA9F6B00', '6A88'),
  exchange('9F4F', '80CA9F4F00', '6A88'),
  exchange('log 1', '00B2015C00', PAYMENT),
  exchange('log 2', '00B2025C00', '6A83'),
  exchange('DF4F', '80CADF4F00', '6A88'),
  exchange('load 1', '00B2016400', LOADED),
  exchange('load 2', '00B2026400', '6A83'),
];

const ask = (card: Script, tearAt?: number) =>
  play(
    balanceInquiry(dialogueInput({ contactlessDebitCredit: true }), 'contactless'),
    card,
    tearAt === undefined ? {} : { tearAt },
  );

describe('balanceInquiry', () => {
  it('tells balance, limits and both logs, and asks for no GPO', () => {
    const { result, asked } = ask(CARD);
    expect(result).toEqual({
      kind: 'balance',
      aid: hex('A000000333010101'),
      label: 'CARD',
      balance: 3750,
      balanceLimit: 100_000,
      transactionLimit: 50_000,
      resetThreshold: 1000,
      transactions: [
        {
          date: { year: 2025, month: 5, day: 31 },
          time: { hour: 18, minute: 5, second: 9 },
          amount: 1250,
          amountOther: 0,
          countryCode: hex('0156'),
          currencyCode: hex('0156'),
          merchantName: hex('4A49414E47445520202020202020202020202020'),
          transactionType: 0,
          atc: 6,
        },
      ],
      loads: [
        {
          balanceBefore: 0,
          balanceAfter: 5000,
          date: { year: 2025, month: 5, day: 30 },
          time: { hour: 8, minute: 0, second: 0 },
          countryCode: hex('0156'),
          merchantName: hex('4A49414E47445520202020202020202020202020'),
          atc: 5,
        },
      ],
    });
    expect(asked).not.toContain('gpo');
  });

  it("reads the log in the card's own format", () => {
    const own = withAnswer(withAnswer(CARD, '9F4F', '9F4F069F02069F36029000'), 'log 1', '00000000020000099000');
    const { result } = ask(own);
    expect(result).toMatchObject({ transactions: [{ amount: 200, atc: 9 }] });
  });

  it.each([
    ['a record of another length', 'log 1', '0102039000'],
    ['a format that is none', '9F4F', '9F4F019F9000'],
  ])('%s is no entry', (_, name, answer) => {
    const card = withAnswer(CARD, name, answer);
    const rest = name === '9F4F' ? card.filter((one) => !one.name.startsWith('log')) : card;
    expect(ask(rest).result).toMatchObject({ kind: 'balance', transactions: [] });
  });

  it('a card without logs and electronic cash tells neither', () => {
    const bare = '6F12 8408A000000333010101 A506 500443415244'.replaceAll(' ', '');
    const silent = withAnswer(CARD.slice(0, 7), 'select', `${bare}9000`).map((one) =>
      one.name.startsWith('9F') ? { ...one, answer: '6A88' } : one,
    );
    const contact = [
      exchange('pse', '00A404000E315041592E5359532E444446303100', '6A82'),
      ...silent.slice(1, 2),
      ...silent.slice(1),
    ];
    const { result } = play(balanceInquiry(dialogueInput(), 'contact'), contact);
    expect(result).toEqual({
      kind: 'balance',
      aid: hex('A000000333010101'),
      label: 'CARD',
      transactions: [],
      loads: [],
    });
  });

  it('a card that leaves, or is blocked', () => {
    for (let tearAt = 0; tearAt < CARD.length; tearAt++) {
      expect(ask(CARD, tearAt).result).toEqual({ kind: 'torn', at: 'before-intent' });
    }
    expect(ask([exchange('ppse', '00A404000E325041592E5359532E444446303100', '6A81')]).result).toMatchObject({
      kind: 'declined',
      reason: 'card-blocked',
    });
  });
});
