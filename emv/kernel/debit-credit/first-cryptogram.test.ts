import { describe, expect, it } from 'vitest';
import { fen, Secret } from '../../values/index.ts';
import { ACCOUNT, CDA, CDA_ONLINE, DDA, ELECTRONIC_CASH, SDA } from '../testing/debit-credit-cards.ts';
import {
  AAC,
  AAR,
  type Answers,
  ARQC,
  asks,
  at,
  chipOf,
  dialogueInput,
  FORCED,
  HOST,
  inHex,
  pay,
  TC,
  until,
} from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { edited, inWords, withAnswer } from '../testing/play.ts';

describe('a TC without the host', () => {
  it.each([
    ['static', SDA, 'approved account offline signature sda', '0200000000'],
    ['dynamic', DDA, 'approved account offline signature dda', '0000000000'],
    ['combined', CDA, 'approved account offline signature cda', '0000000000'],
    ['dynamic, electronic cash', ELECTRONIC_CASH, 'approved chip offline signature dda', '0000000000'],
  ])('%s', (_, card, said, tvr) => {
    const { result, said: heard, asked } = pay(card);
    const chip = chipOf(result);
    expect([heard, inHex(chip?.tvr), inHex(chip?.tsi), inHex(chip?.cvmResults)]).toEqual([said, tvr, 'E800', '1E0300']);
    expect([inHex(chip?.cryptogram), inHex(chip?.atc), chip?.cryptogramType]).toEqual([
      'A1A2A3A4A5A6A7A8',
      '0007',
      'tc',
    ]);
    expect(asked.indexOf('save-intent')).toBe(asked.length - 2);
  });

  it('electronic cash: the card tells what is left, else GET DATA does, else it is known', () => {
    const left = (card: Script, tearAt?: number) => {
      const { result } = pay(card, tearAt === undefined ? {} : { tearAt });
      return result.kind === 'approved' ? result.card.balanceAfter : expect.fail(inWords(result));
    };
    expect(left(ELECTRONIC_CASH)).toBe(3750);
    const now = { name: 'balance now', command: '80CA9F7900', answer: '9F79060000000037499000' };
    const silent = [...withAnswer(ELECTRONIC_CASH, 'gac 1', TC), now];
    expect(left(silent)).toBe(3749);
    expect(left(silent, silent.length - 1)).toBe(3750);
  });

  it("what the terminal's limits do not allow goes to the host, or nowhere", () => {
    const answers: Answers = { 'check-offline-limits': { kind: 'refused', reason: 'offline-limit' } };
    const toHost = withAnswer(asks(DDA, 'gac 1', '80AE4000', '80AE8000'), 'gac 1', AAC);
    expect(pay(toHost, { answers }).said).toBe('declined card-declined none');
    const nowhere = withAnswer(asks(DDA, 'gac 1', '80AE4000', '80AE0000'), 'gac 1', AAC);
    const input = dialogueInput({ onlineCapable: false });
    expect(pay(nowhere, { answers, input }).said).toBe('declined offline-limit none');
  });

  it('a card that has not shown to be genuine gets none, whatever its action codes say', () => {
    const zeros = (tag: string) => `${tag}050000000000`;
    const mild = edited(
      edited(ACCOUNT, 'record 2.2', '9F0D05FC50A88800', zeros('9F0D')),
      'record 2.2',
      '9F0F05FC50ACF800',
      zeros('9F0F'),
    );
    expect(pay(until(withAnswer(mild, 'gac 1', AAC), 'gac 1')).said).toBe('declined card-declined none');
    const away = asks(until(withAnswer(mild, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE8000', '80AE0000');
    expect(pay(away, { input: dialogueInput({ onlineCapable: false }) }).said).toBe('declined not-genuine none');
  });

  it('a card on the exception file gets an AAC and is asked no PIN', () => {
    const listed = asks(
      asks(withAnswer(DDA, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE0000'),
      'gac 1',
      '0156 0000000000 0156',
      '0156 1000000000 0156',
    );
    expect(pay(listed, { answers: { 'check-exception-file': { listed: true } } }).said).toBe('declined hotlisted none');
  });
});

describe('electronic cash', () => {
  const low = withAnswer(ELECTRONIC_CASH, 'threshold', '9F6D060000000040009000');

  it('below its reset threshold asks for PIN and host, and the account pays', () => {
    const block = new Secret(new Uint8Array([1, 2, 3]));
    const second = asks(ACCOUNT, 'gac 2', '8000000000', '0000040000');
    const online = [
      ...asks(
        asks(withAnswer(low, 'gac 1', ARQC), 'gac 1', '80AE4000', '80AE8000'),
        'gac 1',
        '01560000000000',
        '01560000040000',
      ),
      ...second.slice(-2),
    ];
    const answers: Answers = {
      ...HOST,
      'verify-cardholder': { kind: 'entered', pin: { block, format: 'iso-0', keyId: 'k' } },
    };
    const { result, said, questions } = pay(online, { answers });
    expect(said).toBe('approved account online online-pin dda');
    expect(inHex(chipOf(result)?.cvmResults)).toBe('020000');
    expect(questions.find(({ name }) => name === 'authorise-online')).toMatchObject({ pin: { keyId: 'k' } });
    expect(block.use((bytes) => [...bytes])).toEqual([0, 0, 0]);
  });

  it('without the PIN, or without the host, the chip pays after all', () => {
    expect(pay(low, { answers: { 'verify-cardholder': { kind: 'bypassed' } } }).said).toMatch(/^approved chip offline/);
    expect(pay(low, { input: dialogueInput({ onlineCapable: false }) }).said).toMatch(/^approved chip offline/);
    expect(pay(until(low, 'threshold'), { answers: { 'verify-cardholder': { kind: 'cancelled' } } }).said).toBe(
      'cancelled pin-cancelled',
    );
  });

  it('with too little on it asks the host', () => {
    const poor = withAnswer(ELECTRONIC_CASH, 'balance', '9F79060000000012499000');
    const card = asks(withAnswer(poor, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE8000');
    expect(pay(card).said).toBe('declined insufficient-funds none');
  });

  it('that does not show its balance is refused before it can pay', () => {
    const blind = until(withAnswer(ELECTRONIC_CASH, 'balance', '6A88'), 'threshold');
    expect(pay(blind).said).toBe('declined card-error none');
  });

  it('a code of the wrong length ends it before it can pay', () => {
    const broken = withAnswer(ELECTRONIC_CASH, 'record 2.3', '70089F740545434330309000');
    expect(pay(until(broken, 'record 2.3')).said).toBe('declined card-error none');
  });

  it('is not offered at or above its limit: the card takes the other path', () => {
    const offered = (limit: number) => {
      const { asked } = pay(until(withAnswer(asks(ACCOUNT, 'gpo', '830901', '830900'), 'gpo', '6F00'), 'gpo'), {
        input: dialogueInput({}, {}, { debitCredit: { electronicCashLimit: fen(limit) } }),
      });
      return asked.at(-1);
    };
    expect(offered(1250)).toBe('gpo');
    expect(() => offered(1251)).toThrow('expected');
  });

  /** The card has been asked for its TC, and gave this. */
  it.each([
    ['a refusal', '6985'],
    ['nothing', '9000'],
    ['a CID alone', '8001409000'],
    ['a cryptogram too short', '800C400007A1A2A3A4A5A6A7A89000'],
    ['a template that is none', '7013400007A1A2A3A4A5A6A7A807010103900000019000'],
    ['two templates', '8001008001009000'],
  ])('%s instead of its TC: counter and balance decide', (_, answer) => {
    const asked = (atc: string, balance: string) =>
      pay([
        ...withAnswer(ELECTRONIC_CASH, 'gac 1', answer),
        { name: 'atc now', command: '80CA9F3600', answer: atc },
        { name: 'balance now', command: '80CA9F7900', answer: balance },
      ]);
    const paid = asked('9F360200079000', '9F79060000000037509000');
    expect(paid.said).toBe('declined card-error chip');
    expect(paid.result).toMatchObject({ card: { balanceBefore: 5000, balanceAfter: 3750, atc: 7 } });
    expect(asked('9F360200079000', '9F79060000000050009000').said).toBe('declined card-error none');
    expect(asked('9F360200079000', '9F79060000000049999000').said).toBe('torn after-intent');
    expect(asked('9F360200089000', '9F79060000000037509000').said).toBe('torn after-intent');
    expect(asked('6A88', '9F79060000000037509000').said).toBe('torn after-intent');
    expect(asked('9F360200079000', '6A88').said).toBe('torn after-intent');
  });
});

describe('the first GENERATE AC', () => {
  it.each([
    ['AAC', AAC, 'declined card-declined none'],
    ['AAC for the PIN', AAC.replace('801300', '801302'), 'declined pin-tries-exceeded none'],
    ['a referral', AAR, 'declined card-declined none'],
    ['more than was asked for', TC, 'declined card-error none'],
    ['a refusal', '6985', 'declined card-error none'],
    ['garbage', 'FFFF9000', 'declined card-error none'],
  ])('%s', (_, answer, said) => {
    expect(pay(until(withAnswer(ACCOUNT, 'gac 1', answer), 'gac 1'), { answers: HOST }).said).toBe(said);
  });

  it.each([
    ['without its signature', TC],
    ['with a signature over another counter', undefined],
  ])('a TC %s is none', (_, answer) => {
    const card =
      answer === undefined ? edited(CDA, 'gac 1', '9F36020007', '9F36020008') : withAnswer(CDA, 'gac 1', answer);
    expect(pay(card).said).toBe('declined not-genuine none');
  });

  it('an ARQC with a wrong signature is answered with an AAC, and no host is asked', () => {
    const card = edited(until(CDA_ONLINE, 'gac 1'), 'gac 1', '9F36020007', '9F36020008');
    const last = asks(
      asks(asks(CDA_ONLINE, 'gac 2', '80AE5000', '80AE0000'), 'gac 2', '1F3030', '1F5A31'),
      'gac 2',
      '0000000800',
      '0400000800',
    ).at(-1);
    const { said, asked } = pay([...card, ...(last ? [last] : [])], {
      answers: HOST,
      input: dialogueInput({}, { debitCredit: FORCED }),
    });
    expect([said, asked.includes('authorise-online')]).toEqual(['declined not-genuine none', false]);
  });

  it('is not sent when the intent cannot be kept', () => {
    const { said, asked } = pay(ACCOUNT.slice(0, at(ACCOUNT, 'gac 1')), {
      answers: { 'save-intent': { kind: 'refused', reason: 'storage-unavailable' } },
    });
    expect([said, asked.at(-1)]).toEqual(['declined storage-unavailable none', 'save-intent']);
  });

  it('carries a TC hash where CDOL1 asks for one, by the card, the terminal or over nothing', () => {
    // 98 14 behind the rest of CDOL1: SHA-1 of nothing, and the default TDOL noted.
    const wide = edited(edited(ACCOUNT, 'record 2.2', '7056', '7058'), 'record 2.2', '8C159F02', '8C1798149F02');
    const hash = 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709';
    const nothing = asks(
      asks(until(withAnswer(wide, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE80001D', `80AE800031${hash}`),
      'gac 1',
      '0156 8000000000 0156',
      '0156 8000000080 0156',
    );
    expect(pay(nothing).said).toBe('declined card-declined none');
    // SHA-1 of 0156, the transaction currency, as the card's own TDOL (97) or the terminal's wants it.
    const currency = '082EF52FD0CEB05E5C309847566D8AC365C388ED';
    const own = edited(edited(wide, 'record 2.2', '7058', '705D'), 'record 2.2', '8C179814', '97035F2A028C179814');
    const ofCard = asks(until(withAnswer(own, 'gac 1', AAC), 'gac 1'), 'gac 1', '80AE80001D', `80AE800031${currency}`);
    expect(pay(ofCard).said).toBe('declined card-declined none');
    const ofTerminal = asks(nothing, 'gac 1', hash, currency);
    const input = dialogueInput({}, {}, { debitCredit: { defaultTdol: Uint8Array.of(0x5f, 0x2a, 0x02) } });
    expect(pay(ofTerminal, { input }).said).toBe('declined card-declined none');
  });
});

it('electronic cash whose TC somebody calls a referral: the balance tells that it has paid', () => {
  const asked = (name: string, command: string, answer: string) => ({ name, command, answer });
  const card = [
    ...withAnswer(ELECTRONIC_CASH, 'gac 1', AAR),
    asked('atc now', '80CA9F3600', '9F360200079000'),
    asked('balance now', '80CA9F7900', '9F79060000000037509000'),
  ];
  expect(pay(card).said).toBe('declined card-declined chip');
});
