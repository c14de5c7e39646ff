import { describe, expect, it } from 'vitest';
import { firstAc, GPO, goldenDebitCard, SELECT, secondAc } from './golden-debit-card.ts';

// Literal bytes here were computed from the scheme's formulas by a second program (Python over openssl). ATC 0007, ¥12.50.
const ARQC = 'CD1FE15978F13F5A';
const EXTERNAL_AUTHENTICATE = '008200000A 42756C1835A2F17D 3030';
const WRONG = '008200000A 42756C1835A2F17C 3030';

/** A card that has answered with an ARQC. */
function online(...parts: Parameters<typeof goldenDebitCard>) {
  const card = goldenDebitCard({ format: 0x80, ...parts[0] }, parts[1]);
  card.says(SELECT);
  card.says(GPO);
  expect(card.says(firstAc('80'))).toBe(`801380 0007 ${ARQC} 07010103A0000001 9000`.replaceAll(' ', ''));
  return card;
}

const MANDATORY = { data: { '9F52': '6010', '9F56': '80' } } as const;
/** CID and CVR of an answer in format 80. */
const outcome = (answer: string): string => answer.replace(/^8013(..)0007.{16}0701..(.{8}).*$/, '$1 $2');

describe('EXTERNAL AUTHENTICATE', () => {
  it('takes the ARPC of the issuer, once', () => {
    const { says } = online();
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('9000');
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('6985');
  });

  it.each([
    ['a wrong ARPC', WRONG, '6300'],
    ['an ARPC for another ARC', '008200000A 42756C1835A2F17D 3035', '6300'],
    ['the issuer’s own bytes behind it', '0082000010 42756C1835A2F17D 3030 010203040506', '9000'],
    ['too short', '0082000009 42756C1835A2F17D 30', '6700'],
    ['too long', '0082000011 42756C1835A2F17D 3030 01020304050607', '6700'],
    ['another P2', '008200010A 42756C1835A2F17D 3030', '6A86'],
  ])('%s', (_, command, sw) => {
    expect(online().says(command)).toBe(sw);
  });

  it('has its time between the two cryptograms', () => {
    const { says } = goldenDebitCard();
    says(SELECT);
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('6985');
    says(GPO);
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('6985');
    says(firstAc('80'));
    says(secondAc('40'));
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('6985');
  });

  it.each(['none', 'cdol2'] as const)('is not of a card with issuer authentication %s', (issuerAuthentication) => {
    const { says } = goldenDebitCard({ issuerAuthentication });
    says(SELECT);
    expect(says(GPO)).toContain('82027800');
    says(firstAc('80'));
    expect(says(EXTERNAL_AUTHENTICATE)).toBe('6985');
  });
});

describe('second GENERATE AC', () => {
  it('TC and AAC with their cryptograms', () => {
    expect(online().says(secondAc('40'))).toBe('8013400007F29E7A92779871E107010103600000019000');
    expect(online().says(secondAc('00'))).toBe('8013000007BAEED9D9650EE87F07010103200000019000');
  });

  it('is never an ARQC, and there is no third', () => {
    const { says } = online();
    expect(says(secondAc('80'))).toBe('6A86');
    says(secondAc('40'));
    expect(says(secondAc('40'))).toBe('6985');
  });

  it.each([
    ['good', {}, EXTERNAL_AUTHENTICATE, '40 03600000'],
    ['failed, no default action', {}, WRONG, '40 03680000'],
    ['failed, to be declined', MANDATORY, WRONG, '00 03280000'],
    ['missing, not mandatory', { data: { '9F52': '6010' } }, GPO, '40 03600000'],
    ['missing and mandatory', MANDATORY, GPO, '00 03200000'],
    ['missing and mandatory, no default action', { data: { '9F56': '80' } }, GPO, '40 03600000'],
    ['good and mandatory', MANDATORY, EXTERNAL_AUTHENTICATE, '40 03600000'],
  ])('issuer authentication %s', (_, order, before, said) => {
    const { says } = online(order);
    says(before);
    expect(outcome(says(secondAc('40')))).toBe(said);
  });

  it.each([
    ['good', 'F4BC1BB8C9C24EEB 3030', '40 03600000'],
    ['wrong', 'F4BC1BB8C9C24EEC 3030', '00 03280000'],
    ['none', '0000000000000000 0000', '00 03200000'],
  ])('91 among the values of CDOL2: %s', (_, data, said) => {
    const card = goldenDebitCard({ ...MANDATORY, format: 0x80, issuerAuthentication: 'cdol2' });
    card.says(SELECT);
    expect(card.says(GPO)).toContain('80127800');
    // The AIP is in the cryptogram, so this card's ARQC is another.
    expect(card.says(firstAc('80')).slice(10, 26)).toBe('0959C6F36D99780D');
    expect(outcome(card.says(secondAc('40').replace('80AE400036 3030', `80AE400040 3030 ${data}`)))).toBe(said);
  });

  it('tells what became of a transaction whose host was not reached', () => {
    expect(outcome(online().says(secondAc('40', '5933')))).toBe('40 03610000');
    expect(outcome(online().says(secondAc('00', '5A33')))).toBe('00 03210000');
  });

  it('enters the log when it approves, and only then', () => {
    const approved = online();
    approved.says(secondAc('40'));
    expect(approved.memory().log).toHaveLength(1);
    const declined = online();
    declined.says(secondAc('00'));
    expect(declined.memory().log).toHaveLength(0);
  });
});

describe('what the card remembers of an online transaction', () => {
  const next = (card: ReturnType<typeof goldenDebitCard>, p1 = '40'): string => {
    card.says(SELECT);
    card.says(GPO);
    return card.says(firstAc(p1)).replace(/^8013(..)0008.{16}0701..(.{8}).*$/, '$1 $2');
  };

  it('completed: counted from there', () => {
    const card = online();
    card.says(EXTERNAL_AUTHENTICATE);
    card.says(secondAc('40'));
    expect(card.says('80CA9F1300')).toBe('9F130200079000');
    expect(next(card)).toBe('40 03900000');
  });

  it('cut off after the ARQC: the next one goes online, and says why', () => {
    const card = online();
    card.card.power();
    expect(next(card)).toBe('80 03A08000');
  });

  it('a host that was not reached leaves it so', () => {
    const card = online();
    card.says(secondAc('40', '5933'));
    expect(next(card)).toBe('80 03A08000');
  });

  it('an issuer that did not prove itself clears nothing', () => {
    const card = online({ data: { '9F52': 'E010', '9F56': '80' } });
    card.says(WRONG);
    card.says(secondAc('40'));
    expect(card.says('80CA9F1300')).toBe('9F130200069000');
    expect(next(card)).toBe('80 03A08800');
  });

  it('one that should have and did not try', () => {
    const card = online(MANDATORY);
    card.says(secondAc('40'));
    expect(next(card)).toBe('80 03A08400');
  });

  it('offline data authentication that failed before a decline', () => {
    const card = goldenDebitCard({ format: 0x80 });
    card.says(SELECT);
    card.says(GPO);
    card.says(firstAc('00', undefined, '4800000000'));
    expect(next(card)).toBe('40 03900104');
  });
});
