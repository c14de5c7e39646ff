import { describe, expect, it } from 'vitest';
import { firstAc, GPO, goldenDebitCard, gpoWithCash, SELECT, secondAc } from './golden-debit-card.ts';

/** A card whose transaction is open. */
function opened(...parts: Parameters<typeof goldenDebitCard>) {
  const card = goldenDebitCard(...parts);
  card.says(SELECT);
  card.says(GPO);
  return card;
}

// AC of the scheme's vectors: 3DES, ATC 0007, CVR 03900000.
const VECTOR = 'EAD5DD7F514E6EB8';

describe('GPO over the contacts', () => {
  it('answers with AIP and AFL, format 77, and counts the transaction', () => {
    const { says, memory } = goldenDebitCard();
    says(SELECT);
    expect(says(GPO)).toBe('7716 82027C00 9410 08010100 20010101 28010500 38010100 9000'.replaceAll(' ', ''));
    expect(memory().atc).toBe(7);
  });

  it('format 80', () => {
    const { says } = goldenDebitCard({ format: 0x80 });
    says(SELECT);
    expect(says(GPO)).toBe('8012 7C00 08010100 20010101 28010500 38010100 9000'.replaceAll(' ', ''));
  });

  it('refuses values that nobody asked for, and a second GPO', () => {
    const { says, memory } = goldenDebitCard();
    says(SELECT);
    expect(says('80A8000004 8302 0000 00')).toBe('6700');
    expect(says('80A8000000')).toBe('6A80');
    expect(memory().atc).toBe(6);
    says(GPO);
    expect(says(GPO)).toBe('6985');
    expect(memory().atc).toBe(7);
  });
});

describe('first GENERATE AC', () => {
  it('TC: the cryptogram of the vectors, format 77', () => {
    const { says, memory } = opened();
    expect(says(firstAc('40'))).toBe(
      `771F 9F270140 9F36020007 9F2608${VECTOR} 9F1008 0701010390000001 9000`.replaceAll(' ', ''),
    );
    expect(memory()).toMatchObject({ balance: 5000, offlineAmount: 1250 });
  });

  it('format 80', () => {
    const { says } = opened({ format: 0x80 });
    expect(says(firstAc('40'))).toBe(`8013 40 0007 ${VECTOR} 0701010390000001 9000`.replaceAll(' ', ''));
  });

  it('version 17: the short cryptogram of the vectors', () => {
    const { says } = opened({ format: 0x80 }, { application: { cryptogram: { version: 17 } } });
    expect(says(firstAc('40'))).toBe('8013 40 0007 4C606D4D3DBE9EC5 0701110390000001 9000'.replaceAll(' ', ''));
  });

  it('SM4: that of the vectors', () => {
    const { says } = opened({ format: 0x80 }, { application: { cryptogram: { algorithm: 'sm4' } } });
    expect(says(firstAc('40'))).toBe('8013 40 0007 73BF1AFC1DCB4377 0701010390000004 9000'.replaceAll(' ', ''));
  });

  it.each([
    ['40', '40', '0390'],
    ['80', '80', '03A0'],
    ['00', '00', '0380'],
  ])('asked for %s gives CID %s, CVR %s', (p1, cid, cvr) => {
    const { says } = opened({ format: 0x80 });
    expect(says(firstAc(p1))).toMatch(new RegExp(`^8013${cid}0007.{16}070101${cvr}000001`));
  });

  it.each([
    ['C0', firstAc('C0'), '6A86'],
    ['CDA of a card that has none', firstAc('50'), '6A86'],
    ['another P2', firstAc('40').replace('80AE4000', '80AE4001'), '6A86'],
    ['too short', '80AE400001 00 00', '6700'],
    ['an amount that is none', firstAc('40', '00000000125A'), '6A80'],
  ])('%s: %s: %s', (_, command, sw) => {
    const { says, memory } = opened();
    const before = memory();
    expect(says(command)).toBe(sw);
    expect(memory()).toEqual(before);
  });

  it('comes after GPO, and after TC or AAC no other comes', () => {
    const { says } = goldenDebitCard();
    says(SELECT);
    expect(says(firstAc('40'))).toBe('6985');
    says(GPO);
    expect(says(firstAc('40')).slice(-4)).toBe('9000');
    expect(says(firstAc('40'))).toBe('6985');
    expect(says(secondAc('40'))).toBe('6985');
  });
});

describe('electronic cash over the contacts', () => {
  const cash = (balance = 5000) => goldenDebitCard({ electronicCash: true }, { application: { balance } });

  it('the AFL names 9F74 where the terminal knows electronic cash', () => {
    const { says } = cash();
    says(SELECT);
    expect(says(gpoWithCash('000000001250'))).toContain('3801010048010100');
    expect(says('00B2014C00')).toBe('70099F74064543433030319000');
  });

  it.each([
    ['the terminal does not', '00', '000000001250', '0156'],
    ['more than the balance', '01', '000000005001', '0156'],
    ['another currency', '01', '000000001250', '0840'],
  ])('and does not where %s', (_, indicator, amount, currency) => {
    const { says } = cash();
    says(SELECT);
    expect(says(gpoWithCash(amount, indicator, currency))).not.toContain('48010100');
  });

  it('TC takes the money, tells the balance after it, and enters the log', () => {
    const { says, memory } = cash();
    says(SELECT);
    says(gpoWithCash('000000001250'));
    // Balance and its MAC as in the vectors: ATC 0007, ¥37.50.
    expect(says(firstAc('40'))).toBe(
      `772A9F2701409F360200079F2608${VECTOR}9F101307010103900000010A010000003750E2D474A19000`,
    );
    expect(memory()).toMatchObject({ balance: 3750, offlineAmount: 0 });
    expect(says('80CA9F7900')).toBe('9F79060000000037509000');
    expect(says('00B2015C00')).toBe(
      `2506011230000000000012500000000000000156 0156${'4A'.repeat(20)}000007 9000`.replaceAll(' ', ''),
    );
  });

  it.each([
    ['an ARQC was asked for', '80', '000000001250'],
    ['an AAC was asked for', '00', '000000001250'],
    ['the amount is more than the balance', '40', '000000005001'],
    ['the amount is zero', '40', '000000000000'],
  ])('takes nothing where %s', (_, p1, amount) => {
    const { says, memory } = cash();
    says(SELECT);
    says(gpoWithCash('000000001250'));
    expect(says(firstAc(p1, amount)).slice(-4)).toBe('9000');
    expect(memory().balance).toBe(5000);
  });
});
