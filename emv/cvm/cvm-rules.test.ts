import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalVerificationResults, TransactionStatusInformation } from '../debit-credit/index.ts';
import { TAG } from '../dictionary/index.ts';
import { fen, hex, toHex } from '../values/index.ts';
import type { CvmFacts } from './cvm-condition.ts';
import type { CvmTask } from './cvm-method.ts';
import { type CvmResult, cvmRules } from './cvm-rules.ts';

/** An attended shop terminal with all methods (9F33 E0F9C8); a purchase of 12.50 yuan. */
const FACTS: CvmFacts = {
  terminalType: 0x22,
  capabilities: hex('E0F9C8'),
  transactionType: 0x00,
  currencyCode: hex('0156'),
  amount: fen(1250),
  amountOther: fen(0),
};

interface Setting {
  readonly facts?: Partial<CvmFacts>;
  readonly aip?: string;
  /** 9F42; null: the card gives none. */
  readonly currency?: string | null;
  /** How the tasks end, in their order; more tasks than these are a failure of the test. */
  readonly ends?: readonly CvmResult[];
}

/** "9F34 TVR TSI", what is asked, and what is wanted at the end. */
function play(list: string | undefined, { facts = {}, aip = '7C00', currency = '0156', ends = [] }: Setting = {}) {
  const card = new Map([
    ...(list === undefined ? [] : [[TAG.cvmList, hex(list)] as const]),
    ...(currency === null ? [] : [[TAG.applicationCurrency, hex(currency)] as const]),
  ]);
  const rules = cvmRules(card, hex(aip), { ...FACTS, ...facts });
  const asked: CvmTask[] = [];
  let next = rules.next();
  while (!next.done) {
    const end = ends[asked.length];
    asked.push(next.value);
    if (end === undefined) throw new RangeError(`nobody expects ${next.value}`);
    next = rules.next(end);
  }
  expect(asked).toHaveLength(ends.length);
  if (next.value.kind === 'malformed') return { bytes: 'malformed', asked: asked.join(' '), wanted: '' };
  const { cvmResults, tvr, tsi, signature, onlinePin } = next.value;
  const [tvrBytes, tsiBytes] = [
    new TerminalVerificationResults().set(...tvr).bytes,
    new TransactionStatusInformation().set(...tsi).bytes,
  ];
  return {
    bytes: `${toHex(cvmResults)} ${toHex(tvrBytes)} ${toHex(tsiBytes)}`,
    asked: asked.join(' '),
    wanted: [...(signature ? ['signature'] : []), ...(onlinePin ? ['online-pin'] : [])].join(' '),
  };
}

const NO_AMOUNTS = '0000000000000000';

/** 9F33, byte 2: 80 plaintext PIN, 40 online PIN, 20 signature, 10 enciphered PIN, 08 no CVM, 01 identity document. */
const can = (byte2: string): Partial<CvmFacts> => ({ capabilities: hex(`E0${byte2}C8`) });

describe('no list (EMV Book 4, table 2)', () => {
  it.each<[string, string | undefined, Setting, string]>([
    ['the card does not verify', `${NO_AMOUNTS}0203`, { aip: '6C00' }, '3F0000 0000000000 0000'],
    ['an AIP without bytes', `${NO_AMOUNTS}0203`, { aip: '' }, '3F0000 0000000000 0000'],
    ['no list', undefined, {}, '3F0000 2000000000 0000'],
    ['no list, and the card does not verify', undefined, { aip: '6C00' }, '3F0000 0000000000 0000'],
    ['a list without rules', NO_AMOUNTS, {}, '3F0000 2000000000 0000'],
    ['half a rule', `${NO_AMOUNTS}020302`, {}, 'malformed'],
  ])('%s', (_, list, setting, bytes) => {
    expect(play(list, setting)).toEqual({ bytes, asked: '', wanted: '' });
  });
});

describe('methods that are performed', () => {
  it.each<[string, string, readonly CvmResult[], string, string, string]>([
    ['signature', '1E00', [], '1E0000 0000000000 4000', '', 'signature'],
    ['signature, next if it fails', '5E03', [], '5E0300 0000000000 4000', '', 'signature'],
    ['no CVM', '1F00', [], '1F0002 0000000000 4000', '', ''],
    ['no CVM, next if it fails', '5F03', [], '5F0302 0000000000 4000', '', ''],
    ['plaintext PIN', '0103', ['successful'], '010302 0000000000 4000', 'plaintext-pin', ''],
    ['enciphered PIN', '4400', ['successful'], '440002 0000000000 4000', 'enciphered-pin', ''],
    ['online PIN', '0203', ['successful'], '020300 0000040000 4000', 'online-pin', 'online-pin'],
    ['online PIN, next if it fails', '4203', ['successful'], '420300 0000040000 4000', 'online-pin', 'online-pin'],
    ['plaintext PIN and signature', '0300', ['successful'], '030000 0000000000 4000', 'plaintext-pin', 'signature'],
    ['enciphered PIN and signature', '4500', ['successful'], '450000 0000000000 4000', 'enciphered-pin', 'signature'],
    ['identity document', '2000', ['successful'], '200002 0000000000 4000', 'id-document', ''],
    ['the list as it is usual', '42031E031F00', ['successful'], '420300 0000040000 4000', 'online-pin', 'online-pin'],
  ])('%s', (_, rules, ends, bytes, asked, wanted) => {
    expect(play(NO_AMOUNTS + rules, { ends })).toEqual({ bytes, asked, wanted });
  });
});

describe('methods that fail, with nothing after them', () => {
  it.each<[string, string, readonly CvmResult[], string]>([
    ['plaintext PIN: wrong in a way without a bit', '0100', ['failed'], '010001 0000800000 4000'],
    ['plaintext PIN: bypassed', '0100', ['bypassed'], '010001 0000880000 4000'],
    ['plaintext PIN: pad does not work', '0100', ['pin-pad-not-working'], '010001 0000900000 4000'],
    ['plaintext PIN: no tries left', '0100', ['try-limit-exceeded'], '010001 0000A00000 4000'],
    ['enciphered PIN: no tries left', '0400', ['try-limit-exceeded'], '040001 0000A00000 4000'],
    ['combination: PIN fails', '0300', ['try-limit-exceeded'], '030001 0000A00000 4000'],
    ['online PIN: bypassed', '0203', ['bypassed'], '020301 0000880000 4000'],
    ['online PIN: pad does not work', '0203', ['pin-pad-not-working'], '020301 0000900000 4000'],
    ['identity document: not the customer', '2000', ['failed'], '200001 0000800000 4000'],
    ['identity document: the card does not say which', '2000', ['data-missing'], '200001 2000800000 4000'],
    ['fail CVM', '0000', [], '000001 0000800000 4000'],
    ['fail CVM, next if it fails', '4000', [], '400001 0000800000 4000'],
    ['next, but there is none', '4100', ['failed'], '410001 0000800000 4000'],
  ])('%s', (_, rules, ends, bytes) => {
    const { bytes: got, wanted } = play(NO_AMOUNTS + rules, { ends });
    expect([got, wanted]).toEqual([bytes, '']);
  });

  it('bit 7 off ends it, whatever comes after', () => {
    expect(play(`${NO_AMOUNTS}01001F00`, { ends: ['failed'] }).bytes).toBe('010001 0000800000 4000');
  });

  it('fail CVM ends it even with bit 7', () => {
    expect(play(`${NO_AMOUNTS}40001F00`).bytes).toBe('400001 0000800000 4000');
  });
});

describe('from one method to the next', () => {
  it.each<[string, string, readonly CvmResult[], string, string, string]>([
    ['plaintext PIN fails, signature', '41001E00', ['failed'], '1E0000 0000000000 4000', 'plaintext-pin', 'signature'],
    [
      'the bits of what failed before stay',
      '410042001F00',
      ['try-limit-exceeded', 'pin-pad-not-working'],
      '1F0002 0000300000 4000',
      'plaintext-pin online-pin',
      '',
    ],
    [
      'no tries left offline, PIN online',
      '41000200',
      ['try-limit-exceeded', 'successful'],
      '020000 0000240000 4000',
      'plaintext-pin online-pin',
      'online-pin',
    ],
    [
      'a bypassed PIN is not asked for again',
      '4100420044001F00',
      ['bypassed'],
      '1F0002 0000080000 4000',
      'plaintext-pin',
      '',
    ],
    [
      'nor is it when no other method follows: the last PIN method failed',
      '41004203',
      ['bypassed'],
      '420301 0000880000 4000',
      'plaintext-pin',
      '',
    ],
    [
      'a document is asked for after a bypassed PIN',
      '42002000',
      ['bypassed', 'successful'],
      '200002 0000080000 4000',
      'online-pin id-document',
      '',
    ],
    [
      'all fail: the last one performed stands in 9F34',
      '41034400',
      ['failed', 'failed'],
      '440001 0000800000 4000',
      'plaintext-pin enciphered-pin',
      '',
    ],
    [
      'what follows does not apply: the one performed stands in 9F34',
      '41001E04',
      ['failed'],
      '410001 0000800000 4000',
      'plaintext-pin',
      '',
    ],
    [
      'what follows is not recognised: the one performed stands in 9F34',
      '41000600',
      ['failed'],
      '410001 0000C00000 4000',
      'plaintext-pin',
      '',
    ],
    ['fail CVM after a PIN', '41000000', ['failed'], '000001 0000800000 4000', 'plaintext-pin', ''],
  ])('%s', (_, rules, ends, bytes, asked, wanted) => {
    expect(play(NO_AMOUNTS + rules, { ends })).toEqual({ bytes, asked, wanted });
  });

  it('what follows is not supported: the one performed stands in 9F34', () => {
    const setting: Setting = { facts: can('80'), ends: ['failed'] };
    expect(play(`${NO_AMOUNTS}41001E00`, setting).bytes).toBe('410001 0000800000 4000');
  });
});

describe('methods that the terminal does not support', () => {
  it.each<[string, string, string, string]>([
    ['plaintext PIN without a pad', '0100', '28', '3F0001 0000900000 4000'],
    ['enciphered PIN without a pad', '0400', '28', '3F0001 0000900000 4000'],
    ['PIN and signature without a pad', '0300', '28', '3F0001 0000900000 4000'],
    ['plaintext PIN, where PINs go enciphered alone', '0100', '38', '3F0001 0000800000 4000'],
    ['enciphered PIN, where PINs go in plaintext alone', '0500', 'A8', '3F0001 0000800000 4000'],
    ['an online pad is none for offline PINs', '0100', '68', '3F0001 0000900000 4000'],
    ['online PIN without a pad for it', '0200', 'B8', '3F0001 0000900000 4000'],
    ['signature', '1E00', 'D9', '3F0001 0000800000 4000'],
    ['PIN and signature without signature', '0300', 'D9', '3F0001 0000800000 4000'],
    ['enciphered PIN and signature without signature', '0500', 'D9', '3F0001 0000800000 4000'],
    ['no CVM', '1F00', 'F1', '3F0001 0000800000 4000'],
    ['identity document', '2000', 'F8', '3F0001 0000800000 4000'],
    ['bit 7 off ends it', '01001F00', '28', '3F0001 0000900000 4000'],
    ['bit 7 on goes on', '41001F00', '28', '1F0002 0000100000 4000'],
    ['condition 03 asks before: no bit', '41031F00', '28', '1F0002 0000000000 4000'],
    ['condition 03 asks before, and bit 7 is not looked at', '01031F00', '28', '1F0002 0000000000 4000'],
    ['condition 03 for all of them', '420301031E03', '08', '3F0001 0000800000 4000'],
  ])('%s', (_, rules, byte2, bytes) => {
    expect(play(NO_AMOUNTS + rules, { facts: can(byte2) })).toEqual({ bytes, asked: '', wanted: '' });
  });

  it('nobody compares a document at an unattended terminal', () => {
    expect(play(`${NO_AMOUNTS}2000`, { facts: { terminalType: 0x25 } }).bytes).toBe('3F0001 0000800000 4000');
  });
});

describe('methods that are not recognised', () => {
  it.each([
    ['reserved', '0600', '3F0001 0000C00000 4000'],
    ['of a payment system', '2100', '3F0001 0000C00000 4000'],
    ["of an issuer's", '3000', '3F0001 0000C00000 4000'],
    ['no CVM performed is no method', '3F00', '3F0001 0000C00000 4000'],
    ['bit 8', '8200', '3F0001 0000C00000 4000'],
    ['bit 7 off ends it', '06001F00', '3F0001 0000C00000 4000'],
    ['bit 7 on goes on', '46001F00', '1F0002 0000400000 4000'],
    ['where it does not apply, nobody looks', '06041F00', '1F0002 0000000000 4000'],
    ['the terminal does not support it', '06031F00', '1F0002 0000000000 4000'],
  ])('%s', (_, rules, bytes) => {
    expect(play(NO_AMOUNTS + rules).bytes).toBe(bytes);
  });
});

describe('conditions (EMV Book 3, annex C3)', () => {
  const CASH = { transactionType: 0x01 };
  const UNATTENDED = { terminalType: 0x25 };

  it.each<[string, string, Partial<CvmFacts>, boolean]>([
    ['00 always', '00', {}, true],
    ['01 unattended cash: purchase', '01', UNATTENDED, false],
    ['01 unattended cash: it is', '01', { ...CASH, ...UNATTENDED }, true],
    ['01 unattended cash: attended', '01', CASH, false],
    ['02 no cash: purchase', '02', {}, true],
    ['02 no cash: unattended purchase', '02', UNATTENDED, true],
    ['02 no cash: manual cash', '02', CASH, false],
    ['02 no cash: unattended cash', '02', { ...CASH, ...UNATTENDED }, false],
    ['02 no cash: cashback', '02', { amountOther: fen(1) }, false],
    ['02 no cash: 9C 09', '02', { transactionType: 0x09 }, false],
    ['02 no cash: refund', '02', { transactionType: 0x20 }, true],
    ['03 supported', '03', {}, true],
    ['03 not supported', '03', can('F1'), false],
    ['04 manual cash: it is', '04', CASH, true],
    ['04 manual cash: unattended', '04', { ...CASH, ...UNATTENDED }, false],
    ['04 manual cash: purchase', '04', {}, false],
    ['05 cashback: it is', '05', { amountOther: fen(1) }, true],
    ['05 cashback: 9C 09', '05', { transactionType: 0x09 }, true],
    ['05 cashback: purchase', '05', {}, false],
    ['05 cashback: cash', '05', CASH, false],
    // X is 20.00, Y 50.00.
    ['06 under X', '06', { amount: fen(1_999) }, true],
    ['06 at X', '06', { amount: fen(2_000) }, false],
    ['06 over X', '06', { amount: fen(2_001) }, false],
    ['07 under X', '07', { amount: fen(1_999) }, false],
    ['07 at X', '07', { amount: fen(2_000) }, false],
    ['07 over X', '07', { amount: fen(2_001) }, true],
    ['08 under Y', '08', { amount: fen(4_999) }, true],
    ['08 at Y', '08', { amount: fen(5_000) }, false],
    ['09 at Y', '09', { amount: fen(5_000) }, false],
    ['09 over Y', '09', { amount: fen(5_001) }, true],
    ['06 in another currency', '06', { amount: fen(1), currencyCode: hex('0344') }, false],
    ['07 in another currency', '07', { amount: fen(999_999), currencyCode: hex('0344') }, false],
    ['08 in another currency', '08', { amount: fen(1), currencyCode: hex('0344') }, false],
    ['09 in another currency', '09', { amount: fen(999_999), currencyCode: hex('0344') }, false],
    ['0A reserved', '0A', {}, false],
    ['80 of a payment system', '80', {}, false],
    ['FF', 'FF', {}, false],
  ])('%s', (_, condition, facts, applies) => {
    const list = `000007D0000013881F${condition}`;
    expect(play(list, { facts }).bytes).toBe(applies ? `1F${condition}02 0000000000 4000` : '3F0001 0000800000 4000');
  });

  it.each(['06', '07', '08', '09'])('%s, of a card that does not tell its currency', (condition) => {
    const list = `00000001000000011F${condition}`;
    expect(play(list, { currency: null }).bytes).toBe('3F0001 0000800000 4000');
    expect(play(list, { currency: '' }).bytes).toBe('3F0001 0000800000 4000');
  });

  it('a rule that does not apply is passed over, whatever its bit 7', () => {
    expect(play(`${NO_AMOUNTS}00041F00`).bytes).toBe('1F0002 0000000000 4000');
  });

  it('electronic cash below 20.00 without a CVM, above it with the offline PIN', () => {
    const list = '000007D0000000005F060103';
    expect(play(list).bytes).toBe('5F0602 0000000000 4000');
    const above = play(list, { facts: { amount: fen(2_000) }, ends: ['successful'] });
    expect(above).toEqual({ bytes: '010302 0000000000 4000', asked: 'plaintext-pin', wanted: '' });
  });
});

describe('whatever a card gives', () => {
  const RESULTS = ['successful', 'failed', 'bypassed', 'pin-pad-not-working', 'try-limit-exceeded'] as const;

  it('ends with three bytes, and says yes only to what somebody performed', () => {
    const lists = fc.uint8Array({ maxLength: 40 });
    const setting = [
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(0x21, 0x22, 0x25),
      fc.constantFrom(0x00, 0x01, 0x09),
    ] as const;
    fc.assert(
      fc.property(
        lists,
        fc.array(fc.constantFrom(...RESULTS)),
        ...setting,
        (list, ends, capabilities, terminalType, transactionType) => {
          const card = new Map([[TAG.cvmList, list]]);
          const rules = cvmRules(card, hex('7C00'), { ...FACTS, capabilities, terminalType, transactionType });
          let asked = 0;
          let result: CvmResult = 'failed';
          let next = rules.next();
          while (!next.done) {
            result = ends[asked++] ?? 'failed';
            next = rules.next(result);
          }
          expect(asked).toBeLessThanOrEqual(list.length / 2);
          if (next.value.kind === 'malformed') return;
          const { cvmResults, tvr, onlinePin } = next.value;
          expect(cvmResults).toHaveLength(3);
          expect(new Set(tvr).size).toBe(tvr.length);
          const failed = tvr.includes('cardholder-verification-not-successful');
          expect(cvmResults[2] === 0x01).toBe(failed);
          expect(tvr.includes('online-pin-entered')).toBe(onlinePin);
          if (onlinePin) expect(result).toBe('successful');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a list of 122 rules is gone through', () => {
    const list = `${NO_AMOUNTS}${'4100'.repeat(121)}0100`;
    const ends = Array.from({ length: 122 }, () => 'failed' as const);
    expect(play(list, { ends }).bytes).toBe('010001 0000800000 4000');
  });
});
