import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../values/index.ts';
import { MAX_EXCHANGES } from '../bounds.ts';
import type { Intent } from '../intent.ts';
import type { Outcome } from '../outcome.ts';
import { purchase } from '../purchase.ts';
import { recover } from '../recover.ts';
import type { OnlineAnswer, Request } from '../requests.ts';
import {
  ACCOUNT,
  CDA,
  CDA_ONLINE,
  CONTACTLESS,
  DDA,
  ELECTRONIC_CASH,
  LOAD,
  SDA,
} from '../testing/debit-credit-cards.ts';
import { APPROVED, at, DECLINED, dialogueInput, FORCED, ISSUER, pay } from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { against, DICE, trickOf } from '../testing/hostile.ts';
import { balanceInquiry } from './balance-inquiry.ts';
import { contactPurchase } from './contact-purchase.ts';
import { load } from './load.ts';

const tricks = fc
  .tuple(fc.nat(DICE - 1), fc.nat(4095), fc.uint8Array({ maxLength: 300 }))
  .map(([dice, at, bytes]) => trickOf(dice, at, bytes));

const PUT = hex('72189F180400000001860F04DA9F790A000000006250D1D2D3D4');
const GRANTED: OnlineAnswer = { ...APPROVED, issuer: { ...ISSUER, scripts: [PUT] } };

const hosts: fc.Arbitrary<OnlineAnswer> = fc.constantFrom<OnlineAnswer>(GRANTED, APPROVED, DECLINED, {
  kind: 'no-answer',
});
const cards = fc.constantFrom(ACCOUNT, CDA, CDA_ONLINE, DDA, ELECTRONIC_CASH, SDA);
const lists = fc.array(tricks, { minLength: 1, maxLength: 24 });

const commandsOf = (asked: readonly Request[]) =>
  asked.map((one) => (one.name === 'exchange' ? toHex(one.command) : one.name));

/** What must hold whatever the card did. */
function check(outcome: Outcome, asked: readonly Request[], host: OnlineAnswer): void {
  const commands = commandsOf(asked);
  const intent = commands.indexOf('save-intent');
  const cryptogram = commands.findIndex((command) => command.startsWith('80AE'));
  // Intent before debit (design 4.1).
  if (cryptogram >= 0) expect(intent).toBeGreaterThanOrEqual(0);
  if (cryptogram >= 0) expect(intent).toBeLessThan(cryptogram);
  if (outcome.kind === 'torn') expect(outcome.at).toBe(cryptogram >= 0 ? 'after-intent' : 'before-intent');
  const granted = commands.includes('authorise-online') && host.kind === 'approved';
  if (outcome.kind === 'declined') {
    // What the host has given in vain is taken back, and nothing else.
    expect(outcome.authorisationToReverse).toBe(granted ? 'A1' : undefined);
    if (outcome.debited === 'chip') expect(cryptogram).toBeGreaterThanOrEqual(0);
  }
  if (outcome.kind === 'approved') {
    expect(toHex(outcome.chip.amountAuthorised)).toBe('000000001250');
    expect(outcome.authorisationId).toBe(granted ? 'A1' : undefined);
    if (outcome.offline) {
      // The certificates cover the PAN; a card that only the host has checked may say what it likes.
      expect(outcome.card.pan.reveal()).toBe('6299990000001234567');
      expect(outcome.offlineAuthentication).not.toBe('none');
    }
    if (outcome.fundedBy === 'chip') expect(outcome.offline).toBe(true);
  }
}

const asked = (name: string, command: string, answer: string) => ({ name, command, answer });
const AFTER: Script = [
  asked('atc now', '80CA9F3600', '9F360200079000'),
  asked('balance now', '80CA9F7900', '9F79060000000037509000'),
];

describe('whatever a card of full debit/credit answers', () => {
  it('a purchase ends within its bound, behind an intent, and nothing granted is forgotten', () => {
    fc.assert(
      fc.property(cards, lists, hosts, fc.boolean(), (card, list, host, forced) => {
        const input = dialogueInput({}, forced ? { debitCredit: FORCED } : {});
        const { result, exchanges, asked } = against(contactPurchase(input), [...card, ...AFTER], list, { host });
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        check(result, asked, host);
      }),
      { numRuns: 1500 },
    );
  });

  it('so does a tap', () => {
    const input = dialogueInput({ contactlessDebitCredit: true });
    fc.assert(
      fc.property(lists, hosts, (list, host) => {
        const { result, exchanges, asked } = against(purchase(input), CONTACTLESS, list, { host });
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        check(result, asked, host);
      }),
      { numRuns: 500 },
    );
  });

  it('a load is approved only where the chip shows the new balance', () => {
    const input = dialogueInput({}, { transactionType: 0x60 });
    fc.assert(
      fc.property(lists, hosts, (list, host) => {
        const { result, exchanges, asked } = against(load(input, 'contact'), LOAD, list, { host });
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        if (result.kind === 'approved') {
          const { balanceBefore = 0, balanceAfter } = result.card;
          expect(balanceAfter).toBe(balanceBefore + 1250);
          expect(host.kind).toBe('approved');
        }
        const commands = commandsOf(asked);
        const granted = commands.includes('authorise-online') && host.kind === 'approved';
        if (result.kind === 'declined') expect(result.authorisationToReverse).toBe(granted ? 'A1' : undefined);
        if (result.kind === 'torn') {
          expect(result.at).toBe(commands.includes('save-intent') ? 'after-intent' : 'before-intent');
        }
      }),
      { numRuns: 800 },
    );
  });

  it('a recovery finds a debit only where counter and balance say so, and asks for no cryptogram', () => {
    const { questions } = pay(ELECTRONIC_CASH, { tearAt: at(ELECTRONIC_CASH, 'gac 1') });
    const intent = questions.flatMap((one): Intent[] => (one.name === 'save-intent' ? [one.intent] : []))[0];
    if (intent === undefined) return expect.fail('no intent');
    const balances = fc.constantFrom('000000003750', '000000005000', '000000004999');
    fc.assert(
      fc.property(balances, lists, (balance, list) => {
        const now = asked('balance', '80CA9F7900', `9F7906${balance}9000`);
        const card = [...ELECTRONIC_CASH.filter(({ name }) => name !== 'balance'), now];
        const { result, exchanges, asked: questions } = against(recover(intent, dialogueInput()), card, list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        expect(commandsOf(questions).filter((one) => /^80A[8E]/.test(one))).toEqual([]);
        if (result.kind === 'debited') expect(result.outcome).toMatchObject({ kind: 'declined', debited: 'chip' });
      }),
      { numRuns: 300 },
    );
  });

  it('an inquiry ends within its bound', () => {
    fc.assert(
      fc.property(cards, lists, (card, list) => {
        const { result, exchanges } = against(balanceInquiry(dialogueInput(), 'contact'), card, list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        expect(['balance', 'declined', 'torn', 'cancelled']).toContain(result.kind);
      }),
      { numRuns: 300 },
    );
  });
});
