import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, Pan, Secret, toHex } from '../values/index.ts';
import { checkPinBlock, makePinBlock, type PinBlockFormat } from './pin-block.ts';

const KEY = hex('0123456789ABCDEFFEDCBA9876543210');
const PAN = '6299990000001234567';

function check(
  format: PinBlockFormat,
  block: string | Uint8Array,
  { pin = '123456', pan = PAN, key = KEY } = {},
): 'right' | 'wrong' | 'malformed' {
  return checkPinBlock({
    block: typeof block === 'string' ? hex(block) : block,
    format,
    key,
    pan: panOf(pan),
    reference: new Secret(new TextEncoder().encode(pin)),
  }).kind;
}

const panOf = (digits: string): Pan => {
  const pan = Pan.parse(digits);
  if (pan === undefined) throw new RangeError('no PAN');
  return pan;
};

describe('makePinBlock', () => {
  // Enciphered by a second implementation, as below.
  it.each([
    ['1234', '43219876543210987', 'C967C8198151A458'],
    ['123456789012', PAN, '18D9D1A30C6F3A58'],
    ['1234', '12345678', '90B725E011E91F74'],
  ])('PIN %s, PAN %s', (pin, pan, block) => {
    expect(makePinBlock(new Secret(new TextEncoder().encode(pin)), panOf(pan), KEY).use(toHex)).toBe(block);
  });

  it('takes 4 to 12 digits', () => {
    expect(() => makePinBlock(new Secret(new TextEncoder().encode('123')), panOf(PAN), KEY)).toThrow(RangeError);
  });
});

describe('checkPinBlock', () => {
  // Enciphered by a second implementation; the first clear block is 0412AC89ABCDEF67.
  it.each([
    ['1234', '43219876543210987', 'C967C8198151A458', '2F4CE37485FC0428C8030464FE0AB237'],
    ['12345', PAN, '33034BBD8526DCC8', '99B1BA9A4622C7C3A23EC0B8C9643189'],
    ['123456', PAN, '9E9E3CAE200AA1BD', '9370DB854657B0512714725E80E030CA'],
    ['123456789012', PAN, '18D9D1A30C6F3A58', 'BDC431C6752983D98C265360AC9A4429'],
    ['1234', '12345678', '90B725E011E91F74', '58EA05C47D3C15BA9E34FC646651F35F'],
  ])('PIN %s, PAN %s', (pin, pan, tripleDesBlock, sm4Block) => {
    expect(check('iso-0', tripleDesBlock, { pin, pan })).toBe('right');
    expect(check('sm4-0', sm4Block, { pin, pan })).toBe('right');
  });

  // Format 4 with the random bytes 0102030405060708, enciphered with the Python package cryptography.
  it.each([
    ['1234', '43219876543210987', '27A1398394BBC6950D558CEB06EF0F13'],
    ['12345', PAN, '18B8FAB4E0A989DA88D2E0C1F50F0026'],
    ['123456', PAN, 'CF321DE2516617F462C21C654E521DD7'],
    ['123456789012', PAN, 'DB915FA11DE028D787011FABAB070B66'],
    ['1234', '12345678', '42D8C43939740859AF361E0257631AE9'],
  ])('PIN %s, PAN %s in format 4', (pin, pan, block) => {
    expect(check('iso-4', block, { pin, pan })).toBe('right');
    expect(check('iso-4', block, { pin: '9999', pan })).toBe('wrong');
    expect(check('sm4-0', block, { pin, pan })).toBe('malformed');
  });

  it.each([
    ['control nibble 0', 'D3EE3B8C1CFD816663380D81C8CC2094'],
    ['three digits', '1AAD9990267189467BE69C178A46F9D0'],
    ['thirteen digits', '88AC889DDA7852EA5B2BEB9CB3BFFD41'],
    ['a digit A', 'FD80B01067E41DF73FD51A0650D7EC24'],
    ['fill that ends in F', '20507845D234A05054A6E101DD32CD95'],
    ['eight bytes', '9E9E3CAE200AA1BD'],
  ])('is malformed in format 4: %s', (_, block) => {
    expect(check('iso-4', block)).toBe('malformed');
  });

  it.each(['123457', '023456', '12345', '1234567', '1234', '123456789012'])('is wrong when the PIN is %s', (pin) => {
    expect(check('iso-0', '9E9E3CAE200AA1BD', { pin })).toBe('wrong');
    expect(check('sm4-0', '9370DB854657B0512714725E80E030CA', { pin })).toBe('wrong');
  });

  it.each([
    ['control nibble 1', '62F265C83A28939E'],
    ['three digits', '5B4AE742614F4BE4'],
    ['thirteen digits', '8E4C68D6B233FDF3'],
    ['a digit A', '9F1A0062E51343B0'],
    ['fill that ends in 0', 'F2B1D99BCAF12EAB'],
    ['fill that begins with 0', '02228F5613F7E0B3'],
    ['no bytes', ''],
    ['seven bytes', '9E9E3CAE200AA1'],
    ['two blocks', '9E9E3CAE200AA1BD9E9E3CAE200AA1BD'],
  ])('is malformed: %s', (_, block) => {
    expect(check('iso-0', block)).toBe('malformed');
  });

  it.each([
    ['fill that ends in 0', 'BD7923938B97DA9FC94E3AF7D196D3F4'],
    ['no bytes', ''],
    ['eight bytes', '9E9E3CAE200AA1BD'],
  ])('is malformed under SM4: %s', (_, block) => {
    expect(check('sm4-0', block)).toBe('malformed');
  });

  it('is malformed for another PAN or under another key', () => {
    expect(check('iso-0', '9E9E3CAE200AA1BD', { pan: '6299990000009934567' })).toBe('malformed');
    expect(check('sm4-0', '9370DB854657B0512714725E80E030CA', { pan: '6299990000009934567' })).toBe('malformed');
    expect(check('iso-0', '9E9E3CAE200AA1BD', { key: hex('1123456789ABCDEFFEDCBA9876543210') })).toBe('malformed');
  });

  it('never throws on a block', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 17 }),
        fc.constantFrom('iso-0' as const, 'iso-4' as const, 'sm4-0' as const),
        (block, format) => {
          expect(check(format, block)).not.toBe('right');
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (block) => {
        expect(check('iso-0', block)).not.toBe('right');
      }),
    );
  });

  it.each(['123', '1234567890123', '12a4', ''])('throws RangeError when the reference is "%s"', (pin) => {
    expect(() => check('iso-0', '9E9E3CAE200AA1BD', { pin })).toThrow(RangeError);
  });

  it('leaves the reference as it was', () => {
    const reference = new Secret(new TextEncoder().encode('123456'));
    const input = { block: hex('9E9E3CAE200AA1BD'), format: 'iso-0', key: KEY, pan: panOf(PAN), reference } as const;
    expect(checkPinBlock(input)).toEqual({ kind: 'right' });
    expect(checkPinBlock(input)).toEqual({ kind: 'right' });
  });
});
