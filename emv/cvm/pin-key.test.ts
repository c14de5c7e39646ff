import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { rsaKey, sm2Key } from '../oda/testing/keys.ts';
import { hex, Pan } from '../values/index.ts';
import { pinEnciphermentKey } from './pin-key.ts';

// Test keys, made for these tests by another program; never for production.

/** The curve's base point: as good a public key as any. */
const BASE_POINT = sm2Key(
  '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7' +
    'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
);

const issuer = rsaKey(
  'C53D056473BFE93C797082FD2A831E50224201BC2D031622C34F355624C207CD893EA54B8F297A43724AE8F235FD559562C1F3542570BE67192F9716C5C7B7AF26D5AFEFA1B8C5AC91CD7AA3AE4DE0885E5E59079FE6E1AD4E490D350A54DA11B972141F5570999E9813FBB59EB91B8E4DF56D0720D9596188386E17DBFE258214D977C45484E0BB1D5D7FD638F65616DFA1026829F48ECBDCF23F98673E0785C43A1E8E3B0947A452C4DDDE9F23F091',
  '010001',
);
const icc = rsaKey(
  'EE3644B3F23133A2E76332F68C5B6F7B0D5615A630D4720AAB8EF1AD000016C3EE85F45D904778D651327C36D3D8652C85E2EDB0638A1DBE2DA97CDBF38011AFFC2CC76ECE08D08632CD8E5F8E1C407C7726750EB3E3ADC5B35B1A54AED37615C13D67ACD4F84290336687A999F18CB923B7B9216654DA72091776D2ED453113',
  '03',
);
const SM2 = BASE_POINT;

const CERTIFICATE: readonly (readonly [number, string])[] = [
  [
    TAG.pinCertificate,
    'BA8692364E73E89FC15CE0FD46BBB38A47D06FC0CE91DD28BF06A6F2EDF44DE01588E004C11F2F288180A89A6C3308C26ACB8B587C99864645003014F26B57CF19DDBABD19FD42EA5924FDA05BDD25CE81138A0EEFB5EF9CCA909A66B6FEC52BD8A732E364B9C83F246E59B7CC5AEDB8231ACA53E76A3FCB627E796465A606B55E4B1D34B5F924CCB492EDCC66FE61E0A103AEDD32E54C1635AD32AA8FDE3693684C05457238600D64FAB5D0C8FF48F5',
  ],
  [TAG.pinKeyExponent, '010001'],
];

const DATE = { year: 2025, month: 6, day: 1 };

type Chain = Parameters<typeof pinEnciphermentKey>[1];

function chosen(objects: readonly (readonly [number, string])[], chain: Chain): string {
  const pan = Pan.parse('6299990000001234567');
  if (pan === undefined) throw new RangeError('no PAN');
  const key = pinEnciphermentKey(new Map(objects.map(([tag, value]) => [tag, hex(value)])), chain, pan, DATE);
  return key === undefined ? 'none' : key === icc.key ? 'icc' : 'pin';
}

describe('pinEnciphermentKey (EMV Book 2, §7.1)', () => {
  it.each<[string, readonly (readonly [number, string])[], Chain, string]>([
    ['its own', CERTIFICATE, { issuer, icc }, 'pin'],
    ['its own, of a card without an ICC key', CERTIFICATE, { issuer }, 'pin'],
    ['the ICC key where there is no certificate', CERTIFICATE.slice(1), { issuer, icc }, 'icc'],
    ['the ICC key where there is no exponent', CERTIFICATE.slice(0, 1), { issuer, icc }, 'icc'],
    ['no ICC key either', [], { issuer }, 'none'],
    ['nothing recovered', [], {}, 'none'],
    ['its own, but no issuer key', CERTIFICATE, { icc }, 'none'],
    [
      'a certificate that does not verify is not made good by the ICC key',
      [
        [TAG.pinCertificate, '00'.repeat(176)],
        [TAG.pinKeyExponent, '010001'],
      ],
      { issuer, icc },
      'none',
    ],
    ['an ICC key of SM2 enciphers no PIN', [], { issuer: SM2, icc: SM2 }, 'none'],
    ['nor does one certified under SM2', CERTIFICATE, { issuer: SM2, icc: SM2 }, 'none'],
  ])('%s', (_, objects, chain, expected) => {
    expect(chosen(objects, chain)).toBe(expected);
  });
});
