import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../emv/kernel/index.ts';
import { forgedCryptogram, tearAt } from '../card/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { type Circumstances, insertAndBuy, loadCard, tapAndBuy } from './dialogue-at-terminal.ts';

const FORCED: Circumstances = { forced: true };
const AWAY: Circumstances = { online: false };
const WITHOUT_SM: Circumstances = { caKeys: testCaKeys().filter(({ algorithm }) => algorithm === 'rsa') };

function inWords(outcome: Outcome): string {
  if (outcome.kind === 'approved') {
    const { fundedBy, offline, cardholderVerification, offlineAuthentication } = outcome;
    return `${fundedBy} ${offline ? 'offline' : 'online'} ${cardholderVerification} ${offlineAuthentication}`;
  }
  return outcome.kind === 'declined' ? `declined ${outcome.reason} ${outcome.debited}` : outcome.kind;
}

describe('a purchase over the contacts', () => {
  it.each<[string, Circumstances, string, number]>([
    ['debit-contact', {}, 'account online online-pin dda', 0],
    ['debit-contact', { host: 'declines' }, 'declined host-declined none', 0],
    ['debit-contact', { host: 'silent' }, 'declined host-unreachable none', 0],
    ['ec-contact', {}, 'chip offline none dda', 1250],
    ['ec-contact', AWAY, 'chip offline none dda', 1250],
    ['ec-contact', FORCED, 'account online none dda', 0],
    ['offline-pin', {}, 'account offline offline-pin dda', 0],
    ['offline-pin', AWAY, 'account offline offline-pin dda', 0],
    ['offline-pin', FORCED, 'account online offline-pin dda', 0],
    ['offline-pin-enciphered', {}, 'account offline offline-pin dda', 0],
    ['pin-blocked', {}, 'account online online-pin dda', 0],
    ['sda-contact', {}, 'account online online-pin sda', 0],
    ['cda-contact', {}, 'account online online-pin cda', 0],
    ['forged-static', {}, 'account online online-pin none', 0],
    ['sm2-contact', {}, 'chip offline none dda', 1250],
    ['sm2-contact', AWAY, 'chip offline none dda', 1250],
    ['sm2-contact', FORCED, 'account online none dda', 0],
    ['sm2-contact', WITHOUT_SM, 'chip offline none dda', 1250],
    ['sm2-cda-contact', {}, 'account online online-pin cda', 0],
    ['sm2-cda-contact', { host: 'declines' }, 'declined host-declined none', 0],
    ['sm2-cda-contact', WITHOUT_SM, 'account online online-pin cda', 0],
    ['sm2-sda-contact', {}, 'account online online-pin sda', 0],
    ['forged-static', AWAY, 'declined host-unreachable none', 0],
  ])('%s %j → %s', (id, circumstances, said, paid) => {
    const bought = insertAndBuy(id, 1250, circumstances);
    expect([inWords(bought.outcome), bought.paid, bought.paidBeforeIntent]).toEqual([said, paid, false]);
  });

  it('a wrong PIN blocks the card, and the host is asked with another', () => {
    const { outcome, asked } = insertAndBuy('offline-pin', 1250, { pin: '000000' });
    expect(asked.filter((one) => one === 'offline-pin')).toHaveLength(3);
    expect(asked).toContain('online-pin');
    expect(outcome.kind).toBe('approved');
  });

  it('electronic cash reports what is left, and its log what it paid', () => {
    const { outcome, inquire } = insertAndBuy('ec-contact', 1250);
    expect(outcome.kind === 'approved' && outcome.card).toMatchObject({ balanceBefore: 10_000, balanceAfter: 8_750 });
    expect(inquire('contact')).toMatchObject({ balance: 8_750, transactions: [{ amount: 1250 }] });
  });

  it('a cryptogram that is none is found by the host', () => {
    expect(inWords(insertAndBuy('debit-contact', 1250, { faults: [forgedCryptogram()] }).outcome)).toBe(
      'declined host-declined none',
    );
  });
});

describe('full debit/credit over the air', () => {
  it('goes through the same flow', () => {
    const { outcome, paid } = tapAndBuy('debit-contactless', 1250);
    expect([inWords(outcome), paid]).toEqual(['account online online-pin cda', 0]);
  });

  it.each(['rich', 'sm4', 'long-chain'])('%s, a card of qPBOC alone, pays as ever', (id) => {
    const { outcome, paid } = tapAndBuy(id, 100);
    expect([inWords(outcome), paid]).toEqual(['chip offline none fdda-01', 100]);
  });
});

describe('a load', () => {
  it.each([
    ['ec-contact', 'contact'],
    ['sm2-contact', 'contact'],
    ['debit-contactless', 'contactless'],
  ] as const)('%s: the chip has it, its log tells', (id, cardInterface) => {
    const { outcome, paid, inquire } = loadCard(id, 1250, cardInterface);
    expect([outcome.kind, paid]).toEqual(['approved', -1250]);
    expect(outcome.kind === 'approved' && outcome.card.balanceAfter).toBe(11_250);
    expect(inquire(cardInterface)).toMatchObject({ loads: [{ balanceBefore: 10_000, balanceAfter: 11_250 }] });
  });

  it.each(['declines', 'silent'] as const)('nothing is loaded when the host %s', (host) => {
    const { outcome, paid } = loadCard('ec-contact', 1250, 'contact', { host });
    expect([outcome.kind, paid]).toEqual(['declined', 0]);
  });

  it('above what the chip may hold, or on a chip without electronic cash, is refused before the host is asked', () => {
    expect(inWords(loadCard('ec-contact', 1_000_000, 'contact').outcome)).toBe('declined balance-limit none');
    expect(loadCard('debit-contact', 1250, 'contact').asked).not.toContain('authorise-online');
  });
});

/** Every command of a transaction torn before and after the card, and what the same card then tells. */
describe('torn at every command', () => {
  const stories = [
    ['electronic cash', (one: Circumstances) => insertAndBuy('ec-contact', 1250, one), 'ec-contact'],
    ['an account', (one: Circumstances) => insertAndBuy('cda-contact', 1250, one), 'cda-contact'],
    ['a load', (one: Circumstances) => loadCard('debit-contactless', 1250, 'contactless', one), 'debit-contactless'],
    ['electronic cash under SM', (one: Circumstances) => insertAndBuy('sm2-contact', 1250, one), 'sm2-contact'],
    ['a load under SM', (one: Circumstances) => loadCard('sm2-contact', 1250, 'contact', one), 'sm2-contact'],
  ] as const;

  it.each(stories)('%s: no fen is lost, invented or forgotten', (name, story, id) => {
    const commands = story({}).exchanges;
    let open = 0;
    for (let command = 1; command <= commands; command++) {
      for (const when of ['before-card', 'after-card'] as const) {
        const { outcome, paid, asked, recoverWith, paidBeforeIntent } = story({ faults: [tearAt(command, when)] });
        expect(paidBeforeIntent).toBe(false);
        if (outcome.kind === 'approved') continue;
        if (outcome.kind === 'declined') {
          const granted = asked.includes('authorise-online');
          expect([command, when, outcome.authorisationToReverse]).toEqual([command, when, granted ? 'A1' : undefined]);
          expect(paid).toBe(outcome.debited === 'chip' ? 1250 : 0);
          continue;
        }
        if (outcome.kind !== 'torn') expect.fail(`${command} ${when}: ${outcome.kind}`);
        expect(outcome.at).toBe(asked.includes('save-intent') ? 'after-intent' : 'before-intent');
        if (outcome.at === 'before-intent') {
          expect(paid).toBe(0);
          continue;
        }
        open += 1;
        const moved = {
          '1250': 'debited',
          '0': name.startsWith('a load') ? 'not-loaded' : 'not-debited',
          '-1250': 'loaded',
        };
        expect([command, when, recoverWith(id)?.kind]).toEqual([command, when, moved[`${paid}` as keyof typeof moved]]);
      }
    }
    expect(open).toBeGreaterThan(0);
  });
});
