import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen, hex, MAX_FEN, Pan, toHex } from '../values/index.ts';
import type { Intent } from './intent.ts';
import { decodeIntent, encodeIntent } from './intent-codec.ts';

const pan = (digits: string): Pan => Pan.parse(digits) ?? expect.fail('no PAN');

const INTENT: Intent = {
  path: 'qpboc',
  aid: hex('A000000333010101'),
  label: '江都 CARD',
  pan: pan('6299990000001234567'),
  panSequence: 1,
  amount: fen(1250),
  atc: 0x0adc,
  balanceBefore: fen(5000),
  fci: hex('6F00'),
  pdolValues: hex('26000080'),
  gpoAnswer: hex('7700'),
  afl: hex('08010200'),
  records: [{ sfi: 1, record: 1, data: hex('7000') }],
};

const ENCODED = [
  '01',
  '0008 A000000333010101',
  '000B E6B19FE983BD2043415244',
  '0013 36323939393930303030303031323334353637',
  '0001 01',
  '0006 0000000004E2',
  '0002 0ADC',
  '0006 000000001388',
  '0002 6F00',
  '0004 26000080',
  '0002 7700',
  '0004 08010200',
  '01',
  '01 01 0002 7000',
]
  .join('')
  .replaceAll(' ', '');

const { balanceBefore: _, ...BLIND } = INTENT;

describe('an intent as bytes', () => {
  it('has layout 1', () => {
    expect(toHex(encodeIntent(INTENT))).toBe(ENCODED);
    expect(decodeIntent(hex(ENCODED))).toEqual(INTENT);
  });

  it('without a balance before has none afterwards', () => {
    const bytes = ENCODED.replace('0006000000001388', '0000');
    expect(toHex(encodeIntent(BLIND))).toBe(bytes);
    expect(decodeIntent(hex(bytes))).toEqual(BLIND);
    expect(Object.keys(decodeIntent(hex(bytes)) ?? {})).not.toContain('balanceBefore');
  });

  it.each([
    ['nothing', ''],
    ['another version', ENCODED.replace(/^01/, '02')],
    ['a byte more', `${ENCODED}00`],
    ['a byte less', ENCODED.slice(0, -2)],
    ['a PAN that is none', ENCODED.replace('3632393939', '3A32393939')],
    ['an amount of five bytes', ENCODED.replace('00060000000004E2', '000500000004E2')],
    ['more than any amount', ENCODED.replace('0000000004E2', 'FFFFFFFFFFFF')],
    ['more than any balance', ENCODED.replace('000000001388', 'FFFFFFFFFFFF')],
    ['an ATC of one byte', ENCODED.replace('00020ADC', '0001DC')],
    ['a record that is not there', ENCODED.replace('01010100027000', '02010100027000')],
    ['too many records', ENCODED.replace('01010100027000', `11${'010100027000'.repeat(17)}`)],
    ['too many records, and then nothing', ENCODED.replace('01010100027000', '11')],
    ['more than the bound', ENCODED.replace('00026F00', `4000${'00'.repeat(0x4000)}`)],
  ])('refuses %s', (_, bytes) => {
    expect(decodeIntent(hex(bytes))).toBeUndefined();
  });

  it('takes as many records as there may be', () => {
    const full = ENCODED.replace('01010100027000', `10${'010100027000'.repeat(16)}`);
    expect(decodeIntent(hex(full))?.records.length).toBe(16);
  });

  it('does not keep the sealed buffer alive', () => {
    const bytes = hex(ENCODED);
    const decoded = decodeIntent(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(INTENT);
  });

  const intents: fc.Arbitrary<Intent> = fc.record({
    path: fc.constant('qpboc' as const),
    aid: fc.uint8Array({ minLength: 5, maxLength: 16 }),
    label: fc.string({ maxLength: 16 }),
    pan: fc.stringMatching(/^[0-9]{8,19}$/).map(pan),
    panSequence: fc.nat(99),
    amount: fc.integer({ min: 0, max: MAX_FEN }).map(fen),
    atc: fc.nat(0xffff),
    balanceBefore: fc.integer({ min: 0, max: MAX_FEN }).map(fen),
    fci: fc.uint8Array({ maxLength: 300 }),
    pdolValues: fc.uint8Array({ maxLength: 252 }),
    gpoAnswer: fc.uint8Array({ maxLength: 300 }),
    afl: fc.uint8Array({ maxLength: 64 }),
    records: fc.array(fc.record({ sfi: fc.nat(30), record: fc.nat(255), data: fc.uint8Array({ maxLength: 255 }) }), {
      maxLength: 15,
    }),
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(intents, (intent) => {
        const decoded = decodeIntent(encodeIntent(intent));
        expect(decoded?.pan.equals(intent.pan)).toBe(true);
        expect(decoded).toEqual(intent);
      }),
    );
  });

  it('any bytes, and any one changed: never throws', () => {
    const golden = hex(ENCODED);
    const changed = fc.tuple(fc.nat(golden.length - 1), fc.nat(255)).map(([at, byte]) => golden.with(at, byte));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => void decodeIntent(bytes)));
  });
});
