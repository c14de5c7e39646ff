import { describe, expect, it } from 'vitest';
import { fen } from '../../values/index.ts';
import { purchase } from '../purchase.ts';
import { CONTACTLESS, DDA, LOAD } from '../testing/debit-credit-cards.ts';
import { type Answers, APPROVED, asks, at, dialogueInput, HOST, ISSUER, until } from '../testing/dialogue.ts';
import { MODERN, type Script } from '../testing/golden-cards.ts';
import { edited, inWords, play, told, withAnswer } from '../testing/play.ts';
import type { TransactionInput } from '../transaction.ts';
import { load } from './load.ts';

const BOTH = dialogueInput({ contactlessDebitCredit: true });

function tap(card: Script, input: TransactionInput = BOTH, answers: Answers = HOST, tearAt?: number) {
  const { result, asked } = play(purchase(input), card, { answers, ...(tearAt !== undefined && { tearAt }) });
  return { said: inWords(result), asked };
}

const AAC = '8013000007A1A2A3A4A5A6A7A807010103800000019000';

describe('a tap at a terminal that offers both paths', () => {
  it('full debit/credit where the card says so in its AIP', () => {
    const { said, asked } = tap(CONTACTLESS);
    expect(said).toBe('approved account online signature none');
    expect(asked.slice(0, 4)).toEqual(['ppse', 'select', 'balance', 'gpo']);
  });

  it('full debit/credit where its answer has no cryptogram', () => {
    const other = withAnswer(CONTACTLESS, 'gpo', '80061C00100102019000');
    expect(tap(other).said).toBe('approved account online signature none');
    const format2 = withAnswer(CONTACTLESS, 'gpo', '770A82021C009404100102019000');
    expect(tap(format2).said).toBe('approved account online signature none');
  });

  it('neither where the answer says both: a card of qPBOC would pay before there is an intent', () => {
    const both = withAnswer(CONTACTLESS, 'gpo', '771582021C809404100102019F260811223344556677889000');
    const { said, asked } = tap(until(both, 'gpo'));
    expect([said, asked.at(-1)]).toEqual(['declined card-error none', 'gpo']);
    const hidden = withAnswer(CONTACTLESS, 'gpo', '771882021C80940410010201BF0C0B9F260811223344556677889000');
    expect(tap(until(hidden, 'gpo')).said).toBe('declined card-error none');
  });

  it('qPBOC where the card gives a cryptogram at once', () => {
    const qpboc = told(MODERN, 'gpo', '26000080', '66000080');
    expect(tap(qpboc).said).toBe('approved chip offline none fdda-01');
  });

  it('a card whose PDOL would not do for qPBOC may not answer with it', () => {
    const cryptogram = MODERN.find(({ name }) => name === 'gpo')?.answer ?? '';
    expect(tap(until(withAnswer(CONTACTLESS, 'gpo', cryptogram), 'gpo')).said).toBe('declined card-error none');
  });

  it.each(['80019000', '770082021C809000', '770682021C8094009000', '80061C80100102039000'])(
    'an answer to GPO that is none (%s) ends it',
    (answer) => {
      expect(tap(until(withAnswer(CONTACTLESS, 'gpo', answer), 'gpo')).said).toBe('declined card-error none');
    },
  );

  it('when the TTQ demands the host, a TC is not asked for', () => {
    const head = withAnswer(
      until(told(CONTACTLESS, 'gpo', '66000080', '66800080'), 'gpo'),
      'gpo',
      '800A3C800801030010010201 9000'.replace(' ', ''),
    );
    const records = DDA.slice(at(DDA, 'record 1.1'));
    const card = [...head, ...asks(withAnswer(records, 'gac 1', AAC), 'gac 1', '80AE4000', '80AE8000')];
    const input = dialogueInput({ contactlessDebitCredit: true }, {}, { offlineFloorLimit: fen(1000) });
    expect(tap(card, input).said).toBe('declined card-declined none');
    const within = [...until(told(head, 'gpo', '66800080', '66000080'), 'gpo'), ...records];
    expect(tap(within).said).toBe('approved account offline signature dda');
  });

  it('when the TTQ demands a verification and none comes of it, the card is refused', () => {
    const input = dialogueInput({ contactlessDebitCredit: true }, {}, { cvmLimit: fen(1250) });
    const bare = edited(told(CONTACTLESS, 'gpo', '66000080', '66400080'), 'record 2.2', '1E031F00', '1F001F00');
    const card = asks(withAnswer(until(bare, 'gac 1'), 'gac 1', AAC), 'gac 1', '80AE8000', '80AE0000');
    expect(tap(card, input).said).toBe('declined online-pin-required none');
  });

  it('a card that leaves at its first cryptogram leaves an intent', () => {
    expect(tap(CONTACTLESS, BOTH, HOST, at(CONTACTLESS, 'gac 1')).said).toBe('torn after-intent');
    expect(tap(CONTACTLESS, BOTH, HOST, at(CONTACTLESS, 'record 2.1')).said).toBe('torn before-intent');
  });
});

describe('a tap at a terminal that offers qPBOC alone', () => {
  it('a card whose PDOL is for full debit/credit is none of its', () => {
    expect(tap(CONTACTLESS.slice(0, 2), dialogueInput()).said).toBe('declined card-error none');
  });
});

describe('a load over the air', () => {
  const issuer = { ...ISSUER, scripts: [] };
  const host: Answers = { 'authorise-online': { ...APPROVED, issuer } };

  it('offers full debit/credit alone', () => {
    const [ppse, select] = CONTACTLESS;
    if (ppse === undefined || select === undefined) return expect.fail();
    const gpo = { name: 'gpo', command: '80A800000F830D4600000001000000001250015600', answer: '80061C80100102019000' };
    const rest = LOAD.slice(at(LOAD, 'record 2.1')).filter(({ name }) => name !== 'put data');
    const input = dialogueInput({}, { transactionType: 0x60 });
    const { result } = play(load(input, 'contactless'), [ppse, select, gpo, ...rest], { answers: host });
    expect(inWords(result)).toBe('approved account online signature none');
  });
});
