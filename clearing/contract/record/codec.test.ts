import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, parseRecord, type Record } from './index.ts';

const hexDigits = (least: number, most = least) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const amount = fc.integer({ min: 0, max: 999_999_999_999 });
const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true });

const FIRST_CHIP = {
  cryptogramType: fc.constantFrom('tc', 'arqc', 'aac'),
  cryptogram: hexDigits(8),
  amountAuthorised: hexDigits(6),
  amountOther: hexDigits(6),
  terminalCountryCode: hexDigits(2),
  tvr: hexDigits(5),
  currencyCode: hexDigits(2),
  transactionDate: hexDigits(3),
  transactionType: hexDigits(1),
  unpredictableNumber: hexDigits(4),
  aip: hexDigits(2),
  atc: hexDigits(2),
  issuerApplicationData: hexDigits(0, 32),
} as const;
const chip = fc.oneof(
  fc.record(FIRST_CHIP),
  fc.record(
    { ...FIRST_CHIP, cvmResults: hexDigits(3), tsi: hexDigits(2) },
    { requiredKeys: Object.keys(FIRST_CHIP) as (keyof typeof FIRST_CHIP)[] },
  ),
);

const confirmation = fc.record({
  cryptogramType: fc.constantFrom('tc', 'aac'),
  cryptogram: hexDigits(8),
  authorisationResponseCode: hexDigits(2),
  tvr: hexDigits(5),
  unpredictableNumber: hexDigits(4),
  atc: hexDigits(2),
  issuerApplicationData: hexDigits(0, 32),
});

const purse = fc.record(
  {
    transactionType: hexDigits(1),
    sequence: fc.integer({ min: 0, max: 0xffff }),
    terminalId: hexDigits(6),
    terminalSequence: fc.integer({ min: 0, max: 0xffff_ffff }),
    samSerial: hexDigits(10),
    date: hexDigits(4),
    time: hexDigits(3),
    keyIndex: fc.integer({ min: 0, max: 0xff }),
    keyVersion: fc.integer({ min: 0, max: 0xff }),
    random: hexDigits(4),
    mac1: hexDigits(4),
    mac2: hexDigits(4),
    mac2Verdict: fc.constantFrom('genuine', 'wrong', 'not-asked'),
    transactionCode: hexDigits(4),
    overdraftLimitMinor: amount,
  },
  { requiredKeys: ['transactionType', 'sequence', 'terminalId', 'keyIndex', 'keyVersion', 'random', 'mac1'] },
);

const card = fc.record(
  {
    token: hexDigits(32),
    maskedPan: fc.constantFrom('622848*********0017', '****5678', '123456**3456', '31000A**********9012'),
    panSequence: fc.integer({ min: 0, max: 99 }),
    aid: hexDigits(5, 16),
    balanceBeforeMinor: amount,
    balanceAfterMinor: amount,
    atc: fc.integer({ min: 0, max: 0xffff }),
  },
  { requiredKeys: ['token', 'maskedPan', 'panSequence', 'aid'] },
);

const records: fc.Arbitrary<Record> = fc.record(
  {
    terminal: text,
    epoch: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    paymentId: text,
    kind: fc.constantFrom('purchase', 'load'),
    outcome: fc.constantFrom('approved', 'declined', 'declined-after-debit', 'undecided'),
    reason: text,
    fundedBy: fc.constantFrom('chip', 'account', 'none'),
    debited: fc.constantFrom('none', 'chip', 'account', 'unknown'),
    offline: fc.boolean(),
    amountMinor: amount,
    currency: fc.constant('CNY' as const),
    at: time.map((date) => date.toISOString()),
    merchant: text,
    operator: text,
    shift: text,
    reference: text,
    cardholderVerification: fc.constantFrom('none', 'signature', 'online-pin', 'consumer-device', 'offline-pin'),
    offlineAuthentication: fc.constantFrom('fdda-00', 'fdda-01', 'sda', 'dda', 'cda', 'none'),
    authorisationId: text,
    resolvesSequence: fc.integer({ min: 1 }),
    card,
    chip,
    interface: fc.constantFrom('contact', 'contactless'),
    confirmation,
    scriptResults: fc.array(hexDigits(5), { minLength: 1, maxLength: 8 }).map((results) => results.join('')),
    purse,
    hotlistVersion: fc.integer({ min: 0 }),
    hotlistAgeS: fc.integer({ min: 0 }),
    clock: fc.constantFrom('trusted', 'untrusted'),
    reader: text,
    software: text,
  },
  {
    requiredKeys: [
      'terminal',
      'epoch',
      'sequence',
      'paymentId',
      'kind',
      'outcome',
      'fundedBy',
      'debited',
      'offline',
      'amountMinor',
      'currency',
      'at',
      'merchant',
      'reference',
      'cardholderVerification',
      'offlineAuthentication',
      'hotlistVersion',
      'clock',
      'software',
    ],
  },
);

const sample: Record = {
  terminal: 'T',
  epoch: 1,
  sequence: 1,
  paymentId: 'p',
  kind: 'purchase',
  outcome: 'declined',
  fundedBy: 'none',
  debited: 'none',
  offline: true,
  amountMinor: 1,
  currency: 'CNY',
  at: '2026-03-09T10:15:30Z',
  merchant: 'M',
  reference: 'r',
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
  hotlistVersion: 0,
  clock: 'trusted',
  software: 's',
};

describe('the canonical record', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(parseRecord(encodeRecord(record))).toEqual({ kind: 'record', record });
      }),
    );
  });

  it('reads nothing that it would write otherwise', () => {
    const changes = fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'add'), fc.integer({ min: 9, max: 255 }));
    fc.assert(
      fc.property(records, changes, (record, [where, how, byte]) => {
        const bytes = [...encodeRecord(record)];
        const inserted = how === 'cut' ? [] : [byte];
        bytes.splice(where % bytes.length, how === 'add' ? 0 : 1, ...inserted);
        const parsed = parseRecord(Uint8Array.from(bytes));
        if (parsed.kind === 'record') expect([...encodeRecord(parsed.record)]).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, object]>([
    ['jdpos-record/1', {}],
    ['jdpos-record/2', { interface: 'contactless' }],
    ['jdpos-record/2', { kind: 'load' }],
    ['jdpos-record/2', { cardholderVerification: 'id-document' }],
    ['jdpos-record/2', { offlineAuthentication: 'sda' }],
    ['jdpos-record/2', { scriptResults: '2000000000' }],
  ])('is written as %s with %o', (version, change) => {
    const text = new TextDecoder().decode(encodeRecord({ ...sample, ...change }));
    expect(text.slice(0, text.indexOf('\n'))).toBe(version);
  });

  it('never throws on foreign bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => parseRecord(bytes).kind === 'malformed'));
  });

  it('refuses bytes without end', () => {
    const longLine = encodeRecord({ ...sample, reference: 'x'.repeat(512) });
    expect(parseRecord(longLine).kind).toBe('record');
    const parsed = parseRecord(new Uint8Array(70_000).fill(0x20));
    expect(parsed).toEqual({ kind: 'malformed', reason: 'longer than 65536 bytes' });
  });

  it('says which line is wrong', () => {
    const canonical = Buffer.from(encodeRecord(sample)).toString();
    const wrong = (from: string, to: string) => parseRecord(Buffer.from(canonical.replace(from, to)));
    expect(wrong('amountMinor=1', 'amountMinor=x')).toEqual({
      kind: 'malformed',
      reason: 'amountMinor does not fit its field',
    });
    expect(wrong('clock=', 'klock=')).toEqual({ kind: 'malformed', reason: 'clock is not in its place' });
  });

  it.each<[string, object]>([
    ['a fraction of a fen', { amountMinor: 0.5 }],
    ['a negative amount', { amountMinor: -1 }],
    ['a missing field', { merchant: undefined }],
    ['an empty text', { reason: '' }],
    ['half a character', { reference: '\ud800' }],
    [
      'a full PAN',
      { card: { token: 'A'.repeat(64), maskedPan: '6228480000000000017', panSequence: 0, aid: 'A000000333' } },
    ],
    ['a group with a hole', { card: { token: 'A'.repeat(64) } }],
    [
      'hex in small letters',
      { card: { token: 'a'.repeat(64), maskedPan: '****5678', panSequence: 0, aid: 'A000000333' } },
    ],
    ['a time without offset', { at: '2026-03-09T10:15:30' }],
    ['an unknown word', { outcome: 'lost' }],
    ['what it has no field for', { interface: 'contact', colour: 'red' }],
  ])('does not write %s', (_what, change) => {
    expect(() => encodeRecord({ ...sample, ...change })).toThrow(RangeError);
  });
});
