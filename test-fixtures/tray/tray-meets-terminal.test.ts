import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../emv/kernel/index.ts';
import { hex } from '../../emv/values/index.ts';
import { memoryStorage } from '../card/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { buy, CVM_LIMIT, genuine } from './purchase-at-terminal.ts';
import { openTray } from './tray.ts';

/*
 * Card and terminal are written by two people over two sets of code for keys, signatures and TLV. Here they meet: the kernel takes
 * each card of the tray through a purchase, and the issuer's side checks every cryptogram that comes out of it.
 */

function summary(outcome: Outcome): string {
  if (outcome.kind === 'approved') {
    return `approved ${outcome.fundedBy} ${outcome.cardholderVerification} ${outcome.offlineAuthentication}`;
  }
  if (outcome.kind === 'declined') return `declined ${outcome.reason} ${outcome.debited}`;
  return outcome.kind === 'other-interface' ? `other-interface ${outcome.reason}` : outcome.kind;
}

const ONLINE = true;
const OFFLINE = false;

describe('each card, as its story says', () => {
  it.each([
    ['rich', 1_280, ONLINE, 'approved chip none fdda-01', 1_280],
    ['rich', 1_280, OFFLINE, 'approved chip none fdda-01', 1_280],
    ['rich', CVM_LIMIT, ONLINE, 'approved account online-pin none', 0],
    ['rich', 90_000, ONLINE, 'approved account online-pin none', 0],
    ['poor', 500, ONLINE, 'approved chip none fdda-01', 500],
    ['poor', 501, OFFLINE, 'declined insufficient-funds none', 0],
    ['over-cvm-limit', 100, ONLINE, 'approved account online-pin none', 0],
    ['hotlisted', 100, ONLINE, 'declined hotlisted none', 0],
    ['expired', 100, ONLINE, 'declined expired none', 0],
    ['expired', 100, OFFLINE, 'declined expired none', 0],
    ['wrong-ca', 100, ONLINE, 'declined unknown-ca-key none', 0],
    ['forged-fdda', 100, ONLINE, 'declined not-genuine chip', 100],
    ['foreign-scheme', 100, ONLINE, 'declined no-common-application none', 0],
    ['two-applications', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['fdda-00', 100, ONLINE, 'approved chip none fdda-00', 100],
    ['cvn17', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['sm4', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['always-declines', 100, ONLINE, 'declined card-declined none', 0],
    ['no-ppse', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['ctq-online', 100, ONLINE, 'approved chip none none', 100],
    ['ctq-online', 100, OFFLINE, 'declined not-genuine chip', 100],
    ['long-chain', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['rogue-ca', 100, ONLINE, 'declined not-genuine none', 0],
    ['hides-balance', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['signature', 100, ONLINE, 'approved chip signature fdda-01', 100],
    ['application-blocked', 100, ONLINE, 'declined application-blocked none', 0],
    ['card-blocked', 100, ONLINE, 'declined card-blocked none', 0],
    ['downgraded', 100, ONLINE, 'declined not-genuine chip', 100],
    ['contact-manners', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['debit-contactless', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['sm2', 100, ONLINE, 'approved chip none fdda-01', 100],
    ['sm2', 100, OFFLINE, 'approved chip none fdda-01', 100],
    ['sm2', 20_000, ONLINE, 'approved account none none', 0],
  ])('%s, %i fen, host there: %s: %s', (id, amount, online, said, taken) => {
    const { outcome, paid, paidBeforeIntent } = buy(id, amount, { online });
    expect(summary(outcome)).toBe(said);
    expect(paid).toBe(taken);
    expect(paidBeforeIntent).toBe(false);
  });

  it.each([
    'debit-contact',
    'ec-contact',
    'offline-pin',
    'offline-pin-enciphered',
    'pin-blocked',
    'choose-application',
    'id-document',
    'sda-contact',
    'cda-contact',
    'forged-static',
  ])('%s, over the contacts, is declined where the terminal does qPBOC alone', (id) => {
    const { outcome, paid } = buy(id, 100);
    expect(summary(outcome)).toMatch(/^declined .* none$/);
    expect(paid).toBe(0);
  });

  it('every cryptogram is genuine to the issuer, also those of refusals and of forgers that paid', () => {
    for (const { id } of openTray({ storageOf: memoryStorage, random: (n) => new Uint8Array(n) }).list()) {
      const { outcome } = buy(id, 100);
      if (!('chip' in outcome) || outcome.chip === undefined || !outcome.card) continue;
      expect([id, genuine(outcome.chip, outcome.card.pan, outcome.card.panSequence)]).toEqual([id, true]);
    }
  });

  it.each([
    ['SM4, to a terminal that can verify SM2', testCaKeys(), 0x04],
    ['3DES, to one that cannot', testCaKeys().filter(({ algorithm }) => algorithm === 'rsa'), 0x01],
  ])('sm2 makes its cryptogram with %s', (_, caKeys, algorithm) => {
    const { outcome, paid } = buy('sm2', 100, { caKeys });
    expect([summary(outcome), paid]).toEqual(['approved chip none fdda-01', 100]);
    if (outcome.kind !== 'approved') return;
    expect(outcome.chip.issuerApplicationData[7]).toBe(algorithm);
    expect(genuine(outcome.chip, outcome.card.pan, outcome.card.panSequence)).toBe(true);
  });

  it('over-cvm-limit is refused while the host is away', () => {
    const { outcome, paid } = buy('over-cvm-limit', 100, { online: false });
    expect(summary(outcome)).toMatch(/^declined .* none$/);
    expect(paid).toBe(0);
  });

  it('two-applications pays with the electronic cash application', () => {
    expect(buy('two-applications', 100).outcome).toMatchObject({
      card: { aid: hex('A000000333010106'), balanceBefore: 15_000, balanceAfter: 14_900 },
    });
  });

  it('ctq-online asks the host whether its TC is genuine, and for no money', () => {
    expect(buy('ctq-online', 100).asked.filter((name) => /authorise|verify-tc/.test(name))).toEqual([
      'authorise-online',
      'verify-tc',
    ]);
  });

  it('what was paid is what the balance shows', () => {
    expect(buy('rich', 1_280).outcome).toMatchObject({ card: { balanceBefore: 80_000, balanceAfter: 78_720 } });
    expect(buy('cvn17', 100).outcome).toMatchObject({ card: { balanceBefore: 10_000, balanceAfter: 9_900 } });
    expect(buy('hides-balance', 100).outcome).not.toHaveProperty('card.balanceBefore');
  });
});
