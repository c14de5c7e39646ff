import { describe, expect, it } from 'vitest';
import { balanceOf, parseIssuerApplicationData } from '../../emv/issuer/index.ts';
import { hex } from '../../emv/values/index.ts';
import { type Behaviour, forgedSignature, lyingAfl, replaced } from '../card/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { type Circumstances, insertAndBuy, loadCard } from './dialogue-at-terminal.ts';

const FORCED: Circumstances = { forced: true };
const AWAY: Circumstances = { online: false };
const WITHOUT_SM: Circumstances = { caKeys: testCaKeys().filter(({ algorithm }) => algorithm === 'rsa') };

type Bought = ReturnType<typeof insertAndBuy>;

/** What became of it, what left the chip, and whether anything was at stake. */
const inShort = ({ outcome, paid, asked }: Bought): string => {
  const at = asked.includes('save-intent') ? '' : ', no intent';
  if (outcome.kind === 'approved') return `${outcome.fundedBy} ${outcome.offlineAuthentication} ${paid}${at}`;
  return outcome.kind === 'declined' ? `${outcome.reason} ${outcome.debited} ${paid}${at}` : outcome.kind;
};

/** The algorithm byte in 9F10, of the cryptogram that the payment rests on and of the one that completed it. */
const algorithms = ({ outcome }: Bought): (number | undefined)[] => {
  const completion = 'completion' in outcome ? outcome.completion : undefined;
  const first = 'chip' in outcome ? outcome.chip : undefined;
  return [first?.issuerApplicationData[7], completion?.chip?.issuerApplicationData[7]];
};

describe('a card that knows SM, in full debit/credit', () => {
  it.each([
    ['sm2-contact', {}, 4, undefined],
    ['sm2-contact', FORCED, 4, 4],
    ['sm2-cda-contact', {}, 4, 4],
    ['sm2-sda-contact', {}, 4, 4],
    ['sm2-contact', WITHOUT_SM, 1, undefined],
    ['sm2-cda-contact', WITHOUT_SM, 1, 1],
    ['sm2-sda-contact', WITHOUT_SM, 1, 1],
  ] as const)('%s %# makes both its cryptograms by one algorithm', (id, circumstances, first, second) => {
    expect(algorithms(insertAndBuy(id, 1250, circumstances))).toEqual([first, second]);
  });

  it('tells its balance, and is loaded by a script under SM4', () => {
    const bought = insertAndBuy('sm2-contact', 1250);
    const chip = 'chip' in bought.outcome ? bought.outcome.chip : undefined;
    const parsed = parseIssuerApplicationData(chip?.issuerApplicationData ?? new Uint8Array());
    const data = parsed.kind === 'parsed' ? parsed.iad.discretionaryData : undefined;
    expect(data && balanceOf(data)).toBe(8_750);
    const { outcome, paid } = loadCard('sm2-contact', 1250, 'contact');
    expect([outcome.kind, paid]).toEqual(['approved', -1250]);
    expect(outcome.kind === 'approved' && outcome.completion?.scriptResults.length).toBe(5);
  });
});

const bitOff = (tag: number): Behaviour =>
  replaced(tag, (value) => value.map((byte, at) => (at === value.length - 1 ? byte ^ 0x01 : byte)));

describe('one bit wrong', () => {
  it.each<[string, string, string, Behaviour]>([
    ['sm2-contact', 'DDA signature', 'account none 0', forgedSignature()],
    ['sm2-contact', 'card certificate', 'account none 0', bitOff(0x9f46)],
    ['sm2-contact', 'issuer certificate', 'account none 0', bitOff(0x90)],
    ['sm2-contact', 'static data', 'account none 0', replaced(0x5f25, () => hex('200102'))],
    ['sm2-sda-contact', 'SDA signature', 'account none 0', bitOff(0x93)],
    ['sm2-cda-contact', 'CDA signature', 'not-genuine none 0', forgedSignature()],
  ])('%s, %s: %s, and without the host nothing', (id, _, said, forgery) => {
    expect(inShort(insertAndBuy(id, 1250, { faults: [forgery] }))).toBe(said);
    const away = insertAndBuy(id, 1250, { ...AWAY, faults: [forgery] });
    expect([away.outcome.kind, away.paid]).toEqual(['declined', 0]);
  });
});

describe('mixing SM with international algorithms', () => {
  /** The algorithm byte of every 9F10. */
  const algorithmByte = (byte: number): Behaviour =>
    replaced(0x9f10, (value) => value.map((old, at) => (at === 7 ? byte : old)));
  const RSA_CHAIN = lyingAfl(hex('08010100 20010101 28010500 38010100 48010100'));
  const SM_CHAIN = lyingAfl(hex('08010100 20010101 28060800 38010100 48010100'));

  it('SM2 certificates where SM was not offered: refused while nothing is at stake', () => {
    const bought = insertAndBuy('sm2-contact', 1250, { ...WITHOUT_SM, faults: [SM_CHAIN] });
    // The terminal has no key for them; the card is doubted and the host is asked.
    expect(inShort(bought)).toBe('account none 0');
    const terminalData = { ...WITHOUT_SM, caKeys: testCaKeys(), smSupport: '00' } as const;
    expect(inShort(insertAndBuy('sm2-contact', 1250, { ...terminalData, faults: [SM_CHAIN] }))).toBe(
      'card-error none 0, no intent',
    );
  });

  it.each<[string, string, Circumstances]>([
    ['a 3DES cryptogram on SM2 certificates', 'card-error chip 1250', { faults: [algorithmByte(0x01)] }],
    // Its dynamic signature is none of RSA, so that it is asked for an ARQC.
    ['an SM4 cryptogram on RSA certificates', 'card-error none 0', { faults: [RSA_CHAIN] }],
    [
      'an SM4 cryptogram where SM was not offered',
      'card-error chip 1250',
      { ...WITHOUT_SM, faults: [algorithmByte(0x04)] },
    ],
  ])('%s: %s, and an account never pays', (_, said, circumstances) => {
    expect(inShort(insertAndBuy('sm2-contact', 1250, circumstances))).toBe(said);
    const online = insertAndBuy('sm2-contact', 1250, { ...circumstances, ...FORCED });
    expect([inShort(online), online.asked.includes('authorise-online')]).toEqual(['card-error none 0', false]);
  });
});
