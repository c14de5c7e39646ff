import { describe, expect, it } from 'vitest';
import { fen } from '../../values/index.ts';
import type { DeclineReason } from '../outcome.ts';
import { ACCOUNT, CDA_ONLINE, DDA } from '../testing/debit-credit-cards.ts';
import {
  AAC,
  type Answers,
  ARQC,
  asks,
  at,
  chipOf,
  completionOf,
  DECLINED,
  dialogueInput,
  FORCED,
  HOST,
  inHex,
  pay,
  toReverse,
} from '../testing/dialogue.ts';
import { edited, withAnswer } from '../testing/play.ts';

describe('an ARQC', () => {
  it('goes to the host with what the card saw; the second TC completes it', () => {
    const { result, said, asked, questions } = pay(ACCOUNT, { answers: HOST });
    expect(said).toBe('approved account online signature none');
    expect(result).toMatchObject({ authorisationId: 'A1' });
    const question = questions.find((one) => one.name === 'authorise-online') ?? expect.fail('the host was not asked');
    if (question.name !== 'authorise-online') return;
    const { chip, purpose } = question;
    expect([purpose, chip.cryptogramType, inHex(chip.cryptogram)]).toEqual(['authorise', 'arqc', 'A1A2A3A4A5A6A7A8']);
    expect([inHex(chip.tvr), inHex(chip.tsi), inHex(chip.cvmResults)]).toEqual(['8000000000', '6800', '1E0300']);
    expect([inHex(chip.amountAuthorised), inHex(chip.unpredictableNumber)]).toEqual(['000000001250', '11223344']);
    const completion = completionOf(result);
    expect([inHex(completion?.chip?.cryptogram), inHex(completion?.chip?.tsi)]).toEqual(['B1B2B3B4B5B6B7B8', '7800']);
    expect(asked.slice(-5)).toEqual(['save-intent', 'gac 1', 'authorise-online', 'external authenticate', 'gac 2']);
  });

  it('both cryptograms can be signed', () => {
    const { result, said } = pay(CDA_ONLINE, { answers: HOST, input: dialogueInput({}, { debitCredit: FORCED }) });
    expect(said).toBe('approved account online signature cda');
    expect(inHex(completionOf(result)?.chip?.cryptogram)).toBe('B1B2B3B4B5B6B7B8');
  });

  it('an issuer that does not authenticate is noted, and the card decides', () => {
    const card = asks(
      withAnswer(ACCOUNT, 'external authenticate', '6300'),
      'gac 2',
      '0156 8000000000',
      '0156 8000000040',
    );
    expect(pay(card, { answers: HOST }).said).toBe('approved account online signature none');
  });

  it('without issuer authentication in the AIP, CDOL2 carries it', () => {
    const wide = edited(edited(ACCOUNT, 'record 2.2', '7056', '7058'), 'record 2.2', '8D178A02', '8D198A02910A');
    const card = asks(edited(wide, 'gpo', '1C00', '1800'), 'gac 2', '1F3030', '293030C1C2C3C4C5C6C7C83030').filter(
      ({ name }) => name !== 'external authenticate',
    );
    expect(pay(card, { answers: HOST }).said).toBe('approved account online signature none');
  });

  it.each<[string, Answers, string, string]>([
    ['the host declines', { 'authorise-online': DECLINED }, '00001F3035', 'declined host-declined none'],
    [
      'the host declines bare',
      { 'authorise-online': { kind: 'declined', reason: 'insufficient-funds' } },
      '00001F3035',
      'declined insufficient-funds none',
    ],
    [
      'the host does not answer',
      { 'authorise-online': { kind: 'no-answer' } },
      '00001F5A33',
      'declined host-unreachable none',
    ],
  ])('%s: the card is told, and nothing is to be reversed', (_, answers, control, said) => {
    const authenticated = answers['authorise-online'] === DECLINED;
    const told = withAnswer(asks(ACCOUNT, 'gac 2', '40001F3030', control), 'gac 2', AAC);
    const card = authenticated ? told : told.filter(({ name }) => name !== 'external authenticate');
    const { result, said: heard } = pay(card, { answers });
    expect([heard, toReverse(result)]).toEqual([said, undefined]);
  });

  it.each<[string, string, DeclineReason]>([
    ['an AAC', AAC, 'card-declined'],
    ['an ARQC again', ARQC, 'card-error'],
    ['a refusal', '6985', 'card-error'],
    ['garbage', '80019000', 'card-error'],
  ])('%s after the host has approved: declined, and to be reversed', (_, answer, reason) => {
    const { result, said } = pay(withAnswer(ACCOUNT, 'gac 2', answer), { answers: HOST });
    expect([said, toReverse(result)]).toEqual([`declined ${reason} none`, 'A1']);
  });

  it('a second signature that does not verify is no TC', () => {
    const card = edited(CDA_ONLINE, 'gac 2', '9F2701409F36020007', '9F2701409F36020008');
    const { result, said } = pay(card, { answers: HOST, input: dialogueInput({}, { debitCredit: FORCED }) });
    expect([said, toReverse(result)]).toEqual(['declined not-genuine none', 'A1']);
  });

  it.each(['external authenticate', 'gac 2'])('a card that leaves at %s after the host has approved', (name) => {
    const { result, said } = pay(ACCOUNT, { answers: HOST, tearAt: at(ACCOUNT, name) });
    expect([said, toReverse(result)]).toEqual(['declined card-error none', 'A1']);
  });

  it('a card that leaves after the host has declined', () => {
    const { result, said } = pay(ACCOUNT, {
      answers: { 'authorise-online': DECLINED },
      tearAt: at(ACCOUNT, 'external authenticate'),
    });
    expect([said, toReverse(result)]).toEqual(['declined host-declined none', undefined]);
  });

  it.each<[string, Answers, string, string]>([
    ['declined', { 'authorise-online': DECLINED }, '00001F3035', 'declined host-declined none'],
    ['not answered', { 'authorise-online': { kind: 'no-answer' } }, '00001F5A33', 'declined host-unreachable none'],
  ])('a TC to whom an AAC was asked for is none: the host has %s', (_, answers, control, said) => {
    const asked = asks(ACCOUNT, 'gac 2', '40001F3030', control);
    const silent = asked.filter(({ name }) => name !== 'external authenticate');
    expect(pay(control.endsWith('5A33') ? silent : asked, { answers }).said).toBe(said);
  });

  it.each(['no-answer', 'deferred'] as const)(
    'a card that has not shown to be genuine is approved by nobody but the host (%s)',
    (kind) => {
      const mild = edited(ACCOUNT, 'record 2.2', '9F0D05FC50A88800', '9F0D050000000000');
      const card = withAnswer(asks(mild, 'gac 2', '40001F3030', '00001F5A33'), 'gac 2', AAC);
      const silent = card.filter(({ name }) => name !== 'external authenticate');
      expect(pay(silent, { answers: { 'authorise-online': { kind } } }).said).toBe('declined host-unreachable none');
    },
  );

  describe('without the host, the default action codes decide', () => {
    const selected = dialogueInput(
      {},
      { debitCredit: { ...FORCED, forcedOnline: false } },
      { debitCredit: { randomSelection: { threshold: fen(10_000), targetPercent: 99, maximumTargetPercent: 99 } } },
    );
    const [first, last] = [DDA, ACCOUNT].map((card) => card.at(-1));
    const chosen = asks(
      asks(
        withAnswer([...DDA.slice(0, -1), ...(first ? [first] : [])], 'gac 1', ARQC),
        'gac 1',
        '80AE4000',
        '80AE8000',
      ),
      'gac 1',
      '0156 0000000000 0156',
      '0156 0000001000 0156',
    );
    const alone = asks(
      asks([...chosen, ...(last ? [last] : [])], 'gac 2', '1F3030', '1F5933'),
      'gac 2',
      '8000000000',
      '0000001000',
    );

    it.each([true, false])('Y3: the account pays offline (host asked: %s)', (onlineCapable) => {
      const input = { ...selected, terminal: { ...selected.terminal, onlineCapable } };
      const { result, said, asked } = pay(alone, { input });
      expect(said).toBe('approved account offline signature dda');
      expect(inHex(chipOf(result)?.cryptogram)).toBe('B1B2B3B4B5B6B7B8');
      expect(asked.includes('authorise-online')).toBe(onlineCapable);
    });

    it('Z3 when the second list moves the amount', () => {
      const moved = edited(alone, 'record 2.2', '8A029F02069F0306', '8A029F03069F0206');
      const asked = asks(
        asks(moved, 'gac 2', '40001F5933', '00001F5A33'),
        'gac 2',
        '000000001250 000000000000',
        '000000000000 000000001250',
      );
      const { said } = pay(withAnswer(asked, 'gac 2', AAC), { input: selected });
      expect(said).toBe('declined host-unreachable none');
    });

    const limits: Answers = { 'check-offline-limits': { kind: 'refused', reason: 'offline-limit' } };
    const trust: Answers = { ...limits, 'authorise-online': { kind: 'deferred' } };
    const refused = asks(alone, 'gac 2', '40001F5933', '00001F5A33');

    it('on trust, the ARQC stands although the card has been asked for its AAC (Z3)', () => {
      const { result, said } = pay(withAnswer(refused, 'gac 2', AAC), { input: selected, answers: trust });
      expect(said).toBe('approved account offline signature dda');
      expect(result).not.toHaveProperty('authorisationId');
      expect(chipOf(result)?.cryptogramType).toBe('arqc');
      expect(completionOf(result)?.chip?.cryptogramType).toBe('aac');
      expect(inHex(completionOf(result)?.authorisationResponseCode)).toBe('5A33');
    });

    it('nor is trust asked for where the card may approve alone (Y3)', () => {
      const { result, said } = pay(alone, { input: selected, answers: { 'authorise-online': { kind: 'deferred' } } });
      expect(said).toBe('approved account offline signature dda');
      expect([chipOf(result)?.cryptogramType, inHex(chipOf(result)?.cryptogram)]).toEqual(['tc', 'B1B2B3B4B5B6B7B8']);
    });

    it.each([
      ['garbage', '80019000'],
      ['a refusal', '6985'],
      ['an ARQC again', ARQC],
    ])('a card that answers %s then is not trusted', (_, answer) => {
      const card = withAnswer(refused, 'gac 2', answer);
      expect(pay(card, { input: selected, answers: trust }).said).toBe('declined host-unreachable none');
    });

    it('nor one that leaves, or that refuses what it was asked for (Y3)', () => {
      const left = { input: selected, answers: trust, tearAt: at(refused, 'gac 2') };
      expect(pay(refused, left).said).toBe('declined host-unreachable none');
      const answers: Answers = { 'authorise-online': { kind: 'deferred' } };
      expect(pay(withAnswer(alone, 'gac 2', AAC), { input: selected, answers }).said).toBe(
        'declined host-unreachable none',
      );
    });

    it("Z3 when the terminal's limits say no", () => {
      const card = withAnswer(asks(alone, 'gac 2', '40001F5933', '00001F5A33'), 'gac 2', AAC);
      expect(pay(card, { input: selected, answers: limits }).said).toBe('declined host-unreachable none');
    });
  });
});
