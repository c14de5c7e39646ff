import { describe, expect, it } from 'vitest';
import { fen, hex } from '../../values/index.ts';
import type { Intent } from '../intent.ts';
import { decodeIntent, encodeIntent } from '../intent-codec.ts';
import { recover } from '../recover.ts';
import { describeIntent } from '../reopen-intent.ts';
import type { OnlineAnswer } from '../requests.ts';
import { LOAD } from '../testing/debit-credit-cards.ts';
import {
  type Answers,
  APPROVED,
  asks,
  at,
  DECLINED,
  dialogueInput,
  ISSUER,
  inHex,
  toReverse,
} from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { edited, inWords, play, recoveryInWords, withAnswer } from '../testing/play.ts';
import type { TransactionInput } from '../transaction.ts';
import { load } from './load.ts';

/** PUT DATA 9F79 = 62.50, with a MAC that only the card could judge. */
const GRANTED: OnlineAnswer = {
  ...APPROVED,
  issuer: { ...ISSUER, scripts: [hex('72189F180400000001860F04DA9F790A000000006250D1D2D3D4')] },
};

const INPUT: TransactionInput = dialogueInput({}, { transactionType: 0x60 });

function fill(card: Script, host: OnlineAnswer = GRANTED, tearAt?: string, input = INPUT) {
  const answers: Answers = { 'authorise-online': host };
  const options = { answers, ...(tearAt !== undefined && { tearAt: at(card, tearAt) }) };
  const { result, asked, questions } = play(load(input, 'contact'), card, options);
  const kept = questions.flatMap((one) => (one.name === 'save-intent' ? [one.intent] : []));
  return { result, said: inWords(result), asked, questions, intent: kept[0] };
}

describe('load', () => {
  it('is approved when the chip shows the new balance', () => {
    const { result, said, asked, questions } = fill(LOAD);
    expect(said).toBe('approved account online signature none');
    expect(result).toMatchObject({
      authorisationId: 'A1',
      card: { balanceBefore: 5000, balanceAfter: 6250 },
      chip: { transactionType: hex('60'), cryptogramType: 'arqc' },
    });
    expect(questions.find(({ name }) => name === 'authorise-online')).toMatchObject({ purpose: 'load' });
    if (result.kind === 'approved') expect(inHex(result.completion?.scriptResults)).toBe('2000000001');
    const from = asked.indexOf('gac 1');
    expect(asked.slice(from, from + 4)).toEqual(['gac 1', 'authorise-online', 'save-intent', 'external authenticate']);
  });

  it('the script may say that it failed, or the card that it declines: the balance decides', () => {
    const failing = withAnswer(LOAD, 'put data', '6985');
    expect(fill(failing).said).toBe('approved account online signature none');
    const unmoved = withAnswer(failing, 'balance now', '9F79060000000050009000');
    const { said, result } = fill(unmoved);
    expect([said, toReverse(result)]).toEqual(['declined card-error none', 'A1']);
    const lying = withAnswer(LOAD, 'balance now', '9F79060000000050009000');
    expect(toReverse(fill(lying).result)).toBe('A1');
  });

  it.each(['9F79060000000055009000', '6A88'])('a balance that proves nothing (%s) leaves the intent open', (answer) => {
    expect(fill(withAnswer(LOAD, 'balance now', answer)).said).toBe('torn after-intent');
  });

  it('a host that says no, or nothing: no intent, and the balance need not be asked for', () => {
    const aac = '8013000007B1B2B3B4B5B6B7B807010103200000019000';
    const tail = (card: Script) => card.slice(0, at(card, 'gac 2') + 1);
    const declined = fill(tail(withAnswer(asks(LOAD, 'gac 2', '40001F3030', '00001F3035'), 'gac 2', aac)), DECLINED);
    expect([declined.said, toReverse(declined.result)]).toEqual(['declined host-declined none', undefined]);
    expect(declined.result).toMatchObject({ card: { balanceBefore: 5000, balanceAfter: 5000 } });
    expect(declined.intent).toBeUndefined();
    const silent = tail(withAnswer(asks(LOAD, 'gac 2', '40001F3030', '00001F5A33'), 'gac 2', aac)).filter(
      ({ name }) => name !== 'external authenticate',
    );
    expect(fill(silent, { kind: 'no-answer' }).said).toBe('declined host-unreachable none');
    // Nobody but the host can grant a load.
    expect(fill(silent, { kind: 'deferred' }).said).toBe('declined host-unreachable none');
  });

  it('a grant that cannot be kept does not reach the card, and is to be reversed', () => {
    const card = LOAD.slice(0, at(LOAD, 'gac 1') + 1);
    const answers: Answers = {
      'authorise-online': GRANTED,
      'save-intent': { kind: 'refused', reason: 'storage-unavailable' },
    };
    const { result } = play(load(INPUT, 'contact'), card, { answers });
    expect([inWords(result), toReverse(result)]).toEqual(['declined storage-unavailable none', 'A1']);
  });

  it('what can be refused is refused before the host is asked', () => {
    const early = (card: Script, input = INPUT) => fill(card.slice(0, at(card, 'gac 1')), GRANTED, undefined, input);
    expect(early(withAnswer(LOAD, 'balance', '6A88')).said).toBe('declined card-error none');
    expect(early(withAnswer(LOAD, 'atc', '6A88')).said).toBe('declined card-error none');
    expect(early(withAnswer(LOAD, 'balance limit', '9F77060000000062499000')).said).toBe('declined balance-limit none');
    expect(early(edited(LOAD, 'record 2.1', '5F2403301231', '5F2403241231')).said).toBe('declined expired none');
    expect(early(LOAD, dialogueInput({ onlineCapable: false }, { transactionType: 0x60 })).asked).toEqual([]);
    expect(fill(withAnswer(LOAD, 'balance limit', '6A88')).said).toBe('approved account online signature none');
  });

  it.each([
    ['AAC', '8013000007A1A2A3A4A5A6A7A807010103800000019000', 'declined card-declined none'],
    ['TC', '8013400007A1A2A3A4A5A6A7A807010103900000019000', 'declined card-error none'],
    ['a refusal', '6985', 'declined card-error none'],
  ])('a card that gives %s instead of its ARQC: the host is not asked', (_, answer, said) => {
    const { said: heard, asked } = fill(withAnswer(LOAD, 'gac 1', answer));
    expect([heard, asked.at(-1)]).toEqual([said, 'gac 1']);
  });
});

describe('a load whose card leaves', () => {
  it.each([
    ['external authenticate', 'torn after-intent'],
    ['gac 2', 'torn after-intent'],
    ['atc now', 'torn after-intent'],
    ['balance now', 'torn after-intent'],
  ])('at %s is open, and nothing more is asked of it', (name, said) => {
    const { said: heard, asked } = fill(LOAD, GRANTED, name);
    expect([heard, asked.at(-1)]).toEqual([said, name]);
  });

  it('in the script: the balance is asked for in vain', () => {
    const card = LOAD.filter(({ name }) => name !== 'balance now');
    const { said } = fill(
      [...card.slice(0, -1), { ...(card.at(-1) ?? expect.fail()), answer: '' }],
      GRANTED,
      'put data',
    );
    expect(said).toBe('torn after-intent');
  });

  it('before the intent nothing has happened', () => {
    for (const { name } of LOAD.slice(3, at(LOAD, 'gac 1') + 1))
      expect(fill(LOAD, GRANTED, name).said).toBe('torn before-intent');
  });

  it('after the host has said no it has not been loaded', () => {
    const host: OnlineAnswer = { kind: 'declined', reason: 'host-declined', issuer: ISSUER };
    expect(fill(LOAD, host, 'external authenticate').said).toBe('declined host-declined none');
  });
});

/** The probe of a card: its application, the record that names it, its counter and balance. */
function probe(intent: Intent, { atc = '9F360200079000', balance = '9F79060000000062509000', record = '' } = {}) {
  const naming = LOAD.find(({ name }) => name === 'record 2.1') ?? expect.fail();
  const card: Script = [
    LOAD[2] ?? expect.fail(),
    record === '' ? naming : { ...naming, answer: record },
    { name: 'atc', command: '80CA9F3600', answer: atc },
    { name: 'balance', command: '80CA9F7900', answer: balance },
  ];
  return (tearAt?: number) =>
    recoveryInWords(play(recover(intent, INPUT), card, tearAt === undefined ? {} : { tearAt }).result);
}

describe('recovery of a load', () => {
  const intent = fill(LOAD, GRANTED, 'gac 2').intent ?? expect.fail();

  it('counter and balance tell', () => {
    expect(probe(intent)()).toBe('loaded');
    expect(probe(intent, { balance: '9F79060000000050009000' })()).toBe('not-loaded');
    expect(probe(intent, { balance: '9F79060000000060009000' })()).toBe('undecided moved-on');
    expect(probe(intent, { atc: '9F360200089000' })()).toBe('undecided moved-on');
    expect(probe(intent, { atc: '6A88' })()).toBe('undecided no-evidence');
    expect(probe(intent, { record: '700C5A0A6299990000007654321F9000' })()).toBe('other-card');
  });

  it('a card that leaves again tells nothing', () => {
    for (let tearAt = 0; tearAt < 4; tearAt++) expect(probe(intent)(tearAt)).toBe('torn');
  });

  it('survives the disk', () => {
    expect(decodeIntent(encodeIntent(intent))).toEqual(intent);
    expect(intent).toMatchObject({
      path: 'load',
      amount: fen(1250),
      balanceBefore: fen(5000),
      atc: 7,
      request: 'arqc',
      authorisationId: 'A1',
      chip: { cryptogram: hex('A1A2A3A4A5A6A7A8') },
    });
    expect(describeIntent(intent)).toMatchObject({ card: { balanceBefore: 5000 }, chip: { atc: hex('0007') } });
  });
});
