import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { testKey } from '../../pki/index.ts';
import { signerWith } from '../dynamic-signature.ts';
import { firstAc, GPO, goldenDebitCard, gpoWithCash, SELECT, secondAc } from './golden-debit-card.ts';

/** signature ^ e mod n in hex, as long as the modulus. */
function recover(signature: string, name: Parameters<typeof testKey>[0]): string {
  const { modulus, exponent } = testKey(name);
  const n = BigInt(`0x${toHex(modulus)}`);
  let result = 1n;
  for (const bit of BigInt(`0x${toHex(exponent)}`).toString(2)) {
    result = (result * result) % n;
    if (bit === '1') result = (result * BigInt(`0x${signature}`)) % n;
  }
  return result
    .toString(16)
    .toUpperCase()
    .padStart(modulus.length * 2, '0');
}

const sha1 = (text: string): string => createHash('sha1').update(hex(text)).digest('hex').toUpperCase();

/** The hash in a recovered block, and whether it is over the block and what the verifier adds. */
function isSound(block: string, added: string): boolean {
  return block.slice(-42, -2) === sha1(block.slice(2, -42) + added) && block.endsWith('BC');
}

/** The value of a data object of a one-level answer, its tag 4 digits long and its length one byte (81 before it or not). */
const objectIn = (answer: string, tag: string): string => {
  const [, length = '', rest = ''] = new RegExp(`${tag}(?:81)?(..)(.*)$`).exec(answer) ?? [];
  return rest.slice(0, Number.parseInt(length, 16) * 2);
};

const SIGNED =
  '5A0A6299990000001234567F 5F340101 5F2403491231 5F2503200101 5F28020156 9F42020156 9F0702FF00 9F08020030'.replaceAll(
    ' ',
    '',
  ) +
  '8E0E0000000000000000 4203 5E03 1F03 9F0E050010980000 9F0F05D86804F800 9F0D05D86004A800 9F4A0182'.replaceAll(' ', '');

function opened(...parts: Parameters<typeof goldenDebitCard>) {
  const card = goldenDebitCard(...parts);
  card.says(SELECT);
  card.says(GPO);
  return card;
}

describe('static data', () => {
  const record = (card: ReturnType<typeof goldenDebitCard>, n: number): string => card.says(`00B2${`0${n}`}2C00`);

  it('is one record', () => {
    expect(opened().says('00B2012400')).toBe(`705C${SIGNED}9000`);
  });

  it('is covered by 93 and 9F46, with the AIP behind it', () => {
    const card = opened();
    const ssad = recover(objectIn(record(card, 3), '93'), 'issuer-1408');
    expect(ssad.slice(0, 10)).toBe('6A0301DAC0');
    expect(isSound(ssad, `${SIGNED}7C00`)).toBe(true);
    const certificate = recover(objectIn(record(card, 4), '9F46'), 'issuer-1408');
    expect(certificate.slice(0, 24)).toBe('6A046299990000001234567F');
    expect(isSound(certificate, `03${SIGNED}7C00`)).toBe(true);
  });

  it('over the contactless interface with that AIP', () => {
    const card = goldenDebitCard({}, { chip: { interface: 'contactless' } });
    card.says(SELECT);
    const ssad = recover(objectIn(record(card, 3), '93'), 'issuer-1408');
    expect(isSound(ssad, `${SIGNED}7C80`)).toBe(true);
  });

  it('of a forged card is not', () => {
    const card = opened({ forgedStaticData: true });
    expect(isSound(recover(objectIn(record(card, 3), '93'), 'issuer-1408'), `${SIGNED}7C00`)).toBe(false);
    expect(isSound(recover(objectIn(record(card, 4), '9F46'), 'issuer-1408'), `03${SIGNED}7C00`)).toBe(false);
  });

  it.each([
    [['sda'], '5C00', '28010300'],
    [['dda'], '3C00', '28010400'],
    [['sda', 'dda', 'cda'], '7D00', '28010500'],
  ] as const)('%s: AIP %s, records %s', (authentication, aip, afl) => {
    const { says } = goldenDebitCard({ authentication });
    says(SELECT);
    const answer = says(GPO);
    expect(answer).toContain(`8202${aip}`);
    expect(answer).toContain(afl);
  });

  it('no offline data authentication: no keys at all', () => {
    const { says } = goldenDebitCard({ authentication: [] });
    says(SELECT);
    expect(says(GPO)).toBe('771282021C00940C0801010020010101380101009000');
  });

  it('records with other, with more and with fewer data objects', () => {
    const { says } = opened({ records: { '9F14': '03', '5F24': '230630', '5F20': '', '8D': '' } });
    expect(says('00B2012400')).toContain('5F2403230630');
    expect(says('00B2010C00')).toBe('7010570E6299990000001234567D4912201F9000');
    expect(says('00B2013C00')).toMatch(/^70..8C.*9F1401039000$/);
    expect(says('00B2013C00')).not.toContain('8D');
  });

  it('a key for PINs has a certificate that covers no static data', () => {
    const card = opened({ pinKey: 'icc-1152' });
    expect(card.says('00B2014400')).toMatch(/^70119F2E01039F2F0A.{20}9000$/);
    const remainder = objectIn(card.says('00B2014400'), '9F2F');
    const certificate = recover(objectIn(card.says('00B2024400'), '9F2D'), 'issuer-1408');
    expect(isSound(certificate, `${remainder}03`)).toBe(true);
  });
});

describe('INTERNAL AUTHENTICATE', () => {
  const COMMAND = '0088000004 11223344 00';

  it.each([
    [0x77, '7781849F4B8180'],
    [0x80, '808180'],
  ] as const)('format %s', (format, head) => {
    const answer = opened({ format }).says(COMMAND);
    expect(answer.startsWith(head)).toBe(true);
    const block = recover(answer.slice(head.length, -4), 'icc-1024');
    expect(block.slice(0, 28)).toBe('6A050109080102030405060708BB');
    expect(isSound(block, '11223344')).toBe(true);
  });

  it('shows in the card verification results', () => {
    const { says } = opened({ format: 0x80 });
    says(COMMAND);
    expect(says(firstAc('40'))).toContain('0701010390000201');
  });

  it.each([
    ['a card without DDA', { authentication: ['sda'] }, COMMAND, '6985'],
    ['too few values', {}, '0088000003 112233 00', '6700'],
    ['another P2', {}, '0088000104 11223344 00', '6A86'],
  ] as const)('%s', (_, order, command, sw) => {
    expect(opened(order).says(command)).toBe(sw);
  });

  it('of a forger is made with another key', () => {
    const forger = () => signerWith(testKey('cloner-1152'));
    const answer = opened({}, { application: { forger } }).says(COMMAND);
    expect(answer.startsWith('7781949F4B8190')).toBe(true);
  });
});

describe('CDA', () => {
  const PDOL_VALUES = '010000000012500156';
  /** The values in a GENERATE AC. */
  const values = (command: string): string => command.replaceAll(' ', '').slice(10, -2);

  function cda() {
    const card = goldenDebitCard({ authentication: ['dda', 'cda'], electronicCash: true });
    card.says(SELECT);
    card.says(gpoWithCash('000000001250'));
    return card;
  }

  /** A CDA answer, taken apart: 9F27 and 9F36, the recovered block of 9F4B, 9F10. */
  function apart(answer: string): { before: string; block: string; after: string } {
    const parts = /^7781..(9F2701..9F3602....)9F4B8180(.{256})(9F1013.{38})9000$/.exec(answer);
    const [, before = '', signature = '', after = ''] = parts ?? [];
    return { before, block: recover(signature, 'icc-1024'), after };
  }

  // Cryptograms with AIP 3D00, computed by a second program. Ldd 38 bytes: 08, number 8, CID, cryptogram 8, hash 20.
  it('signs the first cryptogram and the transaction', () => {
    const { before, block, after } = apart(cda().says(firstAc('50')));
    expect(before).toBe('9F2701409F36020007');
    expect(block.slice(0, 44)).toBe('6A050126080102030405060708' + '40' + 'BE80D441FB8D5DEF');
    expect(block.slice(44, 84)).toBe(sha1(PDOL_VALUES + values(firstAc('50')) + before + after));
    expect(isSound(block, '11223344')).toBe(true);
  });

  it('signs the second over all that came before', () => {
    const { says } = cda();
    expect(apart(says(firstAc('90'))).block.slice(26, 44)).toBe('800719B3D478B4813D');
    const { before, block, after } = apart(says(secondAc('50')));
    expect(block.slice(26, 44)).toBe('40E2F82E8008BE36BE');
    expect(block.slice(44, 84)).toBe(
      sha1(PDOL_VALUES + values(firstAc('90')) + values(secondAc('50')) + before + after),
    );
    expect(isSound(block, '11223344')).toBe(true);
  });

  it('never signs an AAC', () => {
    expect(cda().says(firstAc('10'))).toMatch(/^772A9F2701009F360200079F2608/);
  });

  it('is not for keys whose signature leaves no room in the answer', () => {
    const chain = { ca: 'F1', issuer: 'issuer-1984', card: 'icc-1984' } as const;
    expect(() => goldenDebitCard({ authentication: ['dda', 'cda'] }, { application: { chain } })).toThrow(RangeError);
    expect(() => goldenDebitCard({ authentication: ['dda'] }, { application: { chain } })).not.toThrow();
  });

  it('pays electronic cash like any TC', () => {
    const card = cda();
    card.says(firstAc('50'));
    expect(card.memory().balance).toBe(3750);
  });
});
