import { describe, expect, it } from 'vitest';
import { goldenCard, TAP } from './golden-card.ts';

/** GPO of the golden tap with DF69 behind the other values. */
const gpo = (sm: '00' | '01', amount = '000000001250'): string =>
  `80A8000024 8322 26000080 ${amount} 000000000000 0156 0000000000 0156 250601 00 11223344 ${sm} 00`;

function cardThatKnowsSm(chain?: { ca: 'F1'; issuer: 'issuer-1408'; card: 'icc-1152' }) {
  const golden = goldenCard({ sm: true, ...(chain && { chain }) });
  golden.says(TAP.select);
  return golden;
}

const SM_AFL = '940C500102001801010130010100';
// SM4 vectors of the scheme, and a signature by a second program from the same keys.
const SM_CRYPTOGRAM = '9F260873BF1AFC1DCB4377';
const SM_ISSUER_DATA = '9F101307010103900000040A010000003750FFDBBC94';
const SM_SIGNATURE =
  '9F4B4B15090801020304050607082276C84E4CAC49F74B580D903681727C10F29D5ECF220527A5ABDFCDBD4B4C519A8A6E1F59D5D7B62AD8A0114C3C8C33FC08486B0E2AD27F835B35BE53F8A409';

describe('a card that knows SM', () => {
  it('asks for DF69; another does not', () => {
    expect(cardThatKnowsSm().says(TAP.select)).toContain('9F3704DF6901');
    expect(goldenCard().says(TAP.select)).not.toContain('DF69');
  });

  it('uses SM throughout when the terminal supports it', () => {
    const answer = cardThatKnowsSm().says(gpo('01'));
    for (const part of [SM_AFL, SM_CRYPTOGRAM, SM_ISSUER_DATA, SM_SIGNATURE]) expect(answer).toContain(part);
    expect(answer).toMatch(/9000$/);
  });

  it('uses none of it otherwise', () => {
    const answer = cardThatKnowsSm().says(gpo('00'));
    for (const part of [
      '940C100103001801010130010100',
      '9F2608EAD5DD7F514E6EB8',
      '9F101307010103900000010A010000003750E2D474A1',
    ]) {
      expect(answer).toContain(part);
    }
    expect(answer).toContain('9F4B8180');
  });

  it('refuses with SM4 where it refuses under SM', () => {
    // Above the balance: an ARQC.
    expect(cardThatKnowsSm().says(gpo('01', '000000005001'))).toContain('9F101307010103A02000040A01');
  });

  it('shows its SM2 chain, which fits its records', () => {
    const card = cardThatKnowsSm();
    expect(card.says('00B2015400')).toMatch(/^7081948F01F390818E12629999FF1249.*9000$/);
    expect(card.says('00B2025400')).toMatch(/^7081989F46819414.*9000$/);
    expect(card.says('00B2035400')).toBe('6A83');
  });

  it('pays when the last record of the AFL it gave is read', () => {
    const card = cardThatKnowsSm({ ca: 'F1', issuer: 'issuer-1408', card: 'icc-1152' });
    card.says(gpo('01'));
    expect(card.says('00B2023400')).toBe('6985');
    expect(card.memory()?.balance).toBe(5000);
    expect(card.says('00B2013400')).toMatch(/^70149F74064543433030319F690801A1B2C3D40000009000$/);
    expect(card.memory()?.balance).toBe(3750);

    // Under RSA its signature has a record of its own, and the payment's record is the one behind it.
    card.says(TAP.select);
    card.says(gpo('00'));
    expect(card.says('00B2013400')).toMatch(/^7081949F4B8190.*9000$/);
    expect(card.memory()?.balance).toBe(3750);
    expect(card.says('00B2023400')).toMatch(/9000$/);
    expect(card.memory()?.balance).toBe(2500);
  });
});
