import { describe, expect, it } from 'vitest';
import { fen } from '../../values/index.ts';
import { ACCOUNT, CDA, CDA_ONLINE, DDA, ELECTRONIC_CASH, SDA } from '../testing/debit-credit-cards.ts';
import { AAC, type Answers, asks, at, dialogueInput, FORCED, HOST, pay, until } from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { edited, told, withAnswer } from '../testing/play.ts';

describe('offline authentication that fails is noted, and the host is asked', () => {
  it.each<[string, Script, string, string]>([
    ['a static signature', SDA, '4200000000', 'record 1.3'],
    ['a dynamic signature', DDA, '0800000000', 'internal authenticate'],
  ])('%s', (_, card, tvr, name) => {
    const answer = card.find((one) => one.name === name)?.answer ?? '';
    const broken = withAnswer(card, name, `${answer.slice(0, 60)}00${answer.slice(62)}`);
    const online = asks(
      asks(until(withAnswer(broken, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE4000', '80AE8000'),
      'gac 1',
      name === 'record 1.3' ? '0156 0200000000 0156' : '0156 0000000000 0156',
      `0156 ${tvr} 0156`,
    );
    expect(pay(online).said).toBe('declined not-genuine none');
  });

  it('data that are not there are told apart', () => {
    const without = withAnswer(SDA, 'record 1.1', '7003C001009000');
    const online = asks(
      asks(until(withAnswer(without, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE4000', '80AE8000'),
      'gac 1',
      '0156 0200000000 0156',
      '0156 6200000000 0156',
    );
    expect(pay(online).said).toBe('declined not-genuine none');
  });

  it('INTERNAL AUTHENTICATE that is refused is a failure as well', () => {
    const refused = asks(
      asks(
        until(withAnswer(withAnswer(DDA, 'internal authenticate', '6985'), 'gac 1', AAC), 'gac 1'),
        'gac 1',
        '80AE4000',
        '80AE8000',
      ),
      'gac 1',
      '0156 0000000000 0156',
      '0156 0800000000 0156',
    );
    expect(pay(refused).said).toBe('declined not-genuine none');
  });

  it('a DDOL that does not ask for the unpredictable number is none: an old answer would do for it', () => {
    const card = edited(
      edited(DDA, 'record 2.2', '7056', '705C'),
      'record 2.2',
      '8C159F02',
      '9F49039F02068C159F02',
    ).filter(({ name }) => name !== 'internal authenticate');
    const online = asks(
      asks(withAnswer(card, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE8000'),
      'gac 1',
      '0156 0000000000 0156',
      '0156 0800000000 0156',
    );
    expect(pay(online).said).toBe('declined not-genuine none');
  });

  it('CDA whose certificates do not verify is not asked for', () => {
    const unknown = edited(CDA, 'record 1.1', '8F0182', '8F0183');
    const plain = asks(
      asks(until(withAnswer(unknown, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE5000', '80AE8000'),
      'gac 1',
      '0156 0000000000 0156',
      '0156 0400000000 0156',
    );
    expect(pay(plain).said).toBe('declined not-genuine none');
  });
});

describe('records', () => {
  it.each([
    ['PAN', 'record 2.1', '5A0A', 'C10A'],
    ['expiry', 'record 2.1', '5F2403', '5F4103'],
    ['CDOL1', 'record 2.2', '8C15', 'C115'],
    ['CDOL2', 'record 2.2', '8D17', 'C117'],
    ['an amount in CDOL1 and PDOL', 'select', '9F0206', '9F5206'],
    ['an unpredictable number in CDOL1', 'record 2.2', '9F37048D', '9F57048D'],
  ])('without %s the transaction ends before any cryptogram', (what, name, piece, by) => {
    let card = edited(ACCOUNT, name, piece, by);
    if (what.startsWith('an amount')) {
      card = asks(edited(card, 'record 2.2', '8C159F0206', '8C159F5206'), 'gpo', '000000001250', '000000000000');
    }
    const { said, asked } = pay(until(card, 'record 2.2'));
    expect([said, asked.includes('save-intent')]).toEqual(['declined card-error none', false]);
  });

  it.each([
    ['a data object twice', 'record 2.2', '9F0D05', '9F0805'],
    ["the terminal's own", 'record 2.2', '9F0D05', '9F1A05'],
    ['no template', 'record 2.1', '7030', '7130'],
    ['a bad date', 'record 2.1', '5F2403301231', '5F2403301331'],
    ["another's track 2", 'record 2.2', '70568C15', '7064570C6299990000007654321D30128C15'],
  ])('%s ends it', (_, name, piece, by) => {
    expect(pay(until(edited(ACCOUNT, name, piece, by), 'record 2.2')).said).toBe('declined card-error none');
  });

  it.each(['6A83', '6985', '9000'])('a record that answers %s ends it', (answer) => {
    expect(pay(until(withAnswer(ACCOUNT, 'record 2.1', answer), 'record 2.2')).said).toBe('declined card-error none');
  });
});

describe('risk management', () => {
  const limits = edited(
    edited(DDA, 'record 2.2', '7056', '705E'),
    'record 2.2',
    '8C159F02',
    '9F1401029F2301048C159F02',
  );
  const lastOnline = (answer: string) => ({ name: 'last online', command: '80CA9F1300', answer });
  const online = (answer: string, tvr: string) => {
    const card = asks(
      asks(withAnswer(limits, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE8000'),
      'gac 1',
      '0156 0000000000 0156',
      `0156 ${tvr} 0156`,
    );
    return [...card.slice(0, -1), lastOnline(answer), ...card.slice(-1)];
  };

  it('counts what the card has done since it was last online', () => {
    expect(pay(online('9F130200019000', '0000006000')).said).toBe('declined card-declined none');
    expect(pay(online('9F130200049000', '0000004000')).said).toBe('declined card-declined none');
    expect(pay(online('6A88', '2000006000')).said).toBe('declined card-declined none');
    const within = [...limits.slice(0, -1), lastOnline('9F130200069000'), ...limits.slice(-1)];
    expect(pay(within).said).toBe('approved account offline signature dda');
  });

  it('a sale that is split is one sale', () => {
    const card = asks(
      asks(withAnswer(DDA, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE8000'),
      'gac 1',
      '0156 0000000000 0156',
      '0156 0000008000 0156',
    );
    const answers: Answers = { 'check-exception-file': { listed: false, loggedAmount: fen(18_750) } };
    expect(pay(card, { answers }).said).toBe('declined card-declined none');
  });
});

describe('GPO', () => {
  it('6985 gives way to the next application, and there is none', () => {
    expect(pay(until(withAnswer(ACCOUNT, 'gpo', '6985'), 'gpo')).said).toBe('declined card-declined none');
  });

  it.each(['6A88', '9000', '80019000', '770082021C009000', '80061C000801020F9000'])('%s ends it', (answer) => {
    expect(pay(until(withAnswer(ACCOUNT, 'gpo', answer), 'gpo')).said).toBe('declined card-error none');
  });

  it('without a PDOL sends an empty list', () => {
    const fci = '6F15 8408A000000333010101 A509 500443415244 870101 9000'.replaceAll(' ', '');
    const bare = ['list', 'select'].reduce((card, name) => withAnswer(card, name, fci), ACCOUNT);
    const card = told(bare, 'gpo', '80A800000B8309010000000012500156', '80A80000028300');
    expect(pay(card, { answers: HOST }).said).toBe('approved account online signature none');
  });

  it('template 77 does as well', () => {
    const card = withAnswer(ACCOUNT, 'gpo', '770A82021C009404100102019000');
    expect(pay(card, { answers: HOST }).said).toBe('approved account online signature none');
  });
});

describe('a card that leaves', () => {
  it.each([
    ['ACCOUNT', ACCOUNT],
    ['DDA', DDA],
    ['ELECTRONIC_CASH', ELECTRONIC_CASH],
    ['CDA_ONLINE', CDA_ONLINE],
  ])('%s: before the intent nothing can have moved; at the first cryptogram the intent stays open', (name, card) => {
    const first = at(card, 'gac 1');
    const input = name === 'CDA_ONLINE' ? dialogueInput({}, { debitCredit: FORCED }) : dialogueInput();
    for (let tearAt = 0; tearAt <= first; tearAt++) {
      const { said, asked } = pay(card, { tearAt, input });
      expect([tearAt, said]).toEqual([tearAt, tearAt === first ? 'torn after-intent' : 'torn before-intent']);
      expect(asked.includes('save-intent')).toBe(tearAt === first);
    }
  });
});
