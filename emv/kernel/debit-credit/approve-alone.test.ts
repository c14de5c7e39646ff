import { describe, expect, it } from 'vitest';
import { TerminalVerificationResults, type TvrBit } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { parseDol } from '../../tlv/index.ts';
import { hex } from '../../values/index.ts';
import { runStepSync } from '../requests.ts';
import { DDA, SDA } from '../testing/debit-credit-cards.ts';
import { AAC, asks, dialogueInput, HOST, pay, TC } from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { edited, told, withAnswer } from '../testing/play.ts';
import { mayApproveAlone } from './approve-alone.ts';
import type { CardRead } from './read-card.ts';

const AWAY = dialogueInput({ onlineCapable: false });
const away = (card: Script) => pay(card, { input: AWAY }).said;

/** A card that is asked for an AAC, and gives it. */
const declining = (card: Script): Script => withAnswer(told(card, 'gac 1', '80AE40', '80AE00'), 'gac 1', AAC);

describe('a list that nobody has signed, and that begins otherwise', () => {
  const swapped = edited(DDA, 'record 2.2', '8C159F02069F0306', '8C159F03069F0206');

  it('amount and other amount have changed places: no TC is asked for', () => {
    const card = asks(declining(swapped), 'gac 1', '000000001250 000000000000', '000000000000 000000001250');
    expect(away(card)).toBe('declined not-genuine none');
  });

  it('the host is asked, where it can be', () => {
    const asked = asks(
      told(swapped, 'gac 1', '80AE40', '80AE80'),
      'gac 1',
      '000000001250 000000000000',
      '000000000000 000000001250',
    );
    expect(pay(withAnswer(asked, 'gac 1', AAC), { answers: HOST }).said).toBe('declined card-declined none');
  });

  it('more at its end does no harm', () => {
    // 8C one entry longer: 9F21, the time; the record and its template three bytes.
    const longer = edited(
      edited(DDA, 'record 2.2', '9C019F37048D', '9C019F37049F21038D'),
      'record 2.2',
      '70568C15',
      '70598C18',
    );
    const card = asks(asks(longer, 'gac 1', '80AE40001D', '80AE400020'), 'gac 1', '1122334400', '1122334412301500');
    expect(away(withAnswer(card, 'gac 1', TC))).toBe('approved account offline signature dda');
  });
});

describe('a card whose action codes name nothing', () => {
  const empty = [
    ['9F0D05FC50A88800', '9F0D050000000000'],
    ['9F0F05FC50ACF800', '9F0F050000000000'],
  ] as const;
  const silent = (card: Script) => empty.reduce((script, [from, to]) => edited(script, 'record 2.2', from, to), card);

  it('is paid alone when all is well', () => {
    expect(away(silent(DDA))).toBe('approved account offline signature dda');
  });

  it('and not when its cardholder has failed', () => {
    const failing = edited(silent(DDA), 'record 2.2', '1E031F00', '00000000');
    const card = asks(declining(failing), 'gac 1', '0156 0000000000', '0156 0000800000');
    expect(away(card)).toBe('declined online-pin-required none');
  });
});

/** As much of a card as the question looks at: its lists, its one signed record, what was found, what the TTQ demands. */
function asked(changes: { signed?: string; tvr?: readonly TvrBit[]; ttq?: string }) {
  const { signed = '700C5A0A6299990000001234567F', tvr = [], ttq = '66000080' } = changes;
  const found = new TerminalVerificationResults();
  found.set(...tvr);
  const list = parseDol(hex('9F02069F03069F1A0295055F2A029A039C019F3704'));
  const cdol1 = list.kind === 'parsed' ? list.entries : [];
  const address = { sfi: 1, record: 1, authenticated: true };
  const card = {
    cdol1,
    records: [{ sfi: 1, record: 1, data: hex(signed) }],
    plan: { before: [], last: address },
    terminal: new Map([[TAG.ttq, hex(ttq)]]),
    tvr: found,
    input: dialogueInput(),
  } as unknown as CardRead;
  return (method: 'sda' | 'dda' | 'none', cda = false): string => {
    const end = runStepSync(mayApproveAlone(card, { method, cda }, TAG.cdol1), () => ({ kind: 'allowed' }));
    return end.kind === 'refused' ? end.reason : end.kind;
  };
}

describe('what speaks against it', () => {
  it.each<[string, Parameters<typeof asked>[0], string]>([
    ['nothing', {}, 'allowed'],
    ['the TTQ demands a cryptogram for the host', { ttq: '66800080' }, 'offline-limit'],
    ['the card has expired', { tvr: ['expired-application'] }, 'expired'],
    ['the cardholder has failed', { tvr: ['cardholder-verification-not-successful'] }, 'online-pin-required'],
  ])('%s', (_, changes, said) => {
    expect(asked(changes)('dda')).toBe(said);
  });

  it('a signature that does not cover the PAN, unless a certificate names it', () => {
    const elsewhere = asked({ signed: '70065F2403331231' });
    expect([elsewhere('sda'), elsewhere('dda'), elsewhere('none', true)]).toEqual([
      'not-genuine',
      'allowed',
      'allowed',
    ]);
    expect([asked({})('sda'), asked({})('none')]).toEqual(['allowed', 'not-genuine']);
  });
});

describe('a static signature', () => {
  it('counts where it covers the PAN', () => {
    expect(away(SDA)).toBe('approved account offline signature sda');
  });
});
