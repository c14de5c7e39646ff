import { describe, expect, it } from 'vitest';
import { type CaPublicKey, caKeysOf } from '../oda/index.ts';
import { hex } from '../values/index.ts';
import { purchase } from './purchase.ts';
import { CA_RSA_80, CA_SM2_57, MODERN, type Script, SM } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, play, told } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

const RSA_KEY: CaPublicKey = {
  rid: hex('A000000333'),
  index: 0x80,
  algorithm: 'rsa',
  modulus: hex(CA_RSA_80),
  exponent: hex('03'),
};
const SM2_KEY: CaPublicKey = { rid: hex('A000000333'), index: 0x57, algorithm: 'sm2', point: hex(CA_SM2_57) };

const withKeys = (...keys: CaPublicKey[]): TransactionInput => ({ ...INPUT, caKeys: caKeysOf(keys) });
const set = (value: string): TransactionInput => inputAt({ data: new Map([[0xdf69, hex(value)]]) });

/** The card is told 00 where the golden card expects 01. */
const toldNone = (card: Script): Script => told(card, 'gpo', '112233440100', '112233440000');

/** The exchanges of one card with the commands, or the answer to SELECT, of another. */
function mixed(card: Script, asked: Script): Script {
  const other = (name: string) => asked.find((one) => one.name === name);
  return card.map((one) => {
    if (one.name === 'select') return other('select') ?? one;
    return one.name === 'gpo' ? { ...one, command: other('gpo')?.command ?? one.command } : one;
  });
}

/** RSA and 3DES, from a card whose PDOL asks for DF69; and SM from one whose PDOL does not. */
const RSA_ASKING = mixed(MODERN, SM);
const SM_UNASKED = mixed(SM, MODERN);

const IAD_3DES = '0701010390000001';
const IAD_SM4 = '0701010390000004';

function pay(card: Script, input: TransactionInput): string {
  const { result, asked } = play(purchase(input), card);
  return `${inWords(result)}${asked.includes('save-intent') ? '' : ' (nothing at stake)'}`;
}

describe('DF69', () => {
  const GONE = { ...SM2_KEY, expiry: '20250531' };
  const LAST_DAY = { ...SM2_KEY, expiry: '20250601' };
  const OTHER_RID = { ...SM2_KEY, rid: hex('A000000334') };

  // The script is strict: another value than the golden card's is another command.
  it.each<[string, TransactionInput, Script]>([
    ['01 with an SM2 key of the RID', withKeys(RSA_KEY, SM2_KEY), RSA_ASKING],
    ['01 on the last day of that key', withKeys(RSA_KEY, LAST_DAY), RSA_ASKING],
    ['00 without one', withKeys(RSA_KEY), toldNone(RSA_ASKING)],
    ['00 with an expired one', withKeys(RSA_KEY, GONE), toldNone(RSA_ASKING)],
    ['00 with one of another RID', withKeys(RSA_KEY, OTHER_RID), toldNone(RSA_ASKING)],
    ['00 where the installation says so', set('00'), toldNone(RSA_ASKING)],
    ['01 where the installation says so', { ...set('01'), caKeys: caKeysOf([RSA_KEY]) }, RSA_ASKING],
  ])('is %s', (_, input, card) => {
    expect(pay(card, input)).toBe('approved chip offline none fdda-01');
  });
});

describe('a card keeps to the algorithms it was told', () => {
  const NOT = 'declined card-error none (nothing at stake)';

  it.each<[string, Script, TransactionInput, string]>([
    ['told 01, SM throughout', SM, INPUT, 'approved chip offline none fdda-01'],
    ['told 01, SM2 certificates and a 3DES cryptogram', edited(SM, 'gpo', IAD_SM4, IAD_3DES), INPUT, NOT],
    ['told 01, RSA certificates and an SM4 cryptogram', edited(RSA_ASKING, 'gpo', IAD_3DES, IAD_SM4), INPUT, NOT],
    ['told 00, SM throughout', toldNone(SM), set('00'), NOT],
    ['told 00, SM2 certificates', toldNone(edited(SM, 'gpo', IAD_SM4, IAD_3DES)), set('00'), NOT],
    ['told 00, an SM4 cryptogram', toldNone(edited(RSA_ASKING, 'gpo', IAD_3DES, IAD_SM4)), set('00'), NOT],
    ['not asking, SM2 certificates', SM_UNASKED, INPUT, NOT],
    [
      'not asking, an SM4 cryptogram: its issuer has no other',
      edited(MODERN, 'gpo', IAD_3DES, IAD_SM4),
      INPUT,
      'approved chip offline none fdda-01',
    ],
    [
      'told 00 for want of a key, SM all the same',
      toldNone(SM),
      withKeys(RSA_KEY),
      'declined unknown-ca-key none (nothing at stake)',
    ],
  ])('%s', (_, card, input, said) => {
    expect(pay(card, input)).toBe(said);
  });
});
