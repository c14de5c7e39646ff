import { describe, expect, it } from 'vitest';
import { drawSm2PrivateKey, sm2Open, sm2PublicKey, sm2Seal, sm2Verify } from '../../emv/crypto/index.ts';
import { fen, hex, Pan, PurseSerial, Secret, toHex } from '../../emv/values/index.ts';
import type { RecordChip } from '../contract/record/index.ts';
import { createHsm } from './hsm.ts';
import type { HsmKey, HsmKeys } from './keys.ts';

const key = (digits: string, mark: HsmKey['mark'] = 'PRODUCTION'): HsmKey => ({ value: new Secret(hex(digits)), mark });

const MDK = '0123456789ABCDEFFEDCBA9876543210';
const KEYS: HsmKeys = {
  masterKeys: [
    { index: 1, algorithm: '3des', ac: key(MDK), mac: key(MDK) },
    { index: 1, algorithm: 'sm4', ac: key(MDK), mac: key(MDK) },
  ],
  purse: { tac: key('303132333435363738393A3B3C3D3E3F') },
  acknowledgement: key('11'.repeat(32)),
  hotlist: key('22'.repeat(32)),
  parameters: key('33'.repeat(32)),
  sealing: key('44'.repeat(32)),
  cardToken: key('55'.repeat(32)),
  storage: key('66'.repeat(32)),
  pin: new Map([
    ['pad-1', { ...key('00112233445566778899AABBCCDDEEFF'), format: 'iso-0' }],
    ['pad-aes', { ...key(MDK), format: 'iso-4' }],
    ['pad-sm4', { ...key(MDK), format: 'sm4-0' }],
  ]),
  pinBase: new Map([['base-1', key('FEDCBA9876543210F1F1F1F1F1F1F1F1')]]),
  pinTransport: new Map([
    ['room-des', { ...key('00112233445566778899AABBCCDDEEFF'), cipher: '3des' }],
    ['room-aes', { ...key('00112233445566778899AABBCCDDEEFF'), cipher: 'aes' }],
  ]),
};

let drawn = 0;
const random = (length: number): Uint8Array => {
  drawn += 1;
  return new Uint8Array(length).fill(drawn % 200);
};
const hsmOf = (keys: HsmKeys = KEYS, production = false) => createHsm({ keys, production, random });
const hsm = hsmOf();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const pan = (digits: string): Pan => {
  const parsed = Pan.parse(digits);
  if (parsed === undefined) throw new Error('no PAN');
  return parsed;
};
const PAN = pan('6299990000001234567');

describe('keys', () => {
  it.each([
    ['acknowledgement', { acknowledgement: key('11'.repeat(32), 'TEST') }],
    ['PIN key pad-1', { pin: new Map([['pad-1', { ...key('00'.repeat(16), 'TEST'), format: 'iso-0' }]]) }],
    ['base derivation key base-1', { pinBase: new Map([['base-1', key('00'.repeat(16), 'TEST')]]) }],
    ['transport key room', { pinTransport: new Map([['room', { ...key(MDK, 'TEST'), cipher: 'aes' }]]) }],
    ['master key 1 (3des) for MACs', { masterKeys: [{ ...KEYS.masterKeys[0], mac: key(MDK, 'TEST') }] }],
  ])('marked TEST are refused in production: %s', (name, change) => {
    const keys = { ...KEYS, ...change } as HsmKeys;
    expect(() => hsmOf(keys, true)).toThrow(expect.objectContaining({ code: 'test-key-in-production' }));
    expect(() => hsmOf(keys, true)).toThrow(name);
    expect(() => hsmOf(keys, false)).not.toThrow();
  });

  it('of another length are refused, named without their bytes', () => {
    const keys = { ...KEYS, storage: key('66'.repeat(31)) };
    expect(() => hsmOf(keys)).toThrow(expect.objectContaining({ code: 'bad-key' }));
    expect(() => hsmOf(keys)).toThrow('the key "storage" has 31 bytes instead of 32');
  });

  it('never come out', () => {
    expect(JSON.stringify([hsm, KEYS])).not.toMatch(/1111|MDK|0123456789ABCDEF/);
  });
});

describe('signatures', () => {
  it.each(['acknowledgement', 'hotlist', 'parameters'] as const)('for %s verify under its own key alone', (purpose) => {
    const { keyId, signature } = hsm.sign(purpose, utf8('words'));
    expect(keyId).toBe(hsm.keyId(purpose));
    for (const other of ['acknowledgement', 'hotlist', 'parameters', 'sealing'] as const) {
      const verified = sm2Verify(hex(hsm.publicKeys[other]), utf8('words'), hex(signature));
      expect(verified, other).toBe(other === purpose);
    }
  });
});

describe('PANs', () => {
  const token = hsm.cardToken(PAN);
  const seal = (digits: string, associated: string): string => {
    const sealed = sm2Seal({
      publicKey64: hex(hsm.publicKeys.sealing),
      ephemeralPrivateKey32: drawSm2PrivateKey(random),
      plaintext: utf8(digits),
      associatedData: utf8(associated),
    });
    return toHex(sealed ?? new Uint8Array());
  };

  it('open when they are those of their token', () => {
    expect(hsm.openPan(seal(PAN.reveal(), token), token)?.reveal()).toBe('6299990000001234567');
  });

  it.each([
    ['another PAN under this token', () => seal('6299990000007654321', token)],
    ['sealed to another token', () => seal(PAN.reveal(), 'AB'.repeat(32))],
    ['no digits', () => seal('62999900000012345AB', token)],
    ['changed on the way', () => seal(PAN.reveal(), token).replace(/..$/, '00')],
    ['no envelope', () => '00'.repeat(131)],
  ])('do not open: %s', (_title, sealed) => {
    expect(hsm.openPan(sealed(), token)).toBeUndefined();
  });
});

it('the card token key reaches the terminal that is to have it, and no other', () => {
  const privateKey32 = drawSm2PrivateKey(random);
  const wrapped = hsm.wrapCardTokenKey(toHex(sm2PublicKey(privateKey32)), 'T1') ?? '';
  const open = (associated: string) =>
    sm2Open({ privateKey32, envelope: hex(wrapped), associatedData: utf8(associated) });
  expect(toHex(open('T1') ?? new Uint8Array())).toBe('55'.repeat(32));
  expect(open('T2')).toBeUndefined();
  expect(hsm.wrapCardTokenKey('11'.repeat(64), 'T1')).toBeUndefined();
});

describe('cryptograms', () => {
  const chip: RecordChip = {
    cryptogramType: 'tc',
    cryptogram: 'EAD5DD7F514E6EB8',
    amountAuthorised: '000000001250',
    amountOther: '000000000000',
    terminalCountryCode: '0156',
    tvr: '0000000000',
    currencyCode: '0156',
    transactionDate: '250601',
    transactionType: '00',
    unpredictableNumber: '11223344',
    aip: '7C00',
    atc: '0007',
    issuerApplicationData: '07010103900000010A010000003750E2D474A1',
  };
  const sm4 = { cryptogram: '73BF1AFC1DCB4377', issuerApplicationData: '07010103900000040A010000003750FFDBBC94' };

  it.each([
    ['3DES', chip],
    ['SM4', { ...chip, ...sm4 }],
  ])('with %s tell the balance that is left', (_title, genuine) => {
    expect(hsm.checkCryptogram(PAN, 1, genuine)).toEqual({ kind: 'genuine', balance: 3750 });
  });

  it.each([
    ['none', '0701010390000001'],
    ['one whose MAC is wrong', '07010103900000010A010000003750E2D474A2'],
    ['one that was changed', '07010103900000010A010000009999E2D474A1'],
  ])('without a balance that is proven: %s', (_title, issuerApplicationData) => {
    expect(hsm.checkCryptogram(PAN, 1, { ...chip, issuerApplicationData })).toEqual({ kind: 'genuine' });
  });

  it.each([
    ['another amount', { amountAuthorised: '000000001251' }],
    ['another cryptogram', { cryptogram: 'EAD5DD7F514E6EB9' }],
    ['another kind than the card decided', { cryptogramType: 'arqc' }],
    ['a derivation key index without keys', { issuerApplicationData: '0702010390000001' }],
    ['issuer data that cannot be read', { issuerApplicationData: '' }],
  ] as const)('are wrong with %s', (_title, change) => {
    expect(hsm.checkCryptogram(PAN, 1, { ...chip, ...change })).toEqual({ kind: 'wrong' });
  });

  it('are wrong for another card', () => {
    expect(hsm.checkCryptogram(pan('6299990000001234575'), 1, chip)).toEqual({ kind: 'wrong' });
    expect(hsm.checkCryptogram(PAN, 2, chip)).toEqual({ kind: 'wrong' });
  });
});

// Literals below: the formulas f.1 by openssl, which gives the published vectors f.3 as well.
describe('what a card is told about its ARQC', () => {
  const arqc: RecordChip = {
    cryptogramType: 'arqc',
    cryptogram: 'CD1FE15978F13F5A',
    amountAuthorised: '000000001250',
    amountOther: '000000000000',
    terminalCountryCode: '0156',
    tvr: '0000000000',
    currencyCode: '0156',
    transactionDate: '250601',
    transactionType: '00',
    unpredictableNumber: '11223344',
    aip: '7C00',
    atc: '0007',
    issuerApplicationData: '07010103A00000010A010000038787868FD1FC',
  };
  const sm4 = { ...arqc, cryptogram: '4646E27B7F0595F6', issuerApplicationData: '07010103A0000004' };
  const word = { pan: PAN, panSequence: 1, scriptIdentifier: hex('00000007') };

  it.each([
    ['3DES', arqc, '3030', '42756C1835A2F17D3030'],
    ['3DES', arqc, '3531', '28A7A77A0C740A073531'],
    ['3DES', arqc, '3632', 'E6D7C3D7747DC2E23632'],
    ['SM4', sm4, '3030', 'B54BCCBBE32F9EA43030'],
  ])('%s: ARPC and response code %#', (_title, chip, code, expected) => {
    expect(hsm.issuerAnswer({ ...word, chip, responseCode: hex(code) })).toEqual({
      authorisationResponseCode: code,
      issuerAuthenticationData: expected,
    });
  });

  it.each([
    ['a balance of 500.00', arqc, { newBalance: fen(50_000) }, '72189F180400000007860F04DA9F790A00000005000031FBF97D'],
    ['the same with SM4', sm4, { newBalance: fen(50_000) }, '72189F180400000007860F04DA9F790A000000050000FCD84D86'],
    ['a block', arqc, { blockApplication: true as const }, '72129F1804000000078609841E000004B72495B7'],
  ])('a script of %s', (_title, chip, todo, expected) => {
    expect(hsm.issuerAnswer({ ...word, chip, responseCode: hex('3030'), ...todo })?.scripts).toEqual([expected]);
  });

  it.each([
    ['that is not genuine', { ...arqc, cryptogram: 'CD1FE15978F13F5B' }],
    [
      'that is a TC',
      { ...arqc, cryptogramType: 'tc', cryptogram: 'EAD5DD7F514E6EB8', issuerApplicationData: '0701010390000001' },
    ],
    ['whose keys are not here', { ...arqc, issuerApplicationData: '07020103A0000001' }],
  ] as const)('nothing about one %s', (_title, chip) => {
    expect(hsm.issuerAnswer({ ...word, chip, responseCode: hex('3030') })).toBeUndefined();
  });

  it.each([
    ['a TC', 'tc', 'F29E7A92779871E1', '0701010360000001', 'genuine'],
    ['an AAC', 'aac', 'BAEED9D9650EE87F', '0701010320000001', 'genuine'],
    ['an AAC that is called a TC', 'tc', 'BAEED9D9650EE87F', '0701010320000001', 'wrong'],
    ['a TC that is called the ARQC before it', 'arqc', 'F29E7A92779871E1', '0701010360000001', 'wrong'],
  ] as const)('the second GENERATE AC gives %s', (_title, cryptogramType, cryptogram, issuerApplicationData, kind) => {
    const second = { ...arqc, cryptogramType, cryptogram, issuerApplicationData };
    expect(hsm.checkCryptogram(PAN, 1, second).kind).toBe(kind);
  });
});

describe('purses', () => {
  const serial = PurseSerial.parse(hex('31000000123456789012')) ?? expect.fail('no serial');
  const purse = {
    transactionType: '06',
    sequence: 7,
    terminalId: '010203040506',
    terminalSequence: 0x2a,
    date: '20250601',
    time: '123015',
    keyIndex: 1,
    keyVersion: 0,
    random: 'A1B2C3D4',
    mac1: '56D96987',
    transactionCode: '9AA91D39',
  };
  const load = {
    ...purse,
    transactionType: '02',
    sequence: 3,
    time: '123100',
    transactionCode: '309FFC9C',
  };

  it('a purchase and a load are the purse’s by their TAC', () => {
    expect(hsm.checkPurse({ serial, purse, amountMinor: 1_250 })).toBe('genuine');
    expect(hsm.checkPurse({ serial, purse: load, amountMinor: 10_000, balanceBeforeMinor: 5_000 })).toBe('genuine');
  });

  const { transactionCode: _none, ...untold } = purse;
  const { terminalSequence: _number, ...unnumbered } = purse;
  it.each([
    ['another amount', purse, 1_251],
    ['another TAC', { ...purse, transactionCode: '9AA91D38' }, 1_250],
    ['no TAC', untold, 1_250],
    ['no number of the PSAM', unnumbered, 1_250],
    ['no day', { ...purse, date: '20250631' }, 1_250],
    ['no time', { ...purse, time: '2460FF' }, 1_250],
    ['an unknown type', { ...purse, transactionType: '09' }, 1_250],
    ['more than a purse can count', purse, 2 ** 32],
    ['a load whose balance nobody knows', load, 10_000],
  ])('%s is wrong', (_title, given, amountMinor) => {
    expect(hsm.checkPurse({ serial, purse: given, amountMinor })).toBe('wrong');
  });

  it('are wrong where the scheme has none', () => {
    const { purse: _purse, ...keys } = KEYS;
    expect(hsmOf(keys).checkPurse({ serial, purse, amountMinor: 1_250 })).toBe('wrong');
  });

  it('are opened by their own serial number, and by no PAN', () => {
    const token = hsm.cardToken(serial);
    const sealed = (digits: string) =>
      toHex(
        sm2Seal({
          publicKey64: hex(hsm.publicKeys.sealing),
          ephemeralPrivateKey32: drawSm2PrivateKey(random),
          plaintext: utf8(digits),
          associatedData: utf8(token),
        }) ?? new Uint8Array(),
      );
    expect(hsm.openPurseSerial(sealed('31000000123456789012'), token)?.reveal()).toBe('31000000123456789012');
    expect(hsm.openPurseSerial(sealed('31000000123456789013'), token)).toBeUndefined();
    expect(hsm.openPan(sealed('31000000123456789012'), token)).toBeUndefined();
  });
});

describe('PINs', () => {
  const token = hsm.cardToken(PAN);
  const entry = {
    pan: PAN,
    token,
    sealedPin: hsm.sealPin(new Secret(utf8('1234')), token),
    // 041234FFFFFFFFFF xor 0000000000123456 under triple DES.
    block: hex('647A456F4C381D36'),
    format: 'iso-0',
    keyId: 'pad-1',
  };

  it('are right or wrong', () => {
    expect(hsm.checkPin(entry)).toBe('right');
    expect(hsm.checkPin({ ...entry, sealedPin: hsm.sealPin(new Secret(utf8('4321')), token) })).toBe('wrong');
  });

  // PIN 123456, enciphered with the Python package cryptography; the last under the key that X9.24-3 derives for counter 1.
  it.each([
    ['pad-aes', 'iso-4', 'CF321DE2516617F462C21C654E521DD7'],
    ['pad-sm4', 'sm4-0', '9370DB854657B0512714725E80E030CA'],
    ['base-1.123456789012345600000001', 'iso-4', '23AEBB023BB904D90E83647078466351'],
  ])('under %s are right or wrong in format %s', (keyId, format, block) => {
    const other = { ...entry, keyId, format, block: hex(block) };
    expect(hsm.checkPin(other)).toBe('wrong');
    expect(hsm.checkPin({ ...other, sealedPin: hsm.sealPin(new Secret(utf8('123456')), token) })).toBe('right');
  });

  it.each([
    ['another key', { keyId: 'pad-2' }],
    ['another format', { format: 'iso-4' }],
    ['another format under its key', { keyId: 'pad-aes' }],
    ['a format that is none', { format: 'toString' }],
    ['a base derivation key that is not there', { keyId: 'base-2.123456789012345600000001', format: 'iso-4' }],
    ['a counter that no pad uses', { keyId: 'base-1.123456789012345600000000', format: 'iso-4' }],
    ['another block', { block: hex('0011223344556677') }],
    ['another length', { block: hex('00') }],
  ])('are unreadable under %s', (_title, change) => {
    expect(hsm.checkPin({ ...entry, ...change })).toBe('unreadable');
  });

  it('are kept sealed, and bound to their card', () => {
    expect(entry.sealedPin).not.toContain(toHex(utf8('1234')));
    expect(() => hsm.checkPin({ ...entry, token: 'AB'.repeat(32) })).toThrow('not sealed by this module');
  });
});

describe('PIN keys for pads', () => {
  const wrapped = (keyId: string, transport: string) =>
    createHsm({ keys: KEYS, production: true, random: (length) => PADDING.slice(0, length) }).wrapPinKey(
      keyId,
      transport,
    );
  const PADDING = hex('1C2965473CE2206855732D8A9F01');

  // Made with the Python package cryptography.
  it('go out enciphered under the pad’s transport key', () => {
    expect(wrapped('pad-aes', 'room-aes')).toEqual({
      keyId: 'pad-aes',
      format: 'iso-4',
      checkValue: '2090A6',
      keyBlock:
        'D0112P0AE00N0000EC4859F37054298131F5A041A3873274AA2565FAB166D578CDABC2E870704ECE61CBC0CF4F72C9BB868D19F75FF79188',
    });
    expect(wrapped('pad-1', 'room-des')?.keyBlock).toMatch(/^B0080P0TE00N0000[0-9A-F]{64}$/);
    expect(wrapped('pad-sm4', 'room-aes')?.keyBlock).toMatch(/^D0112P04E00N0000[0-9A-F]{96}$/);
  });

  it.each([
    ['an AES key under triple DES', 'pad-aes', 'room-des'],
    ['a key that is not there', 'pad-9', 'room-aes'],
    ['a transport key that is not there', 'pad-1', 'room-9'],
  ])('do not: %s', (_title, keyId, transport) => {
    expect(wrapped(keyId, transport)).toBeUndefined();
  });
});
