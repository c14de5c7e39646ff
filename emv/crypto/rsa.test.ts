import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { rsaPublicKey, rsaRecover } from './rsa.ts';

// Test keys, made for these tests by another program; never for production.
const MODULUS =
  '9DE2707FEE8A6D8AED78D66D8D9E658E6941BAC0713D9D2B7FEC8B3588FC9E06D1E6DD9A670C66FBB910458BA86069402D70FCB226E7E06F1C40CA0D88798A038A0B60E3D84EA06B27FB4EEA67191C5B37E7DB4A7F9A0296FE10A79189514DE54DE7A0A2EC36AA76E9BC771EF549BCB7F1FAFFAC915A5C3D8AFAEE90028D7153';
const SIGNATURE =
  '6E28C0BEC66ABF6B2B74AFFB57B47A7AF24355E62FFC80F22F687CEBC467AAAF3947F06A32E4352A3825CE9B4E2CD49BCE259401C2C0797184FE46451A7DC9B45938FC173FD3A4B014FA62E3D1401F14F7F079955B43A91102AD1275B91BCDE73A389BCEF5629DDD4EF3C3A9D9264424A885CD369B90146E94A6EAC0BAC9C413';
const RECOVERED =
  '6A050109080102030405060708BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB76062CDE6FBF50911A75A43AC5ED72A5982266F0BC';
const MODULUS_F4 =
  'E15C8D19FA2E3E29E6641544C896692FA2FDA0CD7F6D1E41E6E6D8A90BF6182326E24F79A82DB56C2CC046CB9E9B8964D53FDBA80D70F659508FD3BF47DAF4DF6085CE0DAB759EFDDBE16ECA2CFF25357ABD23D12359F921BAE6220CC46DA16994B6CBE68EB103FF837CAE61A4DDE15E6A44AA831D301896133E2ED040461B2F';
const SIGNATURE_F4 =
  '0B604C07663ACB47345BAF7680820CCB4D5B2C4A51D985A1DEEE5CA55FF0C4BA3328EB17EC223D99AF9B743F3B3353937526C297097EAC02F9A86DC46BC57823BEB4EBFBB8C239D2E586EDF29279DC649DAB3BB485993041E7B1F360ED2FB9B71DB344A2D688ADE2FFAC40BCD514893E6B73323F119B1FE97C42B6FE83488CDD';
const RECOVERED_F4 =
  '6A950109080102030405060708BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB694703DA3F3CC8816EB18D4A3C7A8960E7B6782EBC';

function recover(modulus: string, exponent: string, signature: Uint8Array): string | undefined {
  const key = rsaPublicKey(hex(modulus), hex(exponent));
  if (key === undefined) throw new RangeError('no key');
  const recovered = rsaRecover(key, signature);
  return recovered && toHex(recovered);
}

describe('rsaRecover', () => {
  it.each([
    ['03', MODULUS, SIGNATURE, RECOVERED],
    ['010001', MODULUS_F4, SIGNATURE_F4, RECOVERED_F4],
  ])('with exponent %s', (exponent, modulus, signature, recovered) => {
    expect(recover(modulus, exponent, hex(signature))).toBe(recovered);
  });

  it('keeps leading zeros', () => {
    const two = '02'.padStart(256, '0');
    expect(recover(MODULUS, '03', hex(two))).toBe('08'.padStart(256, '0'));
    expect(recover(MODULUS, '03', new Uint8Array(128))).toBe('00'.repeat(128));
  });

  it.each([
    ['the modulus itself', hex(MODULUS)],
    ['more than the modulus', new Uint8Array(128).fill(0xff)],
    ['a byte too few', hex(SIGNATURE).subarray(1)],
    ['a byte too many', hex(`00${SIGNATURE}`)],
    ['nothing', new Uint8Array()],
  ])('is undefined for %s', (_, signature) => {
    expect(recover(MODULUS, '03', signature)).toBeUndefined();
  });
});

describe('rsaPublicKey', () => {
  it.each([
    ['64 bytes', '81'.repeat(64), '03'],
    ['248 bytes', '81'.repeat(248), '010001'],
  ])('takes %s', (_, modulus, exponent) => {
    expect(rsaPublicKey(hex(modulus), hex(exponent))?.length).toBe(modulus.length / 2);
  });

  it.each([
    ['no modulus', '', '03'],
    ['63 bytes', '81'.repeat(63), '03'],
    ['249 bytes', '81'.repeat(249), '03'],
    ['a leading zero', `00${'81'.repeat(127)}`, '03'],
    ['an even modulus', '80'.repeat(128), '03'],
    ['no exponent', '81'.repeat(128), ''],
    ['exponent 0', '81'.repeat(128), '00'],
    ['exponent 1', '81'.repeat(128), '01'],
    ['exponent 2', '81'.repeat(128), '02'],
    ['exponent 3 with a leading zero', '81'.repeat(128), '0003'],
    ['an exponent as long as the modulus', '81'.repeat(128), '81'.repeat(128)],
  ])('refuses %s', (_, modulus, exponent) => {
    expect(rsaPublicKey(hex(modulus), hex(exponent))).toBeUndefined();
  });

  it('never throws, nor does recovering under whatever key it takes', () => {
    const modulus = fc.uint8Array({ minLength: 64, maxLength: 72 });
    fc.assert(
      fc.property(
        modulus,
        fc.constantFrom(hex('03'), hex('010001'), hex('')),
        modulus,
        (bytes, exponent, signature) => {
          const key = rsaPublicKey(bytes, exponent);
          const recovered = key && rsaRecover(key, signature);
          if (recovered !== undefined) expect(recovered).toHaveLength(bytes.length);
        },
      ),
    );
  });
});
