import { describe, expect, it } from 'vitest';
import { Secret, toHex } from '../../values/index.ts';
import type { Answer } from '../requests.ts';
import { ACCOUNT } from '../testing/debit-credit-cards.ts';
import { type Answers, asks, at, HOST, inHex, pay, until } from '../testing/dialogue.ts';
import type { Exchange, Script } from '../testing/golden-cards.ts';
import { edited, withAnswer } from '../testing/play.ts';

const RULES = '8E0C00000000000000001E031F00';
const tries = (answer = '9F1701039000'): Exchange => ({ name: 'tries', command: '80CA9F1700', answer });
const verify = (answer = '9000'): Exchange => ({ name: 'verify', command: '0020008008241234FFFFFFFFFF', answer });

/** A card with these two rules, and what it is asked for them before its counter. */
function withRules(rules: string, dialogue: Script): Script {
  const card = edited(ACCOUNT, 'record 2.2', RULES, `8E0C0000000000000000${rules}`);
  const counter = at(card, 'atc');
  return [...card.slice(0, counter), ...dialogue, ...card.slice(counter)];
}

const clear = () => new Secret(new TextEncoder().encode('1234'));
const entered = (pin: Secret): Answers => ({
  ...HOST,
  'verify-cardholder': { kind: 'entered', pin } as Answer as never,
});
const AAC = '8013000007A1A2A3A4A5A6A7A807010103800000019000';

describe('the cardholder', () => {
  it('enters the PIN, the card verifies it, and no byte of it stays', () => {
    const pin = clear();
    const { result, said, asked } = pay(withRules('41001E03', [tries(), verify()]), { answers: entered(pin) });
    expect(said).toBe('approved account online offline-pin none');
    expect(result.kind === 'approved' && inHex(result.chip.cvmResults)).toBe('410002');
    expect(asked).toContain('verify-cardholder');
    expect(pin.use(toHex)).toBe('00000000');
  });

  it('with a signature beside it', () => {
    const card = withRules('43001F00', [tries(), verify()]);
    expect(pay(card, { answers: entered(clear()) }).said).toBe(
      'approved account online offline-pin-and-signature none',
    );
  });

  it('has no tries left: the card refuses', () => {
    const blocked = withRules('01001F00', [tries('9F1701009000')]);
    const card = asks(withAnswer(until(blocked, 'gac 1'), 'gac 1', AAC), 'gac 1', '8000000000', '8000A00000');
    expect(pay(card).said).toBe('declined pin-tries-exceeded none');
  });

  it.each<[string, 'cancelled' | 'timed-out', string]>([
    ['cancels', 'cancelled', 'cancelled pin-cancelled'],
    ['does nothing', 'timed-out', 'cancelled pin-timed-out'],
  ])('%s: nothing has moved', (_, kind, said) => {
    const card = until(withRules('41001E03', [tries()]), 'tries');
    const { said: heard, asked } = pay(card, { answers: { 'verify-cardholder': { kind } } });
    expect([heard, asked.includes('save-intent')]).toEqual([said, false]);
  });

  it('leaves with the card while it verifies', () => {
    const card = withRules('41001E03', [tries(), verify()]);
    const pin = clear();
    const { said } = pay(card, { answers: entered(pin), tearAt: at(card, 'verify') });
    expect([said, pin.use(toHex)]).toEqual(['torn before-intent', '00000000']);
  });

  it('the PIN for the host is lent to it, and wiped', () => {
    const block = new Secret(new Uint8Array([1, 2, 3]));
    const online = asks(
      asks(withRules('02001F00', []), 'gac 1', '8000000000', '8000040000'),
      'gac 2',
      '8000000000',
      '8000040000',
    );
    const answers: Answers = {
      ...HOST,
      'verify-cardholder': { kind: 'entered', pin: { block, format: 'iso-0', keyId: 'k' } },
    };
    const { said, questions } = pay(online, { answers });
    expect(said).toBe('approved account online online-pin none');
    expect(questions.find(({ name }) => name === 'authorise-online')).toMatchObject({ pin: { keyId: 'k' } });
    expect(block.use(toHex)).toBe('000000');
  });

  it('a PIN for the host is wiped though nobody asks the host', () => {
    const block = new Secret(new Uint8Array([1, 2, 3]));
    const card = asks(
      withAnswer(until(withRules('02001F00', []), 'gac 1'), 'gac 1', AAC),
      'gac 1',
      '8000000000',
      '8000040000',
    );
    pay(card, { answers: { 'verify-cardholder': { kind: 'entered', pin: { block, format: 'iso-0', keyId: 'k' } } } });
    expect(block.use(toHex)).toBe('000000');
  });
});
