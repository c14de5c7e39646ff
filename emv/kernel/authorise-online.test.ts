import { describe, expect, it } from 'vitest';
import { fen, hex, Secret } from '../values/index.ts';
import { purchase } from './purchase.ts';
import { type OnlineAnswer, type Requests, runStep } from './requests.ts';
import { MODERN, type Script } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, type PlayOptions, play, TERMINAL, told, withAnswer } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

/** CVR 03A00000: the card wants the host's word. Its qualifiers ask for no verification of the cardholder. */
const ARQC = edited(edited(MODERN, 'gpo', '0103900000', '0103A00000'), 'gpo', '9F6C022000', '9F6C020000');
const asking = (ctq: string): Script => edited(ARQC, 'gpo', '9F6C020000', `9F6C02${ctq}`);
/** Without 9F6C: its place is taken by a tag that means nothing. */
const SILENT = edited(ARQC, 'gpo', '9F6C020000', 'DF01020000');

const APPROVED: OnlineAnswer = { kind: 'approved', authorisationId: 'A-7', accountBalance: fen(100) };
const pinBlock = () => new Secret(hex('0412ACFFFFFFFFFF'));
const entered = (block = pinBlock()): Requests['verify-cardholder']['answer'] => ({
  kind: 'entered',
  pin: { block, format: 'iso-0', keyId: 'k1' },
});

/** At or above the CVM limit, below the floor: TTQ byte 2 bit 7. */
const HIGH = inputAt(
  { applications: TERMINAL.applications.map((one) => ({ ...one, offlineFloorLimit: fen(40_000) })) },
  { amount: fen(30_000) },
);
const toldHigh = (card: Script): Script => told(card, 'gpo', '26000080000000001250', '26400080000000030000');

function pay(card: Script, answers: PlayOptions['answers'] = {}, input: TransactionInput = INPUT) {
  const played = play(purchase(input), card, { answers: { 'authorise-online': APPROVED, ...answers } });
  return {
    said: inWords(played.result),
    outcome: played.result,
    asked: played.asked.slice(4),
    questions: played.questions,
  };
}

describe('a card that wants the host', () => {
  it('is authorised without a record being read; the account pays', () => {
    const { said, asked, outcome, questions } = pay(edited(ARQC, 'gpo', '0A010000003750', '0A010000005000'));
    expect(said).toBe('approved account online none none');
    expect(asked).toEqual(['check-exception-file', 'authorise-online']);
    expect(questions[1]).toMatchObject({ purpose: 'authorise', chip: { cryptogramType: 'arqc', atc: hex('0007') } });
    expect(questions[1]).not.toHaveProperty('pin');
    // As 9F10 reports it: the chip has spent nothing.
    expect(outcome).toMatchObject({ authorisationId: 'A-7', card: { balanceBefore: 5000, balanceAfter: 5000 } });
  });

  it.each<[string, OnlineAnswer, string]>([
    ['declines', { kind: 'declined', reason: 'insufficient-funds' }, 'declined insufficient-funds none'],
    ['does not answer', { kind: 'no-answer' }, 'declined host-unreachable none'],
  ])('the host %s', (_, host, said) => {
    expect(pay(ARQC, { 'authorise-online': host }).said).toBe(said);
  });

  it('is trusted where the terminal takes that upon itself: the account pays, and no authorisation is named', () => {
    const { said, outcome } = pay(ARQC, { 'authorise-online': { kind: 'deferred' } });
    expect(said).toBe('approved account offline none none');
    expect(outcome).toMatchObject({ offline: true, chip: { cryptogramType: 'arqc' } });
    expect(outcome).not.toHaveProperty('authorisationId');
  });

  it('is not trusted with a PIN that nobody has checked', () => {
    const answers = { 'authorise-online': { kind: 'deferred' }, 'verify-cardholder': entered() } as const;
    expect(pay(asking('8000'), answers).said).toBe('declined online-pin-required none');
  });

  it.each<[string, string, Script, PlayOptions['answers'], TransactionInput]>([
    [
      'expired',
      'expired',
      told(ARQC, 'gpo', '250601', '310101'),
      {},
      { ...INPUT, date: { year: 2031, month: 1, day: 1 } },
    ],
    ['on the exception file', 'hotlisted', ARQC, { 'check-exception-file': { listed: true } }, INPUT],
    [
      'the host is away',
      'host-unreachable',
      told(ARQC, 'gpo', '26000080', '2E000080'),
      {},
      inputAt({ onlineCapable: false }),
    ],
    [
      'the host is away and the chip is poor',
      'insufficient-funds',
      withAnswer(told(ARQC, 'gpo', '26000080', '2E000080'), 'balance', '9F79060000000012499000'),
      {},
      inputAt({ onlineCapable: false }),
    ],
  ])('%s: the host is not asked', (_, reason, card, answers, input) => {
    const { said, asked } = pay(card, answers, input);
    expect(said).toBe(`declined ${reason} none`);
    expect(asked).not.toContain('authorise-online');
  });
});

describe('cardholder verification as 9F6C asks for it', () => {
  const SIGNATURE_ONLY = inputAt({ onlinePin: false });
  const PIN_ONLY = inputAt({ signature: false });
  const NEITHER = inputAt({ onlinePin: false, signature: false });

  it.each<[string, Script, TransactionInput, string]>([
    ['nothing', ARQC, INPUT, 'approved account online none none'],
    ['PIN', asking('8000'), INPUT, 'approved account online online-pin none'],
    ['signature', asking('4000'), INPUT, 'approved account online signature none'],
    ['both: PIN first', asking('C000'), INPUT, 'approved account online online-pin none'],
    [
      'both, no PIN pad',
      told(asking('C000'), 'gpo', '26000080', '22000080'),
      SIGNATURE_ONLY,
      'approved account online signature none',
    ],
    [
      'PIN, no PIN pad',
      told(asking('8000'), 'gpo', '26000080', '22000080'),
      SIGNATURE_ONLY,
      'declined online-pin-required none',
    ],
    [
      'signature, none possible',
      told(asking('4000'), 'gpo', '26000080', '24000080'),
      PIN_ONLY,
      'declined online-pin-required none',
    ],
    ['nothing said, nothing required', SILENT, INPUT, 'approved account online none none'],
  ])('%s', (_, card, input, said) => {
    expect(pay(card, { 'verify-cardholder': entered() }, input).said).toBe(said);
  });

  it.each<[string, Script, TransactionInput, string]>([
    ['the card asks for nothing', ARQC, HIGH, 'declined online-pin-required none'],
    ['the card asks for the PIN', asking('8000'), HIGH, 'approved account online online-pin none'],
    ['the card leaves it to the reader: signature first', SILENT, HIGH, 'approved account online signature none'],
  ])('required by the terminal: %s', (_, card, input, said) => {
    expect(pay(toldHigh(card), { 'verify-cardholder': entered() }, input).said).toBe(said);
  });

  it('required by the terminal, left to a reader that takes no signature: PIN, or nothing', () => {
    const pinOnly = inputAt({ ...HIGH.terminal, signature: false }, { amount: HIGH.amount });
    const card = told(toldHigh(SILENT), 'gpo', '26400080', '24400080');
    expect(pay(card, { 'verify-cardholder': entered() }, pinOnly).said).toBe('approved account online online-pin none');
    const neither = inputAt(
      { ...HIGH.terminal, ...NEITHER.terminal, applications: HIGH.terminal.applications },
      { amount: HIGH.amount },
    );
    const dumb = told(toldHigh(SILENT), 'gpo', '26400080', '20400080');
    expect(pay(dumb, {}, neither).said).toBe('declined online-pin-required none');
  });

  it('asks for the PIN of this card and amount, and gives it to the host', () => {
    const pin = entered();
    const { questions } = pay(asking('8000'), { 'verify-cardholder': pin });
    expect(questions.map(({ name }) => name)).toEqual([
      'check-exception-file',
      'verify-cardholder',
      'authorise-online',
    ]);
    expect(questions[1]).toMatchObject({ method: 'online-pin', amount: 1250, mayBypass: false });
    expect(questions[2]).toMatchObject({ pin: { format: 'iso-0', keyId: 'k1' } });
  });

  it.each<[string, Requests['verify-cardholder']['answer'], string]>([
    ['cancelled', { kind: 'cancelled' }, 'cancelled pin-cancelled'],
    ['timed out', { kind: 'timed-out' }, 'cancelled pin-timed-out'],
    ['bypassed', { kind: 'bypassed' }, 'declined pin-not-entered none'],
    ['impossible', { kind: 'unavailable' }, 'declined online-pin-required none'],
  ])('PIN entry %s: the host is not asked', (_, answer, said) => {
    const played = pay(asking('8000'), { 'verify-cardholder': answer });
    expect(played.said).toBe(said);
    expect(played.asked.at(-1)).toBe('verify-cardholder');
  });
});

describe('the PIN block is wiped', () => {
  const bytesOf = (block: Secret): Uint8Array => block.use((bytes) => bytes.slice());

  it('once the host has answered', () => {
    const block = pinBlock();
    pay(asking('8000'), { 'verify-cardholder': entered(block) });
    expect(bytesOf(block)).toEqual(new Uint8Array(8));
  });

  it('also when asking the host throws', async () => {
    const block = pinBlock();
    const answers = asking('8000').values();
    const run = runStep(purchase(INPUT), {
      exchange: () => ({ kind: 'answered', response: hex(answers.next().value?.answer ?? '') }),
      'confirm-application': () => ({ kind: 'cancelled' }),
      'save-intent': () => ({ kind: 'saved' }),
      'check-exception-file': () => ({ listed: false }),
      'check-offline-limits': () => ({ kind: 'allowed' }),
      'verify-cardholder': () => entered(block),
      'authorise-online': () => {
        expect(bytesOf(block)).not.toEqual(new Uint8Array(8));
        throw new Error('the line is cut');
      },
    });
    await expect(run).rejects.toThrow('the line is cut');
    expect(bytesOf(block)).toEqual(new Uint8Array(8));
  });
});

describe('a card that refuses (AAC)', () => {
  const AAC = edited(MODERN, 'gpo', '0103900000', '0103800000');

  it.each<[string, Script, TransactionInput, string]>([
    ['known to be poor', withAnswer(AAC, 'balance', '9F79060000000012499000'), INPUT, 'insufficient-funds'],
    ['with just enough', withAnswer(AAC, 'balance', '9F79060000000012509000'), INPUT, 'card-declined'],
    ['of unknown balance', withAnswer(AAC, 'balance', '6A88'), INPUT, 'card-declined'],
    ['expired', told(AAC, 'gpo', '250601', '310101'), { ...INPUT, date: { year: 2031, month: 1, day: 1 } }, 'expired'],
    ['with a decision that is not defined', edited(MODERN, 'gpo', '0103900000', '0103B00000'), INPUT, 'card-declined'],
  ])('%s', (_, card, input, reason) => {
    const { said, asked, outcome } = pay(card, {}, input);
    expect([said, asked]).toEqual([`declined ${reason} none`, []]);
    expect(outcome).toMatchObject({ chip: { cryptogramType: 'aac' } });
  });
});
