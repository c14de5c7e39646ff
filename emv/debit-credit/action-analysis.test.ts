import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { hex } from '../values/index.ts';
import { type Action, type ActionFacts, firstAction, type HostWord, secondAction } from './action-analysis.ts';

interface Codes {
  readonly denial?: string;
  readonly online?: string;
  readonly default?: string;
}

const NEVER: Codes = { denial: '0000000000', online: '0000000000', default: '0000000000' };

function issuer(codes: Codes): Map<number, Uint8Array> {
  const rows: readonly (readonly [number, string | undefined])[] = [
    [TAG.issuerActionCodeDenial, codes.denial],
    [TAG.issuerActionCodeOnline, codes.online],
    [TAG.issuerActionCodeDefault, codes.default],
  ];
  return new Map(rows.flatMap(([tag, value]) => (value === undefined ? [] : [[tag, hex(value)] as const])));
}

function facts(tvr: string, terminalType: number, { denial, online, default: byDefault }: Codes = {}): ActionFacts {
  return {
    terminalType,
    tvr: hex(tvr),
    terminalActionCodes: {
      ...(denial !== undefined && { denial: hex(denial) }),
      ...(online !== undefined && { online: hex(online) }),
      ...(byDefault !== undefined && { default: hex(byDefault) }),
    },
  };
}

const said = ({ request, authorisationResponseCode }: Action): string =>
  authorisationResponseCode === undefined ? request : `${request} ${authorisationResponseCode}`;

const ONLINE_ONLY = 0x21;
const BOTH = 0x22;
const OFFLINE_ONLY = 0x23;

// UnionPay's codes of a terminal, and a card's, as they are met (facts sheet, section g).
const TAC: Codes = { default: 'D84000A800', online: 'D84004F800', denial: '0010000000' };
const IAC: Codes = { default: 'D86004A800', online: 'D86804F800', denial: '0010980000' };

describe('first GENERATE AC (EMV Book 3, §10.7)', () => {
  it.each<[string, string, Codes, Codes, string, string, string]>([
    // TVR, IAC, TAC → online-only, both, offline-only
    ['nothing found', '0000000000', IAC, TAC, 'arqc', 'tc Y1', 'tc Y1'],
    ['service not allowed: denied by both', '0010000000', IAC, TAC, 'aac Z1', 'aac Z1', 'aac Z1'],
    ['cardholder verification failed: denied by the issuer', '0000800000', IAC, TAC, 'aac Z1', 'aac Z1', 'aac Z1'],
    ['denied by the acquirer alone', '0010000000', NEVER, TAC, 'aac Z1', 'aac Z1', 'aac Z1'],
    ['over the floor limit', '0000008000', IAC, TAC, 'arqc', 'arqc', 'aac Z1'],
    ['a new card: online, but not refused offline', '0008000000', IAC, TAC, 'arqc', 'arqc', 'tc Y1'],
    ['online by the acquirer alone', '0000004000', NEVER, TAC, 'arqc', 'arqc', 'tc Y1'],
    ['offline data authentication not performed', '8000000000', IAC, TAC, 'arqc', 'arqc', 'aac Z1'],
    ['other versions: nobody minds', '0080000000', IAC, TAC, 'arqc', 'tc Y1', 'tc Y1'],
    ['denial goes before online', '8010000000', IAC, TAC, 'aac Z1', 'aac Z1', 'aac Z1'],
    ['no codes, nothing found', '0000000000', {}, {}, 'arqc', 'tc Y1', 'tc Y1'],
    ['no codes, anything found', '0080000000', {}, {}, 'arqc', 'arqc', 'aac Z1'],
    ['no codes, last bit found', '0000000001', {}, {}, 'arqc', 'arqc', 'aac Z1'],
    ['no TAC at all', '0080000000', NEVER, {}, 'arqc', 'tc Y1', 'tc Y1'],
    [
      'no IAC - Denial denies nothing',
      '0010000000',
      { online: '0000000000', default: '0000000000' },
      {},
      'arqc',
      'tc Y1',
      'tc Y1',
    ],
    [
      'an IAC - Online of four bytes is none',
      '0080000000',
      { ...NEVER, online: '00000000' },
      {},
      'arqc',
      'arqc',
      'tc Y1',
    ],
    [
      'an IAC - Default of six bytes is none',
      '0080000000',
      { ...NEVER, default: '000000000000' },
      {},
      'arqc',
      'tc Y1',
      'aac Z1',
    ],
    [
      'an IAC - Denial of four bytes is none',
      '0080000000',
      { ...NEVER, denial: 'FFFFFFFF' },
      {},
      'arqc',
      'tc Y1',
      'tc Y1',
    ],
  ])('%s', (_, tvr, iac, tac, onlineOnly, both, offlineOnly) => {
    const card = issuer(iac);
    expect(said(firstAction(card, facts(tvr, ONLINE_ONLY, tac)))).toBe(onlineOnly);
    expect(said(firstAction(card, facts(tvr, BOTH, tac)))).toBe(both);
    expect(said(firstAction(card, facts(tvr, OFFLINE_ONLY, tac)))).toBe(offlineOnly);
  });

  it('unattended terminals go by the same rules', () => {
    const over = '0000008000';
    expect([0x24, 0x25, 0x26].map((type) => said(firstAction(issuer(IAC), facts(over, type, TAC))))).toEqual([
      'arqc',
      'arqc',
      'aac Z1',
    ]);
  });

  it.each<[number, string]>(
    Array.from({ length: 40 }, (_, at) => [at, (1n << BigInt(39 - at)).toString(16).padStart(10, '0')]),
  )('bit %i is compared with itself alone', (_, bit) => {
    const others = ((1n << 40n) - 1n - BigInt(`0x${bit}`)).toString(16).padStart(10, '0');
    expect(said(firstAction(issuer({ ...NEVER, online: bit }), facts(bit, BOTH)))).toBe('arqc');
    expect(said(firstAction(issuer(NEVER), facts(bit, BOTH, { online: bit })))).toBe('arqc');
    expect(said(firstAction(issuer({ denial: others, online: others, default: others }), facts(bit, BOTH)))).toBe(
      'tc Y1',
    );
  });
});

describe('second GENERATE AC', () => {
  it.each<[string, HostWord, number, string, Codes, Codes, string]>([
    ['the host approves, whatever was found', 'approved', BOTH, 'FFFFFFFFFF', IAC, TAC, 'tc'],
    ['the host declines, though nothing was found', 'declined', BOTH, '0000000000', IAC, TAC, 'aac'],
    ['no host, nothing found', 'no-answer', BOTH, '0000000000', IAC, TAC, 'tc Y3'],
    ['no host, over the floor limit', 'no-answer', BOTH, '0000008000', IAC, TAC, 'aac Z3'],
    ['no host, a new card', 'no-answer', BOTH, '0008000000', IAC, TAC, 'tc Y3'],
    ['no host, refused by the acquirer alone', 'no-answer', BOTH, '0000008000', NEVER, TAC, 'aac Z3'],
    ['no host, refused by the issuer alone', 'no-answer', BOTH, '0000008000', IAC, {}, 'aac Z3'],
    ['no host, the card names no codes', 'no-answer', BOTH, '0000000010', {}, {}, 'aac Z3'],
    ['no host, an online-only terminal', 'no-answer', ONLINE_ONLY, '0000000000', NEVER, {}, 'aac Z3'],
    ['no host, an unattended online-only terminal', 'no-answer', 0x24, '0000000000', NEVER, {}, 'aac Z3'],
    ['an offline-only terminal whose card wants the host', 'no-answer', OFFLINE_ONLY, '0000000000', IAC, TAC, 'tc Y3'],
    ['the same, refused', 'no-answer', OFFLINE_ONLY, '8000000000', IAC, TAC, 'aac Z3'],
  ])('%s', (_, host, terminalType, tvr, iac, tac, expected) => {
    expect(said(secondAction(issuer(iac), facts(tvr, terminalType, tac), host))).toBe(expected);
  });
});

it('never throws on what a card gives', () => {
  const value = fc.option(fc.uint8Array({ maxLength: 7 }), { nil: undefined });
  fc.assert(
    fc.property(value, fc.constantFrom(ONLINE_ONLY, BOTH, OFFLINE_ONLY), (code, terminalType) => {
      const card = { get: () => code };
      expect(['aac', 'arqc', 'tc']).toContain(firstAction(card, facts('FFFFFFFFFF', terminalType)).request);
      expect(['aac', 'tc']).toContain(secondAction(card, facts('FFFFFFFFFF', terminalType), 'no-answer').request);
    }),
  );
});
