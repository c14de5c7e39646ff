import { describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { goldenCard, gpo, TAP } from './golden-card.ts';
import { decide } from './risk.ts';

const BALANCE = 5000;
const LIMIT = 3000;

/** TTQ: 26 online PIN and signature, 28 offline-only; second byte 80 online required, 40 CVM required. */
const DECISIONS = [
  // ttq, amount, currency, type, methods, decision, CTQ
  ['within everything', '26000080', '000000001250', '0156', '00', 'pin', 'tc', 0x0000],
  ['at the single limit', '26000080', '000000003000', '0156', '00', 'pin', 'tc', 0x0000],
  ['above the single limit', '26000080', '000000003001', '0156', '00', 'pin', 'arqc', 0x0000],
  ['above the single limit, offline-only', '28000080', '000000003001', '0156', '00', 'pin', 'aac', 0x0000],
  ['online required', '26800080', '000000001250', '0156', '00', 'pin', 'arqc', 0x0000],
  ['online required of an offline-only terminal', '28800080', '000000001250', '0156', '00', 'pin', 'aac', 0x0000],
  ['foreign currency', '26000080', '000000000100', '0840', '00', 'pin', 'arqc', 0x0000],
  ['foreign currency, offline-only', '28000080', '000000000100', '0840', '00', 'pin', 'aac', 0x0000],
  ['nothing to pay', '26000080', '000000000000', '0156', '00', 'pin', 'arqc', 0x0000],
  ['a refund', '26000080', '000000000100', '0156', '20', 'pin', 'arqc', 0x0000],
  ['CVM required, PIN at both', '26400080', '000000001250', '0156', '00', 'pin', 'arqc', 0x8000],
  ['CVM required, card takes both: PIN first', '26400080', '000000001250', '0156', '00', 'both', 'arqc', 0x8000],
  ['CVM required, terminal has no PIN pad', '22400080', '000000001250', '0156', '00', 'pin', 'aac', 0x0000],
  ['CVM required, signature only', '26400080', '000000001250', '0156', '00', 'signature', 'tc', 0x4000],
  ['CVM required, offline-only: no PIN', '2E400080', '000000001250', '0156', '00', 'pin', 'aac', 0x0000],
  ['CVM required, offline-only: signature', '2A400080', '000000001250', '0156', '00', 'both', 'tc', 0x4000],
  ['signature, and above the limit', '26400080', '000000003001', '0156', '00', 'signature', 'arqc', 0x4000],
] as const;

const METHODS = {
  pin: { onlinePin: true, signature: false },
  signature: { onlinePin: false, signature: true },
  both: { onlinePin: true, signature: true },
};

const RISK = {
  currency: hex('0156'),
  cvmLimit: 100_000,
  singleLimit: LIMIT,
  balanceLimit: 100_000,
  resetThreshold: 0,
  methods: METHODS.pin,
  ctq: 0,
  policy: 'offline',
} as const;

describe('card risk management', () => {
  it.each(DECISIONS)('%s', (_, ttq, amount, currency, type, methods, cryptogram, ctq) => {
    const asked = { ttq: hex(ttq), amount: hex(amount), currency: hex(currency), type: hex(type) };
    expect(decide({ ...RISK, methods: METHODS[methods] }, BALANCE, asked)).toMatchObject({ cryptogram, ctq });
  });

  const purchase = (amount: string) => ({
    ttq: hex('26000080'),
    amount: hex(amount),
    currency: hex('0156'),
    type: hex('00'),
  });

  it('a card CVM limit of nothing asks for the PIN at any amount', () => {
    const asked = purchase('000000000001');
    expect(decide({ ...RISK, cvmLimit: 0 }, BALANCE, asked)).toMatchObject({ cryptogram: 'arqc', ctq: 0x8000 });
    expect(decide({ ...RISK, cvmLimit: 1 }, BALANCE, asked)).toMatchObject({ cryptogram: 'tc', ctq: 0 });
  });

  it('balance bounds what the single limit would allow', () => {
    const risk = { ...RISK, singleLimit: 100_000 };
    expect(decide(risk, BALANCE, purchase('000000005000'))).toMatchObject({ cryptogram: 'tc', overLimit: false });
    expect(decide(risk, BALANCE, purchase('000000005001'))).toMatchObject({ cryptogram: 'arqc', overLimit: true });
  });

  it('policy and CTQ of the card come through', () => {
    const asked = purchase('000000000001');
    expect(decide({ ...RISK, policy: 'decline' }, BALANCE, asked)).toMatchObject({ cryptogram: 'aac' });
    expect(decide({ ...RISK, policy: 'online' }, BALANCE, asked)).toMatchObject({ cryptogram: 'arqc' });
    expect(decide({ ...RISK, ctq: 0x2000 }, BALANCE, asked)).toMatchObject({ cryptogram: 'tc', ctq: 0x2000 });
  });

  it('an amount that is no number is none', () => {
    expect(decide(RISK, BALANCE, purchase('00000000000A'))).toBeUndefined();
  });
});

describe('GPO', () => {
  it.each([
    ['no template', '80A8000021 26000080 000000001250 000000000000 0156 0000000000 0156 250601 00 11223344 00', '6A80'],
    ['another template', TAP.gpo.replace('8321', '8521'), '6A80'],
    [
      'a length that is not the PDOL',
      '80A8000022 8320 26000080 000000001250 000000000000 0156 0000000000 0156 250601 00 112233 00',
      '6700',
    ],
    ['an empty template', '80A8000002 8300 00', '6700'],
    ['other parameters', TAP.gpo.replace('80A80000', '80A80100'), '6A86'],
    ['another class', TAP.gpo.replace('80A8', '00A8'), '6E00'],
    ['an amount that is no number', gpo('26000080', '00000000000A'), '6A80'],
    ['a terminal without qPBOC', gpo('46000080', '000000001250'), '6985'],
  ])('refuses %s and counts nothing', (_, command, sw) => {
    const { says, memory } = goldenCard();
    says(TAP.select);
    expect(says(command)).toBe(sw);
    expect(memory()).toMatchObject({ atc: 6, balance: 5000 });
  });

  it('needs an application, and comes once', () => {
    const { says, memory } = goldenCard();
    expect(says(TAP.gpo)).toBe('6985');
    says(TAP.ppse);
    expect(says(TAP.gpo)).toBe('6985');
    says(TAP.select);
    expect(says(TAP.gpo).slice(-4)).toBe('9000');
    expect(says(TAP.gpo)).toBe('6985');
    expect(memory()?.atc).toBe(7);
  });

  it('takes the whole balance and not a fen more', () => {
    const { says, memory } = goldenCard();
    says(TAP.select);
    expect(says(gpo('26000080', '000000005000'))).toContain('9F5D06000000000000');
    says(TAP.last);
    expect(memory()?.balance).toBe(0);
    says(TAP.select);
    expect(says(gpo('28000080', '000000000001'))).toContain('9F10130701010380200001');
    says(TAP.last);
    expect(memory()).toMatchObject({ balance: 0, atc: 8 });
  });

  it('version 17 and SM4 show in 9F10', () => {
    const version17 = goldenCard({ cryptogram: { version: 17, withBalance: false } });
    version17.says(TAP.select);
    const answer = version17.says(TAP.gpo);
    expect(answer).toContain('9F26084C606D4D3DBE9EC5');
    expect(answer).toContain('9F10080701110390000001');

    const sm4 = goldenCard({ cryptogram: { algorithm: 'sm4' } });
    sm4.says(TAP.select);
    const withSm4 = sm4.says(TAP.gpo);
    expect(withSm4).toContain('9F260873BF1AFC1DCB4377');
    expect(withSm4).toContain('9F101307010103900000040A010000003750FFDBBC94');
  });
});
