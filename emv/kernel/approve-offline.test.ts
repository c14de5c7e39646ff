import { describe, expect, it } from 'vitest';
import { caKeysOf } from '../oda/index.ts';
import { fen, hex } from '../values/index.ts';
import { purchase } from './purchase.ts';
import {
  CA_RSA_81,
  ICC_CERTIFICATE,
  ICC_CERTIFICATE_EXPIRED,
  ICC_CERTIFICATE_OF_OTHER,
  ICC_CERTIFICATE_OVER_LAST,
  MODERN,
  OLD,
  ONE_RECORD,
  OWN_RECORD,
  type Script,
  SM,
} from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, type PlayOptions, play, TERMINAL, told, withAnswer } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

function pay(card: Script, options: PlayOptions = {}, input: TransactionInput = INPUT) {
  const { result, asked, questions } = play(purchase(input), card, options);
  return { said: inWords(result), outcome: result, asked, questions };
}

const answerOf = (card: Script, name: string): string => card.find((one) => one.name === name)?.answer ?? '';
const dataOf = (card: Script, name: string): Uint8Array => hex(answerOf(card, name).slice(0, -4));

describe('a card that approves offline', () => {
  it('pays from its chip; everything is asked before the intent, and the last record after it', () => {
    const { said, asked } = pay(MODERN);
    expect(said).toBe('approved chip offline none fdda-01');
    expect(asked).toEqual([
      'ppse',
      'select',
      'balance',
      'gpo',
      'check-exception-file',
      'check-offline-limits',
      'record 1.1',
      'record 1.2',
      'record 2.1',
      'save-intent',
      'record 2.2',
    ]);
  });

  it('gives what the host needs to check the cryptogram, as the card saw it', () => {
    expect(pay(MODERN).outcome).toMatchObject({
      chip: {
        cryptogram: hex('EAD5DD7F514E6EB8'),
        cryptogramType: 'tc',
        amountAuthorised: hex('000000001250'),
        amountOther: hex('000000000000'),
        terminalCountryCode: hex('0156'),
        tvr: hex('0000000000'),
        currencyCode: hex('0156'),
        transactionDate: hex('250601'),
        transactionType: hex('00'),
        unpredictableNumber: hex('11223344'),
        aip: hex('7C00'),
        atc: hex('0007'),
        issuerApplicationData: hex('07010103900000010A010000003750E2D474A1'),
      },
    });
  });

  it('gives the card as it was seen, with the balance it reports in 9F10', () => {
    const { outcome } = pay(edited(MODERN, 'gpo', '0A010000003750', '0A010000003749'));
    expect(outcome).toMatchObject({
      card: {
        panSequence: 1,
        expiry: { year: 2030, month: 12, day: 31 },
        aid: hex('A000000333010101'),
        label: 'JIANGDU',
        balanceBefore: 5000,
        balanceAfter: 3749,
      },
    });
    expect(outcome.kind === 'approved' && outcome.card.pan.reveal()).toBe('6299990000001234567');
  });

  it('computes the balance left where 9F10 holds none, and leaves it out where the balance before is unknown', () => {
    const opaque = edited(MODERN, 'gpo', '0A010000003750', '0A7F0000003750');
    expect(pay(opaque).outcome).toMatchObject({ card: { balanceBefore: 5000, balanceAfter: 3750 } });
    const poor = pay(withAnswer(opaque, 'balance', '9F79060000000012499000')).outcome;
    expect(poor).toMatchObject({ card: { balanceBefore: 1249 } });
    expect(poor).not.toHaveProperty('card.balanceAfter');
    expect(pay(withAnswer(opaque, 'balance', '9F79060000000050006281')).outcome).not.toHaveProperty(
      'card.balanceBefore',
    );
    const blind = pay(withAnswer(opaque, 'balance', '6985')).outcome;
    expect(blind.kind === 'approved' && Object.keys(blind.card)).toEqual([
      'pan',
      'panSequence',
      'expiry',
      'aid',
      'label',
    ]);
  });

  it('puts everything into its intent that recovery will need', () => {
    const saved = pay(MODERN).questions.find((question) => question.name === 'save-intent');
    if (saved?.name !== 'save-intent') throw new Error('no intent');
    const { pan, ...intent } = saved.intent;
    expect(pan.reveal()).toBe('6299990000001234567');
    expect(intent).toEqual({
      path: 'qpboc',
      aid: hex('A000000333010101'),
      label: 'JIANGDU',
      panSequence: 1,
      amount: 1250,
      atc: 7,
      balanceBefore: 5000,
      fci: dataOf(MODERN, 'select'),
      pdolValues: hex('26000080 000000001250 000000000000 0156 0000000000 0156 250601 00 11223344'),
      gpoAnswer: dataOf(MODERN, 'gpo'),
      afl: hex('0801020010010201'),
      records: [
        { sfi: 1, record: 1, data: dataOf(MODERN, 'record 1.1') },
        { sfi: 1, record: 2, data: dataOf(MODERN, 'record 1.2') },
        { sfi: 2, record: 1, data: dataOf(MODERN, 'record 2.1') },
      ],
    });
  });

  const UNSIGNED_SEQUENCE = edited(MODERN, 'gpo', '5F340101', '9F510101');

  it('asks the exception file again when a record brings the PAN sequence number', () => {
    const { asked, questions, outcome } = pay(UNSIGNED_SEQUENCE);
    expect(asked.slice(4, 11)).toEqual([
      'check-exception-file',
      'check-offline-limits',
      'record 1.1',
      'record 1.2',
      'record 2.1',
      'check-exception-file',
      'save-intent',
    ]);
    expect(questions.map((question) => 'panSequence' in question && question.panSequence)).toEqual([0, 0, 1, false]);
    expect(outcome).toMatchObject({ kind: 'approved', card: { panSequence: 1 } });
  });

  const LAST_WITHOUT_9F74 = withAnswer(MODERN, 'record 2.2', '700B9F690801A1B2C3D42000009000');

  it.each<[string, Script, TransactionInput, string]>([
    ['version 00 of a PBOC 2.0 card', OLD, INPUT, 'none fdda-00'],
    ['9F4B in a record of its own', OWN_RECORD, INPUT, 'none fdda-01'],
    ['SM2', SM, INPUT, 'none fdda-01'],
    ['one record in all', ONE_RECORD, INPUT, 'none fdda-01'],
    ['no balance to be had', withAnswer(MODERN, 'balance', '6A88'), INPUT, 'none fdda-01'],
    ['a balance that is none', withAnswer(MODERN, 'balance', '9F79039999999000'), INPUT, 'none fdda-01'],
    ['a balance of another tag', withAnswer(MODERN, 'balance', '9F5D060000000050009000'), INPUT, 'none fdda-01'],
    ['9F74 left out, which only a card tester minds', LAST_WITHOUT_9F74, INPUT, 'none fdda-01'],
    ['9F27 that says the same', edited(MODERN, 'gpo', '5F340101', '9F270140'), INPUT, 'none fdda-01'],
    ['a signature asked for', edited(OLD, 'gpo', '9F6C022000', '9F6C026000'), INPUT, 'signature fdda-00'],
    [
      'an online PIN asked for, which counts online only',
      edited(OLD, 'gpo', '9F6C022000', '9F6C028000'),
      INPUT,
      'none fdda-00',
    ],
  ])('%s', (_, card, input, said) => {
    expect(pay(card, {}, input).said).toBe(`approved chip offline ${said}`);
  });

  it('waits with the ICC certificate where it covers the last record too', () => {
    const card = edited(
      edited(MODERN, 'gpo', '0801020010010201', '0801020010010202'),
      'record 1.2',
      ICC_CERTIFICATE,
      ICC_CERTIFICATE_OVER_LAST,
    );
    expect(pay(card).said).toBe('approved chip offline none fdda-01');
    expect(pay(edited(card, 'record 2.2', '454343303031', '454343303032')).said).toBe('declined not-genuine chip');
  });

  it('counts the day on which the card expires as its last', () => {
    const day = { year: 2030, month: 12, day: 31 };
    const card = told(OLD, 'gpo', '250601', '301231');
    expect(pay(card, {}, { ...INPUT, date: day }).said).toBe('approved chip offline none fdda-00');
  });
});

/** Refused although the card would pay: not a fen is taken, because its last record is never read. */
describe('refused before the debit', () => {
  const withCa = (modulus: string): TransactionInput => ({
    ...INPUT,
    caKeys: caKeysOf([
      { rid: hex('A000000333'), index: 0x80, algorithm: 'rsa', modulus: hex(modulus), exponent: hex('03') },
    ]),
  });
  const LATE = { year: 2031, month: 1, day: 1 };
  const HIGH_FLOOR = inputAt(
    { applications: TERMINAL.applications.map((one) => ({ ...one, offlineFloorLimit: fen(40_000) })) },
    { amount: fen(30_000) },
  );
  const REFUSED = { kind: 'refused', reason: 'offline-limit' } as const;
  const UNSAVED = { kind: 'refused', reason: 'storage-unavailable' } as const;
  const STATIC = '5A0A6299990000001234567F5F24033012315F340101';
  /** 9F69 among the certificates, and a signature with one bit changed. */
  const SIGNED_EARLY = edited(
    edited(edited(MODERN, 'record 1.2', '7081BE', '7081C4'), 'record 1.2', '9F08020030', '9F690801A1B2C3D4200000'),
    'gpo',
    '9F4B818020CE',
    '9F4B818020CF',
  );

  it.each<[string, string, string, Script, PlayOptions, TransactionInput]>([
    ['track 2 expired', 'expired', 'gpo', told(MODERN, 'gpo', '250601', '310101'), {}, { ...INPUT, date: LATE }],
    [
      'on the exception file',
      'hotlisted',
      'check-exception-file',
      MODERN,
      { answers: { 'check-exception-file': { listed: true } } },
      INPUT,
    ],
    [
      'over a limit',
      'offline-limit',
      'check-offline-limits',
      MODERN,
      { answers: { 'check-offline-limits': REFUSED } },
      INPUT,
    ],
    [
      'no room for the intent',
      'storage-unavailable',
      'save-intent',
      MODERN,
      { answers: { 'save-intent': UNSAVED } },
      INPUT,
    ],
    ['no such CA key', 'unknown-ca-key', 'record 2.1', MODERN, {}, { ...INPUT, caKeys: caKeysOf([]) }],
    ['another CA key of this index', 'not-genuine', 'record 2.1', MODERN, {}, withCa(CA_RSA_81)],
    [
      'ICC certificate expired',
      'not-genuine',
      'record 2.1',
      edited(MODERN, 'record 1.2', ICC_CERTIFICATE, ICC_CERTIFICATE_EXPIRED),
      {},
      INPUT,
    ],
    [
      'ICC certificate of another PAN',
      'not-genuine',
      'record 2.1',
      edited(MODERN, 'record 1.2', ICC_CERTIFICATE, ICC_CERTIFICATE_OF_OTHER),
      {},
      INPUT,
    ],
    [
      'signed static data changed',
      'not-genuine',
      'record 2.1',
      edited(MODERN, 'record 2.1', '301231', '301230'),
      {},
      INPUT,
    ],
    [
      '9F4A that names another tag',
      'not-genuine',
      'record 2.1',
      edited(MODERN, 'record 1.2', '9F4A0182', '9F4A0184'),
      {},
      INPUT,
    ],
    [
      'no dynamic authentication in the AIP',
      'not-genuine',
      'record 2.1',
      edited(MODERN, 'gpo', '82027C00', '82025C00'),
      {},
      INPUT,
    ],
    ['a forged signature that is there already', 'not-genuine', 'record 2.1', SIGNED_EARLY, {}, INPUT],
    [
      "PAN of a record is not track 2's",
      'card-error',
      'record 2.1',
      edited(MODERN, 'record 2.1', '1234567F', '7654321F'),
      {},
      INPUT,
    ],
    ['5F24 before today', 'expired', 'record 2.1', edited(MODERN, 'record 2.1', '301231', '250531'), {}, INPUT],
    [
      '5F24 in another month than track 2',
      'card-error',
      'record 2.1',
      edited(MODERN, 'record 2.1', '301231', '310131'),
      {},
      INPUT,
    ],
    [
      '5F24 in the same month of another year',
      'card-error',
      'record 2.1',
      edited(MODERN, 'record 2.1', '301231', '311231'),
      {},
      INPUT,
    ],
    [
      '5F24 in another month of the same year',
      'card-error',
      'record 2.1',
      edited(MODERN, 'record 2.1', '301231', '301130'),
      {},
      INPUT,
    ],
    ['5F24 that is no date', 'card-error', 'record 2.1', edited(MODERN, 'record 2.1', '301231', '301331'), {}, INPUT],
    [
      "5F34 of a record is not the answer's",
      'card-error',
      'record 2.1',
      edited(MODERN, 'record 2.1', '5F340101', '5F340102'),
      {},
      INPUT,
    ],
    [
      'a data object twice',
      'card-error',
      'record 2.1',
      withAnswer(MODERN, 'record 2.1', `7019${STATIC}8F01809000`),
      {},
      INPUT,
    ],
    [
      'a data object of the terminal',
      'card-error',
      'record 2.1',
      withAnswer(MODERN, 'record 2.1', `701B${STATIC}5F2A0201569000`),
      {},
      INPUT,
    ],
    [
      'a record that is no template',
      'card-error',
      'record 2.1',
      withAnswer(MODERN, 'record 2.1', `${STATIC}9000`),
      {},
      INPUT,
    ],
    [
      'two templates in a record',
      'card-error',
      'record 2.1',
      withAnswer(MODERN, 'record 2.1', `7016${STATIC}70009000`),
      {},
      INPUT,
    ],
    ['a record that is not found', 'card-error', 'record 1.2', withAnswer(MODERN, 'record 1.2', '6A83'), {}, INPUT],
    ['no AFL', 'card-error', 'check-offline-limits', edited(MODERN, 'gpo', '940808010200', 'C10808010200'), {}, INPUT],
    [
      'an AFL without an end',
      'card-error',
      'check-offline-limits',
      edited(MODERN, 'gpo', '9408080102001001', '940808010200100F'),
      {},
      INPUT,
    ],
    [
      'approval although an online cryptogram was required',
      'card-error',
      'gpo',
      told(MODERN, 'gpo', '26000080000000001250', '26800080000000025000'),
      {},
      { ...INPUT, amount: fen(25_000) },
    ],
    [
      'approval without the verification that was required',
      'online-pin-required',
      'gpo',
      told(MODERN, 'gpo', '26000080000000001250', '26400080000000030000'),
      {},
      HIGH_FLOOR,
    ],
    [
      'a signature asked for where none can be taken',
      'online-pin-required',
      'gpo',
      told(edited(MODERN, 'gpo', '9F6C022000', '9F6C026000'), 'gpo', '26000080', '24000080'),
      {},
      inputAt({ signature: false }),
    ],
  ])('%s → %s', (_, reason, lastAsked, card, options, input) => {
    const { said, asked } = pay(card, options, input);
    expect([said, asked.at(-1)]).toEqual([`declined ${reason} none`, lastAsked]);
  });
});

describe('records without measure', () => {
  it('end it before they are all read', () => {
    const data = '00'.repeat(1024);
    const record = (at: number) => ({ name: `record 1.${at}`, command: `00B20${at}0C00`, answer: `${data}9000` });
    const card = edited(MODERN, 'gpo', '94080801020010010201', '94080801070010010201').slice(0, 4);
    const { said, asked } = pay([...card, ...[1, 2, 3, 4, 5, 6, 7].map(record)]);
    expect([said, asked.at(-1)]).toEqual(['declined card-error none', 'record 1.5']);
  });
});

describe('where offline data authentication fails before the debit, the card may want another interface', () => {
  const NO_KEYS = caKeysOf([]);
  // 9F6C byte 1 bit 5.
  const CARD = edited(MODERN, 'gpo', '9F6C022000', '9F6C021000');

  it('is sent to the contact slot', () => {
    const input = inputAt({ contactInterface: true }, { caKeys: NO_KEYS });
    const { said, outcome } = pay(told(CARD, 'gpo', '26000080', '36000080'), {}, input);
    expect(said).toBe('other-interface unknown-ca-key');
    expect(outcome).toMatchObject({ card: { label: 'JIANGDU', panSequence: 1 } });
  });

  it('so it is with a signature that is there already', () => {
    const longer = edited(CARD, 'record 1.2', '7081BE', '7081C4');
    const early = edited(longer, 'record 1.2', '9F08020030', '9F690801A1B2C3D4100000');
    const forged = told(edited(early, 'gpo', '9F4B818020CE', '9F4B818020CF'), 'gpo', '26000080', '36000080');
    expect(pay(forged, {}, inputAt({ contactInterface: true })).said).toBe('other-interface not-genuine');
  });

  it('is declined where there is none, or where the card does not want it', () => {
    expect(pay(CARD, {}, { ...INPUT, caKeys: NO_KEYS }).said).toBe('declined unknown-ca-key none');
    const input = inputAt({ contactInterface: true }, { caKeys: NO_KEYS });
    expect(pay(told(MODERN, 'gpo', '26000080', '36000080'), {}, input).said).toBe('declined unknown-ca-key none');
  });
});
