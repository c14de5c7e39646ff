import { describe, expect, it } from 'vitest';
import { KeyCache } from '../../oda/index.ts';
import { hex } from '../../values/index.ts';
import { ACCOUNT, DDA, LOAD } from '../testing/debit-credit-cards.ts';
import {
  AAC,
  ARQC,
  asks,
  type Circumstances,
  dialogueInput,
  FORCED,
  HOST,
  pay,
  toReverse,
  until,
} from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { edited, inWords, play, thenAsked, told, withAnswer } from '../testing/play.ts';
import {
  CDA_TC_OF_3DES,
  SELECTED,
  SM_CDA,
  SM_CDA_ONLINE,
  SM_DDA,
  SM_ELECTRONIC_CASH,
  SM_SDA,
} from '../testing/sm-debit-credit-cards.ts';
import { load } from './load.ts';

const ONLINE: Circumstances = { answers: HOST, input: dialogueInput({}, { debitCredit: FORCED }) };
/** A terminal of an installation that keeps to the international algorithms. */
const WITHOUT_SM = dialogueInput({ data: new Map([[0xdf69, hex('00')]]) });

/** A card without SM2 certificates that asks for DF69 all the same, and is told 01. */
const asking = (card: Script): Script => {
  const select = (script: Script, name: string): Script => withAnswer(script, name, SELECTED);
  const told01 = (indicator: string): [string, string] => [
    `0B8309${indicator}000000001250015600`,
    `0C830A${indicator}00000000125001560100`,
  ];
  const [from, to] = told01(card.some(({ command }) => command.includes('0B830901')) ? '01' : '00');
  return told(select(select(card, 'list'), 'select'), 'gpo', from, to);
};
const toldNone = (card: Script): Script => told(card, 'gpo', '01560100', '01560000');
const SM4 = '00049000';
const TRIPLE_DES = '00019000';
/** The cryptogram is by the other algorithm than its 9F10 said. */
const swapped = (card: Script, name: string): Script =>
  card.some((one) => one.name === name && one.answer.endsWith(SM4))
    ? edited(card, name, SM4, TRIPLE_DES)
    : edited(card, name, TRIPLE_DES, SM4);

/** The last byte of a signature or certificate with one bit wrong. `behind`: bytes of the answer after it, in hex. */
const oneBitOff = (card: Script, name: string, behind: string): Script => {
  const { answer } = card.find((one) => one.name === name) ?? expect.fail(name);
  const end = answer.length - behind.length;
  const last = Number.parseInt(answer.slice(end - 2, end), 16) ^ 1;
  expect(answer.endsWith(behind)).toBe(true);
  return withAnswer(
    card,
    name,
    `${answer.slice(0, end - 2)}${last.toString(16).padStart(2, '0').toUpperCase()}${behind}`,
  );
};

describe('SM in full debit/credit', () => {
  it.each<[string, Script, string, Circumstances]>([
    ['static', SM_SDA, 'approved account offline signature sda', {}],
    ['dynamic', SM_DDA, 'approved account offline signature dda', {}],
    ['combined', SM_CDA, 'approved account offline signature cda', {}],
    ['combined, both cryptograms', SM_CDA_ONLINE, 'approved account online signature cda', ONLINE],
    ['electronic cash', SM_ELECTRONIC_CASH, 'approved chip offline signature dda', {}],
  ])('%s', (_, card, said, circumstances) => {
    expect(pay(card, circumstances).said).toBe(said);
  });

  it('keys that were recovered once are not recovered again', () => {
    const keyCache = new KeyCache(8);
    const input = dialogueInput({}, { keyCache });
    expect(pay(SM_CDA, { input }).said).toBe('approved account offline signature cda');
    expect(keyCache.size).toBe(2);
    expect(pay(SM_DDA, { input }).said).toBe('approved account offline signature dda');
    expect(keyCache.size).toBe(2);
  });
});

describe('one bit wrong', () => {
  /** The first GENERATE AC asks the host, with these bits in the TVR, and the card declines. */
  const doubted = (card: Script, tvr: string, before = '0000000000'): Script => {
    const asked = asks(card, 'gac 1', '80AE40', '80AE80');
    return withAnswer(asks(asked, 'gac 1', `0156${before}0156`, `0156${tvr}0156`), 'gac 1', AAC);
  };

  it.each<[string, Script]>([
    ['SDA signature', doubted(oneBitOff(SM_SDA, 'record 1.3', '9000'), '4200000000', '0200000000')],
    ['issuer certificate', doubted(oneBitOff(SM_SDA, 'record 1.1', '9000'), '4200000000', '0200000000')],
    ['static data', doubted(edited(SM_SDA, 'record 2.1', '5F2503200101', '5F2503200102'), '4200000000', '0200000000')],
    ['DDA signature', doubted(oneBitOff(SM_DDA, 'internal authenticate', '9000'), '0800000000')],
    [
      'card certificate',
      doubted(oneBitOff(SM_DDA, 'record 1.2', '9000'), '0800000000').filter(
        ({ name }) => name !== 'internal authenticate',
      ),
    ],
  ])('%s: not genuine', (_, card) => {
    expect(pay(card).said).toBe('declined not-genuine none');
  });

  it('CDA signature: nothing of the answer is believed', () => {
    const forged = oneBitOff(SM_CDA, 'gac 1', '9F100807010103900000049000');
    expect(pay(forged).said).toBe('declined not-genuine none');
  });
});

describe('a card that mixes SM with international algorithms', () => {
  const NOTHING_AT_STAKE = 'declined card-error none, no intent';
  const inShort = ({ said, asked }: ReturnType<typeof pay>): string =>
    asked.includes('save-intent') ? said : `${said}, no intent`;
  /** Certificates that disagree with what the card was told: known when they have been read. */
  const upToRecords = (card: Script): Script => until(card, 'record 2.2');
  const unasked = (card: Script): Script =>
    [...upToRecords(card)].map((one) => ({
      ...one,
      ...DDA.find(({ name }) => name === one.name && ['list', 'select', 'gpo'].includes(name)),
    }));

  it.each<[string, Script, Circumstances, string]>([
    ['told 00, SM2 certificates', upToRecords(toldNone(SM_DDA)), { input: WITHOUT_SM }, NOTHING_AT_STAKE],
    ['told 00, SM2 certificates, static', upToRecords(toldNone(SM_SDA)), { input: WITHOUT_SM }, NOTHING_AT_STAKE],
    ['told 00, SM2 certificates, combined', upToRecords(toldNone(SM_CDA)), { input: WITHOUT_SM }, NOTHING_AT_STAKE],
    ['not asking, SM2 certificates', unasked(SM_DDA), {}, NOTHING_AT_STAKE],
    ['told 01, SM2 certificates and 3DES', swapped(SM_DDA, 'gac 1'), {}, 'declined card-error none'],
    ['told 01, the same signed', withAnswer(SM_CDA, 'gac 1', CDA_TC_OF_3DES), {}, 'declined card-error none'],
    ['told 01, RSA certificates and SM4', swapped(asking(DDA), 'gac 1'), {}, 'declined card-error none'],
    ['told 01, RSA and 3DES throughout', asking(DDA), {}, 'approved account offline signature dda'],
    [
      'told 00, RSA and 3DES throughout',
      toldNone(asking(DDA)),
      { input: WITHOUT_SM },
      'approved account offline signature dda',
    ],
    [
      'not asking, RSA certificates and SM4: its issuer has no other',
      swapped(DDA, 'gac 1'),
      {},
      'approved account offline signature dda',
    ],
    [
      'no certificates, SM4 unasked',
      swapped(until(withAnswer(ACCOUNT, 'gac 1', AAC), 'gac 1'), 'gac 1'),
      {},
      'declined card-declined none',
    ],
  ])('%s', (_, card, circumstances, said) => {
    expect(inShort(pay(card, circumstances))).toBe(said);
  });

  it('electronic cash: what it took is known by counter and balance, and is declined after debit', () => {
    const mixed = swapped(edited(SM_ELECTRONIC_CASH, 'gac 1', '0A010000003750FFDBBC94', ''), 'gac 1');
    const short = edited(mixed, 'gac 1', '801E', '8013');
    expect(pay(thenAsked(short, '9F79060000000037509000')).said).toBe('declined card-error chip');
    expect(pay(thenAsked(short, '9F79060000000050009000')).said).toBe('declined card-error none');
  });

  it('an ARQC by other algorithms goes to no host', () => {
    const card = swapped(withAnswer(SM_DDA, 'gac 1', ARQC.replace(TRIPLE_DES, SM4)), 'gac 1');
    const { said, asked } = pay(card, { answers: HOST });
    expect([said, asked.includes('authorise-online')]).toEqual(['declined card-error none', false]);
  });

  it('an AAC is one whatever made it', () => {
    expect(pay(withAnswer(SM_DDA, 'gac 1', AAC)).said).toBe('declined card-declined none');
  });

  it('the second cryptogram must be by the algorithm of the first; what the host granted is reversed', () => {
    const { said, result } = pay(swapped(ACCOUNT, 'gac 2'), { answers: HOST });
    expect([said, toReverse(result)]).toEqual(['declined card-error none', 'A1']);
    const both = swapped(swapped(ACCOUNT, 'gac 1'), 'gac 2');
    expect(pay(both, { answers: HOST }).said).toBe('approved account online signature none');
  });

  it('told 00 in its PDOL or in its CDOL1, SM4 without certificates', () => {
    const sm4 = swapped(until(ACCOUNT, 'gac 1'), 'gac 1');
    const inCdol1 = (value: string): Script => {
      const asking = edited(edited(sm4, 'record 2.2', '7056', '7059'), 'record 2.2', '8C15', '8C18');
      const card = edited(asking, 'record 2.2', '9F37048D17', '9F3704DF69018D17');
      return asks(card, 'gac 1', '1D000000001250', '1E000000001250').map((one) =>
        one.name === 'gac 1' ? { ...one, command: `${one.command.slice(0, -2)}${value}00` } : one,
      );
    };
    expect(pay(inCdol1('00'), { answers: HOST, input: WITHOUT_SM }).said).toBe('declined card-error none');
    // Told 01, the host is asked: what follows is another story.
    expect(() => pay(inCdol1('01'), { answers: HOST })).toThrow('no command expected');
  });

  it('a load is refused before the host is asked', () => {
    const input = dialogueInput({ data: new Map([[0xdf69, hex('00')]]) }, { transactionType: 0x60 });
    const card = swapped(until(toldNone(asking(LOAD)), 'gac 1'), 'gac 1');
    const { result, asked } = play(load(input, 'contact'), card, { answers: HOST });
    expect([inWords(result), asked.includes('authorise-online')]).toEqual(['declined card-error none', false]);
  });
});
